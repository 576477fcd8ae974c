package io.millrace.experiment;

import java.util.Locale;

/**
 * What an experiment does with a unit.
 *
 * @param arm index of its arm, or -1 if it is not in
 * @param why it is so
 * @param propensity the probability of this arm among the units that the experiment assigns, exact
 *     for the hash's 10,000 buckets and the weights as they are; 1 if it is forced, 0 without an
 *     arm
 */
public record Assignment(int arm, Why why, double propensity) {
  /** Reasons of an assignment. */
  public enum Why {
    /** The hash says so. */
    ASSIGNED,
    /** The unit was in this arm before. */
    STICKY,
    /** The experiment names the unit. It is not counted, since nothing about it is random. */
    FORCED,
    /** The experiment does not run. */
    NOT_RUNNING,
    /** The attributes do not name a unit. */
    NO_UNIT,
    /** The unit was in an arm under a version that has been given up. */
    STICKY_BLOCKED,
    /** The unit is held out. */
    HELD_OUT,
    /** The unit is another's in the layer. */
    OUTSIDE_LAYER,
    /** The targeting does not hold. */
    NOT_TARGETED,
    /** The unit is beyond the share of the traffic. */
    OUTSIDE_TRAFFIC;

    /** As users read it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether the unit is in an arm. */
  public boolean isIn() {
    return arm >= 0;
  }

  /** Whether the unit counts in the experiment's numbers. */
  public boolean isCounted() {
    return why == Why.ASSIGNED || why == Why.STICKY;
  }
}
