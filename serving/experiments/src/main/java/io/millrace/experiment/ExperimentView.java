package io.millrace.experiment;

import io.millrace.experiment.ExperimentChange.Create;
import io.millrace.experiment.ExperimentChange.Ramp;
import io.millrace.experiment.ExperimentChange.Start;
import io.millrace.experiment.ExperimentChange.Stop;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which experiments there are, at a revision. Immutable.
 *
 * @param revision how many changes led here
 * @param experiments by key, stopped ones among them, in the order in which they were created
 */
public record ExperimentView(long revision, Map<String, Experiment> experiments) {
  /** No experiment at all. */
  public static final ExperimentView EMPTY = new ExperimentView(0, Map.of());

  public ExperimentView {
    experiments = Collections.unmodifiableMap(new LinkedHashMap<>(experiments));
  }

  /** The experiment of a key. */
  public Optional<Experiment> find(String key) {
    return Optional.ofNullable(experiments.get(key));
  }

  /** Those that run, in the order in which they were created. */
  public List<Experiment> running() {
    return experiments.values().stream()
        .filter(experiment -> experiment.state() == ExperimentState.RUNNING)
        .toList();
  }

  /** What is in force, compiled anew: to be kept by whoever assigns. */
  public ExperimentCatalog catalog() {
    return ExperimentCatalog.of(experiments.values());
  }

  /** The next view, by a change that can be made. */
  ExperimentView after(ExperimentChange change) {
    Map<String, Experiment> after = new LinkedHashMap<>(experiments);
    if (change instanceof Create create) {
      after.put(create.experiment().key(), create.experiment());
    } else if (change instanceof Start start) {
      after.computeIfPresent(
          start.key(),
          (key, experiment) ->
              ExperimentBuilder.builder(experiment)
                  .state(ExperimentState.RUNNING)
                  .reason(start.reason())
                  .changed(start.made())
                  .build());
    } else if (change instanceof Ramp ramp) {
      after.computeIfPresent(ramp.key(), (key, experiment) -> ramped(experiment, ramp));
    } else if (change instanceof Stop stop) {
      after.computeIfPresent(
          stop.key(),
          (key, experiment) ->
              ExperimentBuilder.builder(experiment)
                  .state(ExperimentState.STOPPED)
                  .reason(stop.reason())
                  .changed(stop.made())
                  .build());
    }
    return new ExperimentView(revision + 1, after);
  }

  /**
   * An experiment with other traffic or weights.
   *
   * @throws IllegalArgumentException if it can't be, in words
   */
  static Experiment ramped(Experiment experiment, Ramp ramp) {
    List<Arm> arms = new ArrayList<>();
    boolean emptied = false;
    for (Arm arm : experiment.arms()) {
      double weight = ramp.weights().getOrDefault(arm.name(), arm.weight());
      emptied |= arm.weight() > 0 && weight == 0;
      arms.add(new Arm(arm.name(), weight, arm.treatment()));
    }
    boolean anew = emptied;
    return ExperimentBuilder.builder(experiment)
        .traffic(ramp.traffic().orElse(experiment.traffic()))
        .arms(arms)
        .stickiness(
            experiment
                .stickiness()
                .map(
                    sticky ->
                        anew ? new Stickiness(sticky.version() + 1, sticky.minVersion()) : sticky))
        .reason(ramp.reason())
        .changed(ramp.made())
        .build();
  }
}
