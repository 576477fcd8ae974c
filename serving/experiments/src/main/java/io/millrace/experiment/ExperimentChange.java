package io.millrace.experiment;

import io.millrace.deployment.Made;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** One change of the experiments. */
public sealed interface ExperimentChange {
  /** Who made it, and when. */
  Made made();

  /**
   * A new experiment.
   *
   * @param experiment a draft; its {@link Experiment#created} says who made the change
   */
  record Create(Experiment experiment) implements ExperimentChange {
    @Override
    public Made made() {
      return experiment.created();
    }
  }

  /** An experiment that runs from now on. */
  record Start(String key, Optional<String> reason, Made made) implements ExperimentChange {}

  /**
   * Other traffic or weights of a draft, or of an experiment while it runs. Growing traffic moves
   * no unit from arm to arm, other weights do. Where units are sticky and an arm's weight becomes
   * 0, the version of their assignments grows by one, so that nobody stays in that arm.
   *
   * @param traffic empty to leave it as it is
   * @param weights by arm; arms that are not named keep theirs
   */
  record Ramp(
      String key,
      OptionalDouble traffic,
      Map<String, Double> weights,
      Optional<String> reason,
      Made made)
      implements ExperimentChange {
    public Ramp {
      weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    }
  }

  /** An experiment that is over, or a draft that is given up. */
  record Stop(String key, Optional<String> reason, Made made) implements ExperimentChange {}
}
