package io.millrace.world;

import io.millrace.metrics.Evaluation;
import io.millrace.metrics.Metrics;
import io.millrace.metrics.RollingEvaluation;
import io.millrace.metrics.TruthEvaluation;
import io.millrace.metrics.TruthMetrics;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * The ceiling: how well the true probabilities themselves do on the impressions that were shown. No
 * model can do better for long. Beside it, on the same impressions, the probabilities that were
 * answered when they were shown.
 *
 * <p>An impression counts when its label is known, which is when a learner learns from it: a
 * clicked one at its click, another at the end of its attribution window. So at any time ceiling
 * and learner have seen the same examples, but for those on their way. Memory is bounded by the
 * impressions of one window. Not thread-safe.
 */
public final class WorldTruth {
  private static final long MINUTE_MILLIS = 60_000;
  private static final int PARTS = 12;

  private record Pending(long dueMillis, double truth, double served, boolean clicked) {}

  private final PriorityQueue<Pending> pending =
      new PriorityQueue<>(Comparator.comparingLong(Pending::dueMillis));
  private final long windowMillis;
  private final Evaluation total;
  private final RollingEvaluation minute = new RollingEvaluation(MINUTE_MILLIS, PARTS);
  private final RollingEvaluation servedMinute = new RollingEvaluation(MINUTE_MILLIS, PARTS);
  private final TruthEvaluation served = new TruthEvaluation();
  private long nowMillis;

  /**
   * @param windowMillis the attribution window
   */
  public WorldTruth(long windowMillis) {
    this(windowMillis, new Evaluation());
  }

  /**
   * Goes on from an earlier truth.
   *
   * @param total what an earlier one's {@link #evaluation} held; this one adds to it
   */
  public WorldTruth(long windowMillis, Evaluation total) {
    if (windowMillis < 1) {
      throw new IllegalArgumentException("windowMillis: " + windowMillis + ", expected at least 1");
    }
    this.windowMillis = windowMillis;
    this.total = total;
  }

  /**
   * An impression was shown.
   *
   * @param served the click probability that the platform had answered
   */
  public void shown(long shownMillis, double served, Outcome outcome) {
    long due = shownMillis + windowMillis;
    for (Outcome.Consequence consequence : outcome.consequences()) {
      if (consequence instanceof Outcome.Click click) {
        due = click.dueMillis();
      }
    }
    pending.add(new Pending(due, outcome.probability(), served, outcome.clicked()));
  }

  /** Counts the impressions whose label is known by now. */
  public void advance(long nowMillis) {
    this.nowMillis = nowMillis;
    Pending next = pending.peek();
    while (next != null && next.dueMillis() <= nowMillis) {
      pending.remove();
      int label = next.clicked() ? 1 : 0;
      total.addProbability(next.truth(), label);
      minute.addProbability(next.dueMillis(), next.truth(), label);
      servedMinute.addProbability(next.dueMillis(), next.served(), label);
      served.add(next.served(), next.truth());
      next = pending.peek();
    }
  }

  /** The ceiling so far; its calibration is near 1. */
  public Metrics metrics() {
    return total.metrics();
  }

  /** The ceiling of the minute before the last {@link #advance}. */
  public Metrics lastMinute() {
    return minute.metrics(nowMillis);
  }

  /** What the platform had answered for the impressions of {@link #lastMinute}. */
  public Metrics servedLastMinute() {
    return servedMinute.metrics(nowMillis);
  }

  /** How far what was answered is from the truth, on the impressions counted by this object. */
  public TruthMetrics servedAgainstTruth() {
    return served.metrics();
  }

  /** What has been counted, live. */
  public Evaluation evaluation() {
    return total;
  }

  /** Impressions whose label isn't known yet. */
  public int pending() {
    return pending.size();
  }
}
