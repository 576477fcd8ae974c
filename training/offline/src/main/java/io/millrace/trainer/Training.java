package io.millrace.trainer;

import io.millrace.learner.CompiledModel;
import io.millrace.metrics.Metrics;
import io.millrace.model.Sigmoid;
import io.millrace.trained.GradientSums;
import io.millrace.trained.Judge;
import io.millrace.trained.LabeledExamples;
import io.millrace.trained.TrainedModel;
import io.millrace.trained.Weights;
import io.millrace.trainer.Epoch.Targets;
import io.millrace.trainer.TrainerConfig.Criterion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Trains until the validation set says that nothing more is gained, and keeps the weights of the
 * best epoch; then goes on from these as {@link CapeConfig} says. The first weights answer the
 * share of positives among the training examples, unless the model's config has a prior of its own.
 *
 * <p>The rates are cut, and training ends, as {@link Plateau} says. A last pass sums the squares of
 * the gradients ({@link GradientSums}).
 */
public final class Training {
  /** The prior of a config that says nothing about the labels. */
  private static final double EVEN = 0.5;

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
   * @param settings all of them, those that were left to the data as well
   * @param untrained metrics of the share of positives alone, before the first epoch
   * @param epochs in order
   * @param best number of the epoch whose weights were kept
   * @param valid metrics of these weights
   * @param model with these weights
   * @param limited whether the limit on epochs ended it, not the validation set
   */
  public record Result(
      TrainerConfig settings,
      Metrics untrained,
      List<Epoch> epochs,
      int best,
      Metrics valid,
      TrainedModel model,
      boolean limited) {

    /** What somebody who goes on with the model should know, in sentences; mostly none. */
    public List<String> warnings() {
      List<String> found = new ArrayList<>();
      if (limited) {
        found.add(
            "not converged: %s was still %s after %d epochs; --epochs %d lets it go on"
                .formatted(
                    settings.criterion() == Criterion.AUC ? "AUC" : "log loss",
                    settings.criterion() == Criterion.AUC ? "rising" : "falling",
                    epochs.size(),
                    2 * epochs.size()));
      }
      if (!(valid.logloss() < untrained.logloss())) {
        found.add(
            String.format(
                Locale.ROOT,
                "nothing was learned: validation log loss %.5f, that of the share of positives alone is %.5f",
                valid.logloss(),
                untrained.logloss()));
      }
      return found;
    }
  }

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
   * @throws IllegalArgumentException if training or validation examples are all of one class, or
   *     the checkpoint to go on from is that of another training, naming the difference
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
    train.requireBothClasses("training data", "there is nothing to tell apart");
    valid.requireBothClasses("validation data", "they cannot say when to stop");
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
    TrainerConfig settings = config.completed(compiled.config().kind(), train.size());
    CompiledModel fresh = atShareOfPositives(compiled, train);
    try (Trainer trainer = new Trainer(fresh, settings, train, start, overlaps(compiled))) {
      Training training = new Training(trainer, settings, train, valid, progress);
      TrainingIdentity identity = TrainingIdentity.of(fresh, settings, train, valid, start);
      Metrics untrained = constant(fresh.config().prior(), valid);
      progress.start(settings, untrained);
      if (checkpoint != null && resume) {
        training.best = checkpoint.read(identity, fresh, training.epochs, trainer);
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
      return training.result(fresh, untrained);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same model, closed by whoever closes the other. */
  private static CompiledModel atShareOfPositives(CompiledModel compiled, LabeledExamples train) {
    if (compiled.config().prior() != EVEN) {
      return compiled;
    }
    double share = train.positives() / (double) train.size();
    return new CompiledModel(
        compiled.config().with("{\"prior\":" + share + "}"),
        compiled.schema(),
        compiled.encoder(),
        compiled.scheme(),
        compiled.model());
  }

  /** What the same answer to all is worth, which is that of {@link Trainer}'s first weights. */
  private static Metrics constant(double prior, LabeledExamples examples) {
    float logit = (float) Sigmoid.inverse(prior);
    return Judge.evaluate(
        examples,
        answer -> {
          for (int i = 0; i < examples.size(); i++) {
            answer.accept(i, logit);
          }
        });
  }

  /** On a GPU the cores are idle while it computes; on a CPU they are not. */
  private static boolean overlaps(CompiledModel compiled) {
    return compiled.model().device().isGpu();
  }

  private Result result(CompiledModel compiled, Metrics untrained) {
    int number = best(epochs);
    GradientSums sums = GradientPass.over(train, number, compiled, best, progress);
    TrainedModel model = new TrainedModel(compiled.config(), compiled.schema(), best, sums);
    Plateau plateau = Plateau.of(epochs.subList(0, untilItStopped()), config);
    return new Result(
        config,
        untrained,
        List.copyOf(epochs),
        number,
        epochs.get(number - 1).valid(),
        model,
        !plateau.ended());
  }

  private boolean ended() {
    int stopped = untilItStopped();
    boolean cape = config.cape().kind() != CapeConfig.Kind.NONE;
    return stopped >= 0 && (!cape || epochs.size() - stopped >= config.cape().epochs());
  }

  private Epoch next() {
    int stopped = untilItStopped();
    if (stopped < 0) {
      Plateau plateau = Plateau.of(epochs, config);
      if (plateau.cuts() && config.back()) {
        trainer.restore(best);
      }
      return epoch(plateau.nextRate(), Targets.LABELS, config.criterion());
    }
    if (epochs.size() == stopped) {
      trainer.restore(best);
    }
    CapeConfig cape = config.cape();
    boolean turn = (epochs.size() - stopped) % cape.every() == 0;
    boolean calibrated = turn && cape.kind() != CapeConfig.Kind.LABELS;
    return epoch(cape.rate(), calibrated ? Targets.CALIBRATED : Targets.LABELS, Criterion.LOGLOSS);
  }

  private Epoch epoch(double rate, Targets targets, Criterion criterion) {
    int number = epochs.size() + 1;
    long started = System.nanoTime();
    double loss = trainer.epoch(number, rate, targets == Targets.CALIBRATED, progress);
    double speed = train.size() / ((System.nanoTime() - started) * 1e-9);
    Metrics metrics = trainer.evaluate(valid);
    boolean better =
        epochs.isEmpty() || criterion.isBetter(metrics, epochs.get(best(epochs) - 1).valid(), 0);
    return new Epoch(number, targets, loss, rate, metrics, better, speed);
  }

  /** How many epochs went by until nothing more was gained; -1 if more may be. */
  private int untilItStopped() {
    for (int n = 1; n <= epochs.size(); n++) {
      if (n >= config.epochs() || Plateau.of(epochs.subList(0, n), config).ended()) {
        return n;
      }
    }
    return -1;
  }

  /** Number of the best epoch; 0 of none. */
  private static int best(List<Epoch> epochs) {
    return epochs.stream().filter(Epoch::best).mapToInt(Epoch::number).max().orElse(0);
  }
}
