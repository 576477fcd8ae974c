package io.millrace.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class EndpointMetricsTest {

  @Test
  void countsIntoTheBucketWhoseUpperBoundIsNotExceeded() {
    EndpointMetrics metrics = new EndpointMetrics();
    metrics.record(200, 500_000); // 0.5 ms: on the first bound
    metrics.record(200, 501_000);
    metrics.record(400, 1_000_000_000);
    metrics.record(200, 60_000_000_000L);
    EndpointMetrics.Latencies latencies = metrics.latencies();
    assertThat(latencies.counts()[0]).isEqualTo(1);
    assertThat(latencies.counts()[1]).isEqualTo(1);
    assertThat(latencies.counts()[10]).isEqualTo(1);
    assertThat(latencies.counts()[EndpointMetrics.BUCKETS.length]).isEqualTo(1);
    assertThat(latencies.sumSeconds()).isCloseTo(61.001001, within(1e-9));
    assertThat(metrics.statuses()).containsEntry(200, 3L).containsEntry(400, 1L);
  }

  @Test
  void forgetsAfterTenSeconds() {
    EndpointMetrics metrics = new EndpointMetrics();
    for (int i = 0; i < 100; i++) {
      metrics.record(200, 2_000_000);
    }
    metrics.tick();
    assertThat(metrics.recent().p99Millis()).isCloseTo(2, within(0.05));
    assertThat(metrics.recent().requestsPerSecond()).isEqualTo(100);
    for (int i = 0; i < 9; i++) {
      metrics.tick();
    }
    assertThat(metrics.recent().requestsPerSecond()).isEqualTo(10);
    metrics.tick();
    assertThat(metrics.recent().requestsPerSecond()).isZero();
    assertThat(metrics.recent().p99Millis()).isZero();
  }
}
