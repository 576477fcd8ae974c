package io.millrace.metrics;

import java.util.Arrays;

/**
 * A comparison of the latest predictions with the truth: those of the last period, in parts that
 * are forgotten one by one as time goes on. Memory: one {@link TruthEvaluation} per part. Not
 * thread-safe.
 */
public final class RollingTruth {
  private final long partMillis;
  private final TruthEvaluation[] parts;
  private final long[] partOf;

  /**
   * @param periodMillis how far back it reaches
   * @param parts how many parts it forgets the period in; the oldest one is held in part only
   */
  public RollingTruth(long periodMillis, int parts) {
    if (parts < 1 || periodMillis < parts) {
      throw new IllegalArgumentException(
          "periodMillis: %d, parts: %d, expected at least one part of at least a millisecond"
              .formatted(periodMillis, parts));
    }
    this.partMillis = periodMillis / parts;
    this.parts = new TruthEvaluation[parts];
    Arrays.setAll(this.parts, i -> new TruthEvaluation());
    this.partOf = new long[parts];
    Arrays.fill(partOf, Long.MIN_VALUE);
  }

  /** Adds a prediction, as {@link TruthEvaluation#add}; one older than the period is left out. */
  public void add(long timeMillis, double prediction, double truth) {
    long number = Math.floorDiv(timeMillis, partMillis);
    int slot = (int) Math.floorMod(number, (long) parts.length);
    if (number < partOf[slot]) {
      return;
    }
    if (number > partOf[slot]) {
      parts[slot].clear();
      partOf[slot] = number;
    }
    parts[slot].add(prediction, truth);
  }

  /** Metrics of the period that ends now. */
  public TruthMetrics metrics(long nowMillis) {
    long newest = Math.floorDiv(nowMillis, partMillis);
    TruthEvaluation sum = new TruthEvaluation();
    for (int slot = 0; slot < parts.length; slot++) {
      if (partOf[slot] > newest - parts.length && partOf[slot] <= newest) {
        sum.merge(parts[slot]);
      }
    }
    return sum.metrics();
  }
}
