package io.millrace.standalone;

import io.millrace.learner.Compute;
import io.millrace.serving.http.ServerSettings;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * What a user sets of a platform, whatever it learns.
 *
 * @param compute what computes its models
 * @param server that answers
 * @param jobs that join and learn
 * @param kafka the log that it lives on
 */
@RecordBuilder
public record PlatformSettings(
    Compute compute, ServerSettings server, JobSettings jobs, LogConfig kafka)
    implements PlatformSettingsBuilder.With {

  /** As live traffic wants it, with a server on a port of 127.0.0.1. */
  public static PlatformSettings local(int port) {
    return new PlatformSettings(
        Compute.DEFAULT,
        ServerSettings.defaults().withPort(port),
        JobSettings.DEFAULT,
        LogConfig.EMBEDDED);
  }
}
