package io.millrace.experiment.readout;

import io.millrace.experiment.readout.ExperimentReadout.Power;
import io.millrace.inference.Effect;
import io.millrace.inference.IntervalMethod;
import io.millrace.inference.Metric;
import io.millrace.inference.Moments;
import io.millrace.inference.PowerPlan;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What an experiment can see, and how many units it still needs. */
final class PowerReading {
  /** The power that figures are for. */
  static final double POWER = 0.8;

  private PowerReading() {}

  /**
   * @param treatmentShare of the units of control and treatment
   * @param planned units of control and treatment at the planned end
   * @return null where control's units are all alike, so that nothing can be said
   */
  static @Nullable Power of(
      Moments control,
      Effect.Known difference,
      double treatmentShare,
      OptionalLong planned,
      IntervalMethod method,
      double alpha) {
    PowerPlan plan;
    try {
      PowerPlan halves = PowerPlan.like(control, Metric.RATIO, alpha, method);
      plan = new PowerPlan(halves.mean(), halves.variance(), treatmentShare, alpha, method);
    } catch (IllegalArgumentException e) {
      return null;
    }
    long units = difference.units();
    Double detectable = Methods.finite(plan.minimumDetectableLift(POWER, units));
    if (planned.isPresent()) {
      long still = Math.max(0, planned.getAsLong() - units);
      return new Power(
          POWER,
          units,
          detectable,
          Methods.finite(plan.minimumDetectableLift(POWER, planned.getAsLong())),
          still,
          still == 0
              ? "the planned %d units are there".formatted(planned.getAsLong())
              : "%d of %d planned units are still to come".formatted(still, planned.getAsLong()));
    }
    Long still = null;
    String words = "no number of units would see a difference as small as the estimated one";
    if (difference.value() != 0 && plan.power(difference.value(), PowerPlan.MOST_UNITS) >= POWER) {
      still = Math.max(0, plan.requiredUnits(difference.value(), POWER) - units);
      words =
          "no units are planned; if the difference is as estimated, %d more see it with a power of %s"
              .formatted(still, POWER);
    }
    return new Power(POWER, units, detectable, null, still, words);
  }
}
