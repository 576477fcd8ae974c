package io.millrace.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which model learns from a stream, shared by the commands that run one. */
final class ModelOptions {
  @Sets("model.kind")
  @Option(
      names = "--model",
      description =
          "Kind of model (default: deepfm, or that of --from); docs/reference/models.md lists them.")
  private @Nullable String kind;

  @Sets("from")
  @Option(
      names = "--from",
      description = "Folder that 'millrace train' wrote: its model goes on learning online.")
  private @Nullable String from;
}
