package io.millrace.serving.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EndpointMetricsTest {

  @Test
  void countsAnswersByStatusAndHowLongTheyTook() {
    EndpointMetrics metrics = new EndpointMetrics();
    metrics.record(200, 500_000);
    metrics.record(200, 501_000);
    metrics.record(400, 1_000_000_000);
    metrics.record(200, 60_000_000_000L);
    assertThat(metrics.statuses()).containsEntry(200, 3L).containsEntry(400, 1L);
    assertThat(metrics.durations().totals().counts()[0]).isEqualTo(1);
    metrics.durations().tick();
    assertThat(metrics.durations().recent().perSecond()).isEqualTo(4);
  }
}
