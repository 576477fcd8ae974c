package io.millrace.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.demo.Demo;
import io.millrace.demo.DemoConfig;
import io.millrace.demo.DemoReport;
import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.Platform;
import io.millrace.standalone.PlatformConfig;
import io.millrace.world.WorldConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The whole platform on a data directory, and the demo's world that drives it: what scenarios start
 * from. The world's events are faulty far more often than the demo's.
 */
final class Scenario implements AutoCloseable {
  static final String MODEL = "ads";
  static final FeatureSchema SCHEMA = BuiltInSchemas.load(BuiltInSchemas.AD_WORLD);
  static final Duration WINDOW = Duration.ofSeconds(2);

  private static final Duration LIMIT = Duration.ofSeconds(40);

  private final DataDirectory directory;
  private final Platform platform;

  private Scenario(DataDirectory directory, Platform platform) {
    this.directory = directory;
    this.platform = platform;
  }

  /** Starts a platform with one fm on a data directory, new or used. */
  static Scenario start(Path folder) {
    DataDirectory directory = DataDirectory.open(folder);
    ModelConfig model = ModelConfig.defaults(ModelKind.FM, MODEL, SCHEMA);
    try {
      return new Scenario(
          directory,
          Platform.start(
              directory,
              PlatformConfig.live(0, List.of(SCHEMA), List.of(model))
                  .withWindow(WINDOW, Duration.ofSeconds(20))));
    } catch (RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  Platform platform() {
    return platform;
  }

  Api api() {
    return new Api(platform.server());
  }

  /** Lets the world use the platform for a while, and waits until its last label is learned. */
  DemoReport demo(int requestsPerSecond, Duration duration) throws InterruptedException {
    WorldConfig world =
        new WorldConfig(
            1, 1_000, 100, 10, 0.13, 0.15, WINDOW, Duration.ofMillis(600), 0.05, 0.1, 0.05, 0.05);
    DemoConfig config = new DemoConfig(world, requestsPerSecond, Optional.of(duration), MODEL, 64);
    try (Demo demo =
        new Demo(
            config,
            platform.server(),
            platform.client(),
            platform.topics(),
            platform.registry(),
            Clock.systemUTC(),
            System.out,
            false)) {
      return demo.run();
    }
  }

  JsonNode status() throws IOException, InterruptedException {
    return api().get("/v1/status").body();
  }

  /** A metric of the served model, as its learner published it; NaN if there is none. */
  static double metric(JsonNode status, String name) {
    return status.at("/models/0/metrics/" + name).asDouble(Double.NaN);
  }

  /** A count of the ingestion job, 0 if there is none. */
  static long ingested(JsonNode status, String name) {
    return status.at("/ingestion/counts/" + name).asLong();
  }

  /** The first status that is as expected. */
  JsonNode await(String expectation, Predicate<JsonNode> holds)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    JsonNode status = status();
    while (!holds.test(status)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "not within %s: %s; jobs: %s; %s"
                .formatted(LIMIT, expectation, platform.failure(), status.toPrettyString()));
      }
      Thread.sleep(50);
      status = status();
    }
    return status;
  }

  /** Stops the platform; a scenario may be started again on its folder. */
  @Override
  public void close() {
    platform.close();
    directory.close();
  }
}
