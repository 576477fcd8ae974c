package io.millrace.cli;

import io.millrace.learner.Compute;
import io.millrace.model.ComputeDevice;
import io.millrace.model.Engine;
import io.millrace.serving.http.ServerSettings;
import io.millrace.standalone.JobSettings;
import io.millrace.standalone.LogConfig;
import io.millrace.standalone.ModelSettings;
import io.millrace.standalone.PlatformSettings;
import io.millrace.standalone.RegistryPortSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The settings of a demo.
 *
 * @param market that is simulated
 * @param dataDir where everything is kept
 * @param engine what computes models on a CPU; {@code djl} is the reference on PyTorch
 * @param device where learners compute: {@code auto}, {@code cpu}, {@code gpu} or {@code gpu:N};
 *     {@code auto} is a GPU if there is one
 * @param from folder that {@code millrace train} wrote: its model goes on learning online
 * @param model that learns
 * @param server that answers
 * @param registry beside it
 * @param jobs that join and learn
 */
record DemoSettings(
    Market market,
    Path dataDir,
    Engine engine,
    String device,
    Optional<Path> from,
    ModelSettings model,
    ServerSettings server,
    RegistryPortSettings registry,
    JobSettings jobs) {

  /**
   * The market.
   *
   * @param seed that everything in it follows from
   * @param rate ads shown per second
   * @param duration how long to run; without it until Ctrl-C
   */
  record Market(long seed, int rate, Optional<Duration> duration) {
    Market {
      if (rate < 1 || rate > 100_000) {
        throw new IllegalArgumentException("rate: " + rate + ", expected 1 to 100000");
      }
      if (duration.isPresent() && duration.get().isZero()) {
        throw new IllegalArgumentException("duration: 0s, expected a positive duration");
      }
    }
  }

  DemoSettings {
    ComputeDevice.requireForm(device);
    if (server.users().isPresent()) {
      throw new IllegalArgumentException(
          "server.users: %s, expected none: the demo's market asks without a name"
              .formatted(server.users().get()));
    }
  }

  /** What is not set. */
  static DemoSettings defaults(ServerSettings server) {
    return new DemoSettings(
        new Market(1, 200, Optional.empty()),
        Path.of("millrace-data", "demo"),
        Compute.DEFAULT.engine(),
        Compute.DEFAULT.device(),
        Optional.empty(),
        ModelSettings.NONE,
        server,
        RegistryPortSettings.DEFAULT,
        JobSettings.DEFAULT);
  }

  /** The platform's part, on a Kafka of its own. */
  PlatformSettings platform() {
    return new PlatformSettings(new Compute(engine, device), server, jobs, LogConfig.EMBEDDED);
  }
}
