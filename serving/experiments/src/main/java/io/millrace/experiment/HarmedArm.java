package io.millrace.experiment;

import io.millrace.deployment.Made;
import io.millrace.experiment.ExperimentChange.Ramp;
import io.millrace.experiment.ExperimentChange.Stop;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * An arm that harms, by a guard rail of its experiment.
 *
 * @param experiment its key
 * @param arm its name
 * @param guardRail who says so, for example {@code guard rail rate of click}
 * @param reason why, with figures, as a sentence without its end
 */
public record HarmedArm(String experiment, String arm, String guardRail, String reason) {

  /**
   * What is to be done about it: the arm's weight becomes 0, or the experiment ends where this is
   * the last treatment with a weight. Nothing, if that is done already, whoever did it: many
   * servers may decide so.
   */
  public Optional<ExperimentChange> change(ExperimentView view, Instant now) {
    return view.find(experiment)
        .filter(found -> found.state() == ExperimentState.RUNNING)
        .filter(found -> found.arm(arm).filter(its -> its.weight() > 0).isPresent())
        .map(found -> change(found, new Made(guardRail, now)));
  }

  private ExperimentChange change(Experiment found, Made made) {
    boolean othersAreTried =
        found.arms().stream()
            .anyMatch(
                other ->
                    other.weight() > 0
                        && !other.name().equals(arm)
                        && !other.name().equals(found.control()));
    return othersAreTried
        ? new Ramp(experiment, OptionalDouble.empty(), Map.of(arm, 0.0), Optional.of(reason), made)
        : new Stop(experiment, Optional.of(reason), made);
  }
}
