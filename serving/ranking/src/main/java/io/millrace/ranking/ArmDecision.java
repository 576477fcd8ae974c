package io.millrace.ranking;

import io.millrace.event.ServedArm;
import io.millrace.experiment.Arm;
import io.millrace.experiment.Experiment;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a server does with a unit in an experiment.
 *
 * @param unit what was assigned; null where nothing names one, or it was not looked for
 * @param arm null if the unit is in none
 * @param why it is so, in a word
 * @param propensity the probability of the arm among assigned units; 1 if it is forced, 0 without
 *     an arm
 * @param isCounted whether the unit counts in the experiment's numbers
 */
public record ArmDecision(
    Experiment experiment,
    @Nullable String unit,
    @Nullable Arm arm,
    String why,
    double propensity,
    boolean isCounted) {

  static ArmDecision out(Experiment experiment, @Nullable String unit, String why) {
    return new ArmDecision(experiment, unit, null, why, 0, false);
  }

  /** What an impression says of it; empty where it does not count. */
  public Optional<ServedArm> counted() {
    return isCounted
        ? Optional.of(
            new ServedArm(
                experiment.key(),
                Objects.requireNonNull(unit),
                Objects.requireNonNull(arm).name(),
                propensity))
        : Optional.empty();
  }
}
