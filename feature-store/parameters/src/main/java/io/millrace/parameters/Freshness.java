package io.millrace.parameters;

import java.util.List;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * How long clicks take to change predictions: from the moment at which Kafka took a click to the
 * moment at which a version that has learned from it is shown. Milliseconds, two significant
 * digits, up to an hour. Thread-safe.
 */
public final class Freshness {
  private static final long LONGEST_MILLIS = 3_600_000;

  private final ConcurrentHistogram histogram = new ConcurrentHistogram(1, LONGEST_MILLIS, 2);

  /**
   * A summary; all delays are 0 without clicks.
   *
   * @param clicks number of clicks measured
   */
  public record Summary(
      long clicks, long p50Millis, long p95Millis, long p99Millis, long maxMillis) {}

  /** Records clicks that became visible at {@code shownMillis}. */
  void record(List<Long> clickTimesMillis, long shownMillis) {
    for (long clicked : clickTimesMillis) {
      histogram.recordValue(Math.max(0, Math.min(shownMillis - clicked, LONGEST_MILLIS)));
    }
  }

  /** Since the view was started. */
  public Summary summary() {
    Histogram copy = histogram.copy();
    return new Summary(
        copy.getTotalCount(),
        copy.getValueAtPercentile(50),
        copy.getValueAtPercentile(95),
        copy.getValueAtPercentile(99),
        copy.getMaxValue());
  }
}
