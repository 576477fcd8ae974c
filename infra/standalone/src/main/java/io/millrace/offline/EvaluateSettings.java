package io.millrace.offline;

import io.millrace.learner.Compute;
import io.millrace.model.Engine;
import io.millrace.replay.SourceSettings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The settings of an evaluation of a trained model.
 *
 * @param file of labelled examples
 * @param source what it holds
 * @param from folder that {@code millrace train} wrote
 * @param engine what computes the model; {@code djl} is the reference on PyTorch
 */
public record EvaluateSettings(
    Optional<Path> file, SourceSettings source, Path from, Engine engine) {

  /** What is not set. */
  public static final EvaluateSettings DEFAULT =
      new EvaluateSettings(
          Optional.empty(),
          SourceSettings.NONE,
          Path.of("millrace-data", "model"),
          Compute.DEFAULT.engine());
}
