package io.millrace.world;

import io.millrace.metrics.RollingTruth;
import io.millrace.metrics.TruthEvaluation;
import io.millrace.metrics.TruthMetrics;

/**
 * How good the answers of a platform are, against the true probabilities of the impressions that it
 * showed. An impression counts when it is made: with the truth at hand, no label need be waited
 * for, and none can mislead. Not thread-safe.
 */
public final class WorldTruth {
  private static final long MINUTE_MILLIS = 60_000;
  private static final int PARTS = 6;

  private final TruthEvaluation total = new TruthEvaluation();
  private final RollingTruth minute = new RollingTruth(MINUTE_MILLIS, PARTS);
  private long nowMillis;

  /**
   * An impression was shown.
   *
   * @param served the click probability that the platform had answered
   */
  public void shown(long shownMillis, double served, Outcome outcome) {
    total.add(served, outcome.probability());
    minute.add(shownMillis, served, outcome.probability());
    nowMillis = shownMillis;
  }

  /** All impressions so far. */
  public TruthMetrics metrics() {
    return total.metrics();
  }

  /** Those of the minute before the last one. */
  public TruthMetrics lastMinute() {
    return minute.metrics(nowMillis);
  }
}
