package io.millrace.serving.http.rate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.junit.jupiter.api.Test;

class RecentTimerTest {
  private final SetClock clock = new SetClock();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, new PrometheusRegistry(), clock);
  private final RecentTimer timer = new RecentTimer(registry, "work", "Of work.", Tags.empty());

  @Test
  void countsIntoTheBucketWhoseUpperBoundIsNotExceeded() {
    timer.record(500_000); // 0.5 ms: on the first bound
    timer.record(501_000);
    timer.record(1_000_000_000);
    timer.record(60_000_000_000L);
    assertThat(registry.scrape())
        .contains(
            "work_seconds_bucket{le=\"5.0E-4\"} 1\n",
            "work_seconds_bucket{le=\"0.001\"} 2\n",
            "work_seconds_bucket{le=\"0.5\"} 2\n",
            "work_seconds_bucket{le=\"1.0\"} 3\n",
            "work_seconds_bucket{le=\"10.0\"} 3\n",
            "work_seconds_bucket{le=\"+Inf\"} 4\n",
            "work_seconds_count 4\n",
            "work_seconds_sum 61.001001\n");
  }

  @Test
  void tellsQuantilesWithinAHundredth() {
    for (int i = 1; i <= 1000; i++) {
      timer.record(i * 1_000_000L);
    }
    RecentTimer.Recent recent = timer.recent();
    assertThat(recent.p50Millis()).isCloseTo(500, within(5.0));
    assertThat(recent.p99Millis()).isCloseTo(990, within(9.9));
    assertThat(recent.maxMillis()).isCloseTo(1000, within(10.0));
  }

  @Test
  void forgetsAfterTenSeconds() {
    timer.tick(clock.wallTime());
    for (int i = 0; i < 100; i++) {
      timer.record(2_000_000);
    }
    second();
    assertThat(timer.recent().p99Millis()).isCloseTo(2, within(0.05));
    assertThat(timer.recent().perSecond()).isEqualTo(100);
    for (int i = 0; i < 8; i++) {
      second();
    }
    assertThat(timer.recent().p99Millis()).isCloseTo(2, within(0.05));
    second();
    assertThat(timer.recent().perSecond()).isEqualTo(10);
    second();
    assertThat(timer.recent().perSecond()).isZero();
    assertThat(timer.recent().p99Millis()).isZero();
    assertThat(timer.recent().maxMillis()).isZero();
  }

  private void second() {
    clock.forward(1000);
    timer.tick(clock.wallTime());
  }
}
