package io.millrace.experiment;

import io.millrace.deployment.Made;
import io.millrace.deployment.ModelCatalog.Asked;
import io.millrace.deployment.RefusedChangeException;
import io.millrace.experiment.ExperimentChange.Create;
import io.millrace.experiment.ExperimentChange.Ramp;
import io.millrace.experiment.ExperimentChange.Start;
import io.millrace.experiment.ExperimentChange.Stop;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What people do with experiments: each call changes one once, or in a dry run says what would come
 * of it. What cannot be done is refused with a {@link RefusedChangeException}. Safe for use by many
 * threads and processes.
 */
public final class ExperimentCommands {
  private static final MathContext SHOWN_DIGITS = new MathContext(4);

  private final ExperimentLog log;
  private final Function<String, Optional<String>> missing;
  private final Function<String, Optional<String>> unready;
  private final Clock clock;

  /**
   * @param log of experiments
   * @param missing which names there are for what means no model, in words that end a sentence;
   *     empty for a name or an alias of one
   * @param unready why a model of a name or an alias can't answer yet, as a sentence
   */
  public ExperimentCommands(
      ExperimentLog log,
      Function<String, Optional<String>> missing,
      Function<String, Optional<String>> unready,
      Clock clock) {
    this.log = log;
    this.missing = missing;
    this.unready = unready;
    this.clock = clock;
  }

  /**
   * What came of a request.
   *
   * @param experiment as it is after it
   * @param words what has changed, or would change, as a sentence
   */
  public record Answer(Experiment experiment, String words) {}

  /** All experiments, as they are known now. */
  public ExperimentView view() {
    return log.view();
  }

  /**
   * Plans an experiment.
   *
   * @param draft as people write it, see {@link Experiment#draft}
   * @throws IllegalArgumentException if it is none, in words
   */
  public Answer create(String draft, Asked asked) {
    Experiment experiment = Experiment.draft(draft, made(asked));
    requireOneKind(experiment);
    requireModelsForData(experiment);
    refuse(experiment, "is no model or alias", missing);
    ExperimentView after = log.change(view -> Optional.of(new Create(experiment)), asked.dryRun());
    return answer(
        after,
        experiment.key(),
        "experiment %s is a draft: %s by %s, %s; nobody is in it before it is started"
            .formatted(
                experiment.key(),
                experiment.unit().kind().word(),
                experiment.unit().attribute(),
                shares(experiment)));
  }

  /**
   * Starts a draft; nothing happens if it runs already.
   *
   * @param reason in words, if one is given
   */
  public Answer start(String key, Optional<String> reason, Asked asked) {
    ExperimentView after =
        log.change(
            view -> {
              Experiment experiment = view.experiments().get(key);
              if (experiment != null && experiment.state() == ExperimentState.RUNNING) {
                return Optional.empty();
              }
              if (experiment != null && experiment.state() == ExperimentState.DRAFT) {
                refuse(experiment, "is no model or alias", missing);
                refuse(experiment, "cannot answer yet: ", unready);
                requireOneAtATime(experiment, view);
              }
              return Optional.of(new Start(key, reason, made(asked)));
            },
            asked.dryRun());
    return answer(after, key, "experiment %s runs: %s".formatted(key, shares(found(after, key))));
  }

  /**
   * Ends an experiment for good; nothing happens if it is over already.
   *
   * @param reason in words, if one is given
   */
  public Answer stop(String key, Optional<String> reason, Asked asked) {
    ExperimentView after =
        log.change(
            view -> {
              Experiment experiment = view.experiments().get(key);
              return experiment != null && experiment.state() == ExperimentState.STOPPED
                  ? Optional.empty()
                  : Optional.of(new Stop(key, reason, made(asked)));
            },
            asked.dryRun());
    return answer(
        after,
        key,
        found(after, key).choosesModel()
            ? "experiment %s is over: the live model answers its units".formatted(key)
            : "experiment %s is over: nobody is in its arms".formatted(key));
  }

  /**
   * Changes how many units are in, or their shares among the arms.
   *
   * @param traffic empty to leave it as it is
   * @param weights by arm; arms that are not named keep theirs
   * @param reason in words, if one is given
   */
  public Answer ramp(
      String key,
      OptionalDouble traffic,
      Map<String, Double> weights,
      Optional<String> reason,
      Asked asked) {
    ExperimentView after =
        log.change(
            view -> Optional.of(new Ramp(key, traffic, weights, reason, made(asked))),
            asked.dryRun());
    Experiment ramped = found(after, key);
    return answer(
        after, key, "experiment %s, %s: %s".formatted(key, ramped.state().word(), shares(ramped)));
  }

  private static Answer answer(ExperimentView after, String key, String words) {
    return new Answer(found(after, key), words);
  }

  /** A change of it was made, so it is there. */
  private static Experiment found(ExperimentView view, String key) {
    return view.find(key).orElseThrow();
  }

  private static void requireOneKind(Experiment experiment) {
    int models = experiment.models().size();
    if (models > 0 && models < experiment.arms().size()) {
      throw new IllegalArgumentException(
          "experiment %s: arms: %d of %d are models, expected all or none of them"
              .formatted(experiment.key(), models, experiment.arms().size()));
    }
  }

  private static void requireModelsForData(Experiment experiment) {
    if (experiment.data() != DataPolicy.SHARED && !experiment.choosesModel()) {
      throw new IllegalArgumentException(
          "experiment %s: data: %s, expected shared: its arms are values, and no model learns by them"
              .formatted(experiment.key(), experiment.data().word()));
    }
  }

  private static void refuse(
      Experiment experiment, String what, Function<String, Optional<String>> objection) {
    for (Arm arm : experiment.arms()) {
      if (arm.treatment() instanceof Treatment.Model model) {
        objection
            .apply(model.name())
            .ifPresent(
                words -> {
                  throw new RefusedChangeException(
                      "experiment %s: arm %s: model %s %s%s"
                          .formatted(experiment.key(), arm.name(), model.name(), what, words));
                });
      }
    }
  }

  /** Of those that choose the model, no two may have a unit in common. */
  private static void requireOneAtATime(Experiment experiment, ExperimentView view) {
    if (!experiment.choosesModel()) {
      return;
    }
    for (Experiment other : view.running()) {
      boolean together = experiment.layer().isPresent() && layer(experiment).equals(layer(other));
      if (other.choosesModel() && !together) {
        throw apart(experiment, other);
      }
    }
  }

  private static RefusedChangeException apart(Experiment experiment, Experiment other) {
    return new RefusedChangeException(
        "experiment %s: layer: %s, expected %s: experiment %s runs, chooses the model too, and has units in common with it"
            .formatted(
                experiment.key(),
                layer(experiment).orElse("none"),
                layer(other)
                    .map(name -> "another part of layer " + name)
                    .orElse("that no other experiment of models runs"),
                other.key()));
  }

  private static Optional<String> layer(Experiment experiment) {
    return experiment.layer().map(Layer::name);
  }

  private static String shares(Experiment experiment) {
    double[] shares = experiment.shares();
    return "%s %% of the units, of these %s"
        .formatted(
            percent(experiment.traffic()),
            IntStream.range(0, shares.length)
                .mapToObj(
                    i -> "%s %% %s".formatted(percent(shares[i]), experiment.arms().get(i).name()))
                .collect(Collectors.joining(", ")));
  }

  private static String percent(double share) {
    return BigDecimal.valueOf(100 * share).round(SHOWN_DIGITS).stripTrailingZeros().toPlainString();
  }

  private Made made(Asked asked) {
    return new Made(asked.by(), clock.instant());
  }
}
