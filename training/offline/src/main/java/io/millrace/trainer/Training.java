package io.millrace.trainer;

import io.millrace.learner.CompiledModel;
import io.millrace.metrics.Metrics;
import io.millrace.trained.GradientSums;
import io.millrace.trained.LabeledExamples;
import io.millrace.trained.TrainedModel;
import io.millrace.trained.Weights;
import io.millrace.trainer.Epoch.Targets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Trains until the validation AUC has stopped rising, and keeps the weights of the best epoch; then
 * goes on from these as {@link CapeConfig} says.
 *
 * <p>The rates are cut after every {@link TrainerConfig#patience} epochs without a better one, and
 * training ends after {@link TrainerConfig#stopAfter} of them in a row. A last pass sums the
 * squares of the gradients ({@link GradientSums}).
 */
public final class Training {
  private final Trainer trainer;
  private final TrainerConfig config;
  private final LabeledExamples train;
  private final LabeledExamples valid;
  private final TrainingProgress progress;

  /** All that decides how it goes on, with the trainer and the best weights: see checkpoints. */
  private final List<Epoch> epochs = new ArrayList<>();

  private Weights best;

  private Training(
      Trainer trainer,
      TrainerConfig config,
      LabeledExamples train,
      LabeledExamples valid,
      TrainingProgress progress) {
    this.trainer = trainer;
    this.config = config;
    this.train = train;
    this.valid = valid;
    this.progress = progress;
    this.best = trainer.weights();
  }

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
    return run(compiled, config, train, valid, null, progress, null, false);
  }

  /**
   * Trains a model, and stores where it stands after each epoch.
   *
   * @param start rows that begin with other than their initial values; null for none
   * @param checkpoint replaced after each epoch; the caller deletes it once the result is safe
   * @param resume whether to go on from it: the result is then that of an uninterrupted training,
   *     to the bit
   * @throws IllegalArgumentException if the checkpoint to go on from is that of another training,
   *     naming the difference
   * @throws io.millrace.model.DivergedException if the model has come to numbers that it cannot
   *     learn from, naming the features with the largest ones
   * @throws UncheckedIOException if a checkpoint can't be written or read
   */
  public static Result run(
      CompiledModel compiled,
      TrainerConfig config,
      LabeledExamples train,
      LabeledExamples valid,
      @Nullable PretrainedTable start,
      TrainingProgress progress,
      @Nullable Checkpoint checkpoint,
      boolean resume) {
    if (train.size() == 0 || valid.size() == 0) {
      throw new IllegalArgumentException(
          "train, valid: %d and %d examples, expected at least 1 each"
              .formatted(train.size(), valid.size()));
    }
    if (compiled.config().experts().size() > 1) {
      throw new IllegalArgumentException(
          "experts: %d, expected 1 where a model is trained on files; a stream that goes on with it may have more"
              .formatted(compiled.config().experts().size()));
    }
    if (compiled.scalesNumbers()) {
      throw new IllegalArgumentException(
          "numericScaling.method: running, expected none where a model is trained on files: it is told"
              + " what its numbers are by transforms");
    }
    try (Trainer trainer = new Trainer(compiled, config, train, start, overlaps(compiled))) {
      Training training = new Training(trainer, config, train, valid, progress);
      TrainingIdentity identity = TrainingIdentity.of(compiled, config, train, valid, start);
      if (checkpoint != null && resume) {
        training.best = checkpoint.read(identity, compiled, training.epochs, trainer);
      }
      while (!training.ended()) {
        Epoch epoch = training.next();
        training.epochs.add(epoch);
        if (epoch.best()) {
          training.best = trainer.weights();
        }
        if (checkpoint != null) {
          checkpoint.write(identity, training.epochs, training.best, trainer);
        }
        progress.epoch(epoch);
      }
      return training.result(compiled);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** On a GPU the cores are idle while it computes; on a CPU they are not. */
  private static boolean overlaps(CompiledModel compiled) {
    return compiled.model().device().isGpu();
  }

  private Result result(CompiledModel compiled) {
    int number = best(epochs);
    GradientSums sums = GradientPass.over(train, number, compiled, best, progress);
    TrainedModel model = new TrainedModel(compiled.config(), compiled.schema(), best, sums);
    return new Result(List.copyOf(epochs), number, epochs.get(number - 1).valid(), model);
  }

  private boolean ended() {
    int rising = untilItStoppedRising();
    boolean cape = config.cape().kind() != CapeConfig.Kind.NONE;
    return rising >= 0 && (!cape || epochs.size() - rising >= config.cape().epochs());
  }

  private Epoch next() {
    int rising = untilItStoppedRising();
    if (rising < 0) {
      return epoch(nextRate(), Targets.LABELS, true);
    }
    if (epochs.size() == rising) {
      trainer.restore(best);
    }
    CapeConfig cape = config.cape();
    boolean turn = (epochs.size() - rising) % cape.every() == 0;
    boolean calibrated = turn && cape.kind() != CapeConfig.Kind.LABELS;
    return epoch(cape.rate(), calibrated ? Targets.CALIBRATED : Targets.LABELS, false);
  }

  /**
   * @param byAuc whether a higher validation AUC is better; else a lower log loss is
   */
  private Epoch epoch(double rate, Targets targets, boolean byAuc) {
    int number = epochs.size() + 1;
    long started = System.nanoTime();
    double loss = trainer.epoch(number, rate, targets == Targets.CALIBRATED, progress);
    double speed = train.size() / ((System.nanoTime() - started) * 1e-9);
    Metrics metrics = trainer.evaluate(valid);
    boolean better =
        epochs.isEmpty() || isBetter(metrics, epochs.get(best(epochs) - 1).valid(), byAuc);
    return new Epoch(number, targets, loss, rate, metrics, better, speed);
  }

  private static boolean isBetter(Metrics metrics, Metrics than, boolean byAuc) {
    return byAuc ? metrics.auc() > than.auc() : metrics.logloss() < than.logloss();
  }

  /** How many epochs went by until the AUC had stopped rising; -1 if it may rise yet. */
  private int untilItStoppedRising() {
    for (int n = 1; n <= epochs.size(); n++) {
      if (n >= config.epochs() || n - best(epochs.subList(0, n)) >= config.stopAfter()) {
        return n;
      }
    }
    return -1;
  }

  /** Number of the best epoch; 0 of none. */
  private static int best(List<Epoch> epochs) {
    return epochs.stream().filter(Epoch::best).mapToInt(Epoch::number).max().orElse(0);
  }

  private double nextRate() {
    if (epochs.isEmpty()) {
      return 1;
    }
    double last = epochs.get(epochs.size() - 1).rate();
    int without = epochs.size() - best(epochs);
    return without > 0 && without % config.patience() == 0 ? last * config.rateCut() : last;
  }
}
