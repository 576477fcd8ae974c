package io.millrace.serving.http.rate;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How long something takes that happens again and again: since the start in buckets, for
 * Prometheus, and lately in quantiles, for the console. {@link #record} may be called by any
 * thread, {@link #tick} by one, once a second.
 */
public final class RecentTimer {
  private static final Duration WINDOW = Duration.ofSeconds(10);

  /** Pieces that the window moves on by, a second each. */
  private static final int PIECES = 10;

  /** The last is the maximum. */
  private static final double[] QUANTILES = {0.5, 0.99, 1};

  /** Upper bounds of the buckets. */
  private static final Duration[] BOUNDS = {
    Duration.ofNanos(500_000),
    Duration.ofMillis(1),
    Duration.ofMillis(2),
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(20),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2500),
    Duration.ofSeconds(10)
  };

  private final Timer timer;
  private final Rate rate = new Rate(WINDOW);
  private volatile double perSecond;

  /** What the last ten seconds looked like. */
  public record Recent(double perSecond, double p50Millis, double p99Millis, double maxMillis) {}

  /** Registers a timer. */
  public RecentTimer(MeterRegistry registry, String name, String description, Tags tags) {
    this.timer =
        Timer.builder(name)
            .description(description)
            .tags(tags)
            .serviceLevelObjectives(BOUNDS)
            .publishPercentiles(QUANTILES)
            .percentilePrecision(2)
            .distributionStatisticExpiry(WINDOW)
            .distributionStatisticBufferLength(PIECES)
            .register(registry);
  }

  /** Counts one. */
  public void record(long nanos) {
    timer.record(Math.max(0, nanos), TimeUnit.NANOSECONDS);
  }

  /** Looks at how many there have been. */
  public void tick(long nowMillis) {
    perSecond = rate.at(nowMillis, timer.count()).orElse(0);
  }

  /** The last ten seconds. */
  public Recent recent() {
    HistogramSnapshot lately = timer.takeSnapshot();
    ValueAtPercentile[] at = lately.percentileValues();
    return new Recent(perSecond, millis(at[0]), millis(at[1]), millis(at[2]));
  }

  private static double millis(ValueAtPercentile value) {
    return Math.round(value.value(TimeUnit.MICROSECONDS)) / 1e3;
  }
}
