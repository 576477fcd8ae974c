package io.millrace.offline;

import io.millrace.learner.Compute;
import io.millrace.model.ComputeDevice;
import io.millrace.model.Engine;
import io.millrace.replay.SourceSettings;
import io.millrace.standalone.ModelSettings;
import io.millrace.trainer.PretrainingConfig;
import io.millrace.trainer.TrainerConfig;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The settings of a training on files.
 *
 * @param source what the files hold
 * @param files of examples
 * @param out folder for the trained model
 * @param resume whether to go on after the last epoch of a training to {@code out} that did not
 *     come to its end
 * @param report file for the figures as JSON
 * @param engine what computes models on a CPU; {@code djl} is the reference on PyTorch
 * @param device where the model computes: {@code auto}, {@code cpu}, {@code gpu} or {@code gpu:N};
 *     {@code auto} is a GPU if there is one
 * @param model that is trained
 * @param training how it is trained
 * @param pretraining how its table is pre-trained, if {@code files.pretrain} is given
 */
public record TrainSettings(
    SourceSettings source,
    Examples files,
    Path out,
    boolean resume,
    Optional<Path> report,
    Engine engine,
    String device,
    ModelSettings model,
    TrainerConfig training,
    PretrainingConfig pretraining) {

  /** What is not set. */
  public static final TrainSettings DEFAULT =
      new TrainSettings(
          SourceSettings.NONE,
          new Examples(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
          Path.of("millrace-data", "model"),
          false,
          Optional.empty(),
          Compute.DEFAULT.engine(),
          Compute.DEFAULT.device(),
          ModelSettings.NONE,
          TrainerConfig.defaults(),
          PretrainingConfig.defaults());

  /**
   * Files of examples.
   *
   * @param train what is learned from
   * @param valid what decides when to stop
   * @param test what the result is judged on
   * @param pretrain what the embedding table is pre-trained on first; its labels are not looked at
   */
  public record Examples(
      Optional<Path> train, Optional<Path> valid, Optional<Path> test, Optional<Path> pretrain) {}

  public TrainSettings {
    ComputeDevice.requireForm(device);
  }

  /** What computes the model. */
  public Compute compute() {
    return new Compute(engine, device);
  }
}
