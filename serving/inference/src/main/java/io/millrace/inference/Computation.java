package io.millrace.inference;

import java.util.List;

/**
 * What was computed, read from the result: a reader sees it even where it differs from what was
 * asked.
 *
 * @param adjustment what was done with the covariate, {@link Adjustment#NONE} where it could not
 *     help
 * @param theta slope on the covariate, 0 without adjustment
 * @param varianceKept variance of the effect by that without adjustment and strata; 1 without both
 * @param strata number of strata, 1 where units were not parted
 * @param notes what was done otherwise than asked, and why; mostly empty
 */
public record Computation(
    Metric metric,
    Adjustment adjustment,
    double theta,
    double varianceKept,
    int strata,
    List<String> notes) {
  public Computation {
    notes = List.copyOf(notes);
  }
}
