package io.millrace.standalone;

import io.millrace.learner.Compute;
import io.millrace.model.ComputeDevice;
import io.millrace.model.Engine;
import io.millrace.serving.http.ServerSettings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The settings of a platform for live traffic.
 *
 * @param schema annotated Avro schema (.avsc) of the feature records
 * @param dataDir where everything is kept
 * @param engine what computes models on a CPU; {@code djl} is the reference on PyTorch
 * @param device where learners compute: {@code auto}, {@code cpu}, {@code gpu} or {@code gpu:N};
 *     {@code auto} is a GPU if there is one
 * @param from folder that {@code millrace train} wrote: its model goes on learning online
 * @param model that learns
 * @param labels what is joined with impressions
 * @param server that answers
 * @param registry beside it
 * @param kafka the log that it lives on
 * @param jobs that join and learn
 */
public record UpSettings(
    Optional<Path> schema,
    Path dataDir,
    Engine engine,
    String device,
    Optional<Path> from,
    ModelSettings model,
    LabelSettings labels,
    ServerSettings server,
    RegistryPortSettings registry,
    LogConfig kafka,
    JobSettings jobs) {

  public UpSettings {
    ComputeDevice.requireForm(device);
  }

  /** What is not set. */
  public static UpSettings defaults(ServerSettings server) {
    return new UpSettings(
        Optional.empty(),
        Path.of("millrace-data", "up"),
        Compute.DEFAULT.engine(),
        Compute.DEFAULT.device(),
        Optional.empty(),
        ModelSettings.NONE,
        LabelSettings.DEFAULT,
        server,
        RegistryPortSettings.DEFAULT,
        LogConfig.EMBEDDED,
        JobSettings.DEFAULT);
  }

  /** The platform's part. */
  public PlatformSettings platform() {
    return new PlatformSettings(new Compute(engine, device), server, jobs, kafka);
  }
}
