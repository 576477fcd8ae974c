package io.millrace.trainer;

import io.millrace.learner.CompiledModel;
import io.millrace.metrics.Metrics;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Trains until the validation AUC has stopped rising, and keeps the weights of the best epoch.
 *
 * <p>The rates are cut after every {@link TrainerConfig#patience} epochs without a better one, and
 * training ends after {@link TrainerConfig#stopAfter} of them in a row.
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

  /**
   * Trains a model from its initial values.
   *
   * @param start rows that begin with other values; null for none
   * @param progress told after each epoch
   */
  public static Result run(
      CompiledModel compiled,
      TrainerConfig config,
      LabeledExamples train,
      LabeledExamples valid,
      @Nullable PretrainedTable start,
      Consumer<Epoch> progress) {
    if (train.size() == 0 || valid.size() == 0) {
      throw new IllegalArgumentException(
          "train, valid: %d and %d examples, expected at least 1 each"
              .formatted(train.size(), valid.size()));
    }
    List<Epoch> epochs = new ArrayList<>();
    try (Trainer trainer = new Trainer(compiled, config, train, start)) {
      Weights best = trainer.weights();
      Metrics bestValid = null;
      int bestEpoch = 0;
      double rate = 1;
      for (int number = 1; number <= config.epochs(); number++) {
        long started = System.nanoTime();
        double loss = trainer.epoch(number, rate);
        double speed = train.size() / ((System.nanoTime() - started) * 1e-9);
        Metrics metrics = trainer.evaluate(valid);
        boolean better = bestValid == null || metrics.auc() > bestValid.auc();
        Epoch epoch = new Epoch(number, loss, rate, metrics, better, speed);
        epochs.add(epoch);
        progress.accept(epoch);
        if (better) {
          best = trainer.weights();
          bestValid = metrics;
          bestEpoch = number;
          continue;
        }
        int without = number - bestEpoch;
        if (without >= config.stopAfter()) {
          break;
        }
        if (without % config.patience() == 0) {
          rate *= config.rateCut();
        }
      }
      if (bestValid == null) {
        throw new AssertionError("no epoch");
      }
      TrainedModel model = new TrainedModel(compiled.config(), compiled.schema(), best);
      return new Result(List.copyOf(epochs), bestEpoch, bestValid, model);
    }
  }
}
