package io.millrace.metrics;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Cohorts} amount to. Times are event times in milliseconds.
 *
 * @param all the cohorts that are complete, or null before the first
 * @param newest of them, or null before the first
 * @param leftOut impressions that came after their cohort was counted, or far ahead of the others
 * @param countedUntil up to which impressions are counted, if any are
 * @param nextAt at which the next cohort will be complete, if one has begun
 */
public record CohortFigures(
    @Nullable Metrics all,
    @Nullable Metrics newest,
    long leftOut,
    OptionalLong countedUntil,
    OptionalLong nextAt) {

  /** Whether there is a cohort, complete or not. */
  public boolean begun() {
    return countedUntil.isPresent() || nextAt.isPresent();
  }
}
