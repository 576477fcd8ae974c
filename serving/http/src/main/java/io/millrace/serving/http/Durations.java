package io.millrace.serving.http;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * How long something takes that happens again and again. {@link #record} may be called by any
 * thread, {@link #tick} by one, once a second; quantiles are those of the last ten ticks.
 */
final class Durations {
  private static final int RECENT_TICKS = 10;
  private static final long MAX_MICROS = 60_000_000;

  /** Upper bounds of the exported histogram's buckets, in seconds. */
  static final double[] BUCKETS = {
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10
  };

  private final LongAdder[] buckets = new LongAdder[BUCKETS.length + 1];
  private final LongAdder totalMicros = new LongAdder();
  private final Recorder recorder = new Recorder(MAX_MICROS, 2);
  private final Deque<Histogram> ticks = new ArrayDeque<>();
  private volatile Recent recent = new Recent(0, 0, 0, 0);

  /** What the last ten seconds looked like. */
  record Recent(double perSecond, double p50Millis, double p99Millis, double maxMillis) {}

  /** The exported histogram: {@code counts} per bucket (not cumulative), the last unbounded. */
  record Totals(long[] counts, double sumSeconds) {}

  Durations() {
    Arrays.setAll(buckets, i -> new LongAdder());
  }

  /** Counts one. */
  void record(long nanos) {
    long micros = Math.max(0, nanos / 1000);
    int bucket = Arrays.binarySearch(BUCKETS, micros / 1e6);
    buckets[bucket < 0 ? -bucket - 1 : bucket].increment();
    totalMicros.add(micros);
    recorder.recordValue(Math.min(micros, MAX_MICROS));
  }

  /** Closes one second. */
  void tick() {
    ticks.addLast(recorder.getIntervalHistogram());
    if (ticks.size() > RECENT_TICKS) {
      ticks.removeFirst();
    }
    Histogram sum = new Histogram(MAX_MICROS, 2);
    ticks.forEach(sum::add);
    recent =
        new Recent(
            sum.getTotalCount() / (double) ticks.size(),
            sum.getValueAtPercentile(50) / 1e3,
            sum.getValueAtPercentile(99) / 1e3,
            sum.getMaxValue() / 1e3);
  }

  Recent recent() {
    return recent;
  }

  Totals totals() {
    return new Totals(
        Arrays.stream(buckets).mapToLong(LongAdder::sum).toArray(), totalMicros.sum() / 1e6);
  }
}
