package io.millrace.replay;

import io.millrace.learner.Compute;
import io.millrace.model.ComputeDevice;
import io.millrace.model.Engine;
import io.millrace.standalone.ModelSettings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The settings of a replay.
 *
 * @param file to stream; .xz, .gz and .zst are read as they are
 * @param source what it holds
 * @param orderBy column to sort it by first; without it rows that have an event time are sorted by
 *     that
 * @param maxRejected the share of rows, 0 to 1, above which rejected ones are a failure; all of
 *     them always are
 * @param evolution of its schema on the way
 * @param dataDir where everything is kept
 * @param report file for the figures as JSON
 * @param engine what computes models on a CPU; {@code djl} is the reference on PyTorch
 * @param device where the learner computes: {@code auto}, {@code cpu}, {@code gpu} or {@code
 *     gpu:N}; {@code auto} is a GPU if there is one
 * @param from folder that {@code millrace train} wrote: its model goes on learning online
 * @param model that learns
 */
public record ReplaySettings(
    Optional<Path> file,
    SourceSettings source,
    Optional<String> orderBy,
    double maxRejected,
    Added evolution,
    Path dataDir,
    Optional<Path> report,
    Engine engine,
    String device,
    Optional<Path> from,
    ModelSettings model) {

  /** What is not set. */
  public static final ReplaySettings DEFAULT =
      new ReplaySettings(
          Optional.empty(),
          SourceSettings.NONE,
          Optional.empty(),
          1,
          new Added(Optional.empty(), 0.5),
          Path.of("millrace-data", "replay"),
          Optional.empty(),
          Compute.DEFAULT.engine(),
          Compute.DEFAULT.device(),
          Optional.empty(),
          ModelSettings.NONE);

  /**
   * A feature that comes on the way.
   *
   * @param addFeature a feature that events have only from {@code at} on
   * @param at share of the rows without it; 1 leaves it out
   */
  public record Added(Optional<String> addFeature, double at) {
    public Added {
      if (!(at >= 0 && at <= 1)) {
        throw new IllegalArgumentException("at: " + at + ", expected 0 to 1");
      }
    }
  }

  public ReplaySettings {
    ComputeDevice.requireForm(device);
    if (!(maxRejected >= 0 && maxRejected <= 1)) {
      throw new IllegalArgumentException("maxRejected: " + maxRejected + ", expected 0 to 1");
    }
  }

  /** What computes the model. */
  public Compute compute() {
    return new Compute(engine, device);
  }
}
