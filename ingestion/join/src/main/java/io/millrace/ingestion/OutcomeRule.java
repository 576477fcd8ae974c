package io.millrace.ingestion;

import io.millrace.wire.EventRules;
import java.io.Serializable;
import java.time.Duration;

/**
 * An outcome that is joined with impressions.
 *
 * @param name by {@link EventRules#isOutcome}
 * @param window W, a millisecond to 60 days: how long after its impression it counts
 * @param lateness L, not negative: how long after its window an impression may come, and its label
 *     is remembered
 */
public record OutcomeRule(String name, Duration window, Duration lateness) implements Serializable {
  /** The outcome that a {@code Click} is. */
  public static final String CLICK = EventRules.CLICK;

  /** Learners judge cohorts of a day at most, of which 64 may be open. */
  private static final Duration LONGEST = Duration.ofDays(60);

  public OutcomeRule {
    if (!EventRules.isOutcome(name)) {
      throw new IllegalArgumentException(
          "outcome: \"" + name + "\", expected " + EventRules.OUTCOME_NAMES);
    }
    if (window.toMillis() < 1) {
      throw new IllegalArgumentException(
          "window of " + name + ": " + window + ", expected at least 1 ms");
    }
    if (window.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "window of " + name + ": " + window + ", expected at most " + LONGEST.toDays() + " days");
    }
    if (lateness.isNegative()) {
      throw new IllegalArgumentException(
          "lateness of " + name + ": " + lateness + ", expected not negative");
    }
  }

  /** Clicks. */
  public static OutcomeRule click(Duration window, Duration lateness) {
    return new OutcomeRule(CLICK, window, lateness);
  }

  boolean isClick() {
    return name.equals(CLICK);
  }

  long windowMillis() {
    return window.toMillis();
  }

  /** W + L. */
  long rememberedMillis() {
    return window.toMillis() + lateness.toMillis();
  }
}
