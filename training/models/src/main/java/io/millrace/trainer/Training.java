package io.millrace.trainer;

import io.millrace.learner.CompiledModel;
import io.millrace.metrics.Metrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Trains until the validation AUC has stopped rising, and keeps the weights of the best epoch.
 *
 * <p>The rates are cut after every {@link TrainerConfig#patience} epochs without a better one, and
 * training ends after {@link TrainerConfig#stopAfter} of them in a row. A last pass sums the
 * squares of the gradients ({@link GradientSums}).
 */
public final class Training {
  private Training() {}

  /**
   * What came of it.
   *
   * @param epochs in order
   * @param best number of the epoch whose weights were kept
   * @param valid metrics of these weights
   */
  public record Result(List<Epoch> epochs, int best, Metrics valid, TrainedModel model) {}

  /** Trains a model from its initial values. */
  public static Result run(
      CompiledModel compiled,
      TrainerConfig config,
      LabeledExamples train,
      LabeledExamples valid,
      TrainingProgress progress) {
    return run(compiled, config, train, valid, progress, null, false);
  }

  /**
   * Trains a model, and stores where it stands after each epoch.
   *
   * @param checkpoint replaced after each epoch; the caller deletes it once the result is safe
   * @param resume whether to go on from it: the result is then that of an uninterrupted training,
   *     to the bit
   * @throws IllegalArgumentException if the checkpoint to go on from is that of another training,
   *     naming the difference
   * @throws UncheckedIOException if a checkpoint can't be written or read
   */
  public static Result run(
      CompiledModel compiled,
      TrainerConfig config,
      LabeledExamples train,
      LabeledExamples valid,
      TrainingProgress progress,
      @Nullable Checkpoint checkpoint,
      boolean resume) {
    if (train.size() == 0 || valid.size() == 0) {
      throw new IllegalArgumentException(
          "train, valid: %d and %d examples, expected at least 1 each"
              .formatted(train.size(), valid.size()));
    }
    List<Epoch> epochs = new ArrayList<>();
    try (Trainer trainer = new Trainer(compiled, config, train)) {
      Weights best = trainer.weights();
      TrainingIdentity identity = TrainingIdentity.of(compiled, config, train, valid);
      if (checkpoint != null && resume) {
        best = checkpoint.read(identity, compiled, epochs, trainer);
      }
      while (!ended(config, epochs)) {
        Epoch epoch = epoch(trainer, config, epochs, train.size(), valid, progress);
        epochs.add(epoch);
        if (epoch.best()) {
          best = trainer.weights();
        }
        if (checkpoint != null) {
          checkpoint.write(identity, epochs, best, trainer);
        }
        progress.epoch(epoch);
      }
      int number = best(epochs);
      GradientSums sums = GradientSums.over(train, number, compiled, best, progress);
      TrainedModel model = new TrainedModel(compiled.config(), compiled.schema(), best, sums);
      return new Result(List.copyOf(epochs), number, epochs.get(number - 1).valid(), model);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Epoch epoch(
      Trainer trainer,
      TrainerConfig config,
      List<Epoch> before,
      int examples,
      LabeledExamples valid,
      TrainingProgress progress) {
    int number = before.size() + 1;
    double rate = nextRate(config, before);
    long started = System.nanoTime();
    double loss = trainer.epoch(number, rate, progress);
    double speed = examples / ((System.nanoTime() - started) * 1e-9);
    Metrics metrics = trainer.evaluate(valid);
    boolean better = before.isEmpty() || metrics.auc() > before.get(best(before) - 1).valid().auc();
    return new Epoch(number, loss, rate, metrics, better, speed);
  }

  /** Number of the best epoch; 0 of none. */
  private static int best(List<Epoch> epochs) {
    return epochs.stream().filter(Epoch::best).mapToInt(Epoch::number).max().orElse(0);
  }

  private static boolean ended(TrainerConfig config, List<Epoch> epochs) {
    return epochs.size() >= config.epochs() || epochs.size() - best(epochs) >= config.stopAfter();
  }

  private static double nextRate(TrainerConfig config, List<Epoch> epochs) {
    if (epochs.isEmpty()) {
      return 1;
    }
    double last = epochs.get(epochs.size() - 1).rate();
    int without = epochs.size() - best(epochs);
    return without > 0 && without % config.patience() == 0 ? last * config.rateCut() : last;
  }
}
