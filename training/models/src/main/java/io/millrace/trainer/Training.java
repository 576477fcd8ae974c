package io.millrace.trainer;

import io.millrace.learner.CompiledModel;
import io.millrace.metrics.Metrics;
import io.millrace.trainer.Epoch.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Trains until the validation AUC has stopped rising, and keeps the weights of the best epoch; then
 * goes on from these as {@link CapeConfig} says.
 *
 * <p>The rates are cut after every {@link TrainerConfig#patience} epochs without a better one, and
 * training ends after {@link TrainerConfig#stopAfter} of them in a row.
 */
public final class Training {
  private final Trainer trainer;
  private final TrainerConfig config;
  private final LabeledExamples train;
  private final LabeledExamples valid;
  private final Consumer<Epoch> progress;
  private final List<Epoch> epochs = new ArrayList<>();
  private @Nullable Best best;

  /** The best epoch so far. */
  private record Best(Epoch epoch, Weights weights) {}

  private Training(
      Trainer trainer,
      TrainerConfig config,
      LabeledExamples train,
      LabeledExamples valid,
      Consumer<Epoch> progress) {
    this.trainer = trainer;
    this.config = config;
    this.train = train;
    this.valid = valid;
    this.progress = progress;
  }

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
   * @param progress told after each epoch
   */
  public static Result run(
      CompiledModel compiled,
      TrainerConfig config,
      LabeledExamples train,
      LabeledExamples valid,
      Consumer<Epoch> progress) {
    if (train.size() == 0 || valid.size() == 0) {
      throw new IllegalArgumentException(
          "train, valid: %d and %d examples, expected at least 1 each"
              .formatted(train.size(), valid.size()));
    }
    try (Trainer trainer = new Trainer(compiled, config, train)) {
      Training training = new Training(trainer, config, train, valid, progress);
      Best best = training.untilItStopsRising();
      if (config.cape().kind() != CapeConfig.Kind.NONE) {
        best = training.cape(best);
      }
      TrainedModel model = new TrainedModel(compiled.config(), compiled.schema(), best.weights());
      return new Result(
          List.copyOf(training.epochs), best.epoch().number(), best.epoch().valid(), model);
    }
  }

  private Best untilItStopsRising() {
    double rate = 1;
    Best kept = epoch(1, rate, Targets.LABELS, true);
    for (int number = 2; number <= config.epochs(); number++) {
      kept = epoch(number, rate, Targets.LABELS, true);
      int without = number - kept.epoch().number();
      if (without >= config.stopAfter()) {
        break;
      }
      if (without > 0 && without % config.patience() == 0) {
        rate *= config.rateCut();
      }
    }
    return kept;
  }

  private Best cape(Best start) {
    CapeConfig cape = config.cape();
    trainer.restore(start.weights());
    Best kept = start;
    int before = epochs.size();
    for (int i = 1; i <= cape.epochs(); i++) {
      boolean calibrated = cape.kind() != CapeConfig.Kind.LABELS && (i - 1) % cape.every() == 0;
      Targets targets = calibrated ? Targets.CALIBRATED : Targets.LABELS;
      kept = epoch(before + i, cape.rate(), targets, false);
    }
    return kept;
  }

  /**
   * Trains an epoch; returns the best one so far.
   *
   * @param byAuc whether a higher validation AUC is better; else a lower log loss is
   */
  private Best epoch(int number, double rate, Targets targets, boolean byAuc) {
    long started = System.nanoTime();
    double loss = trainer.epoch(number, rate, targets == Targets.CALIBRATED);
    double speed = train.size() / ((System.nanoTime() - started) * 1e-9);
    Metrics metrics = trainer.evaluate(valid);
    Best before = best;
    boolean better = before == null || isBetter(metrics, before.epoch().valid(), byAuc);
    Epoch epoch = new Epoch(number, targets, loss, rate, metrics, better, speed);
    epochs.add(epoch);
    progress.accept(epoch);
    Best after = better || before == null ? new Best(epoch, trainer.weights()) : before;
    best = after;
    return after;
  }

  private static boolean isBetter(Metrics metrics, Metrics than, boolean byAuc) {
    return byAuc ? metrics.auc() > than.auc() : metrics.logloss() < than.logloss();
  }
}
