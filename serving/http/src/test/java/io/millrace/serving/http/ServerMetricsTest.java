package io.millrace.serving.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.serving.http.rate.SetClock;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerMetricsTest {
  private final SetClock clock = new SetClock();
  private final ServerMetrics metrics =
      new ServerMetrics(List.of("rank"), List.of("clicks"), clock);

  @Test
  void countsAnswersByStatusAndHowLongTheyTook() {
    metrics.tick(clock.wallTime());
    metrics.record("rank", 200, 500_000);
    metrics.record("rank", 200, 501_000);
    metrics.record("rank", 400, 1_000_000_000);
    metrics.record("rank", 503, 60_000_000_000L);
    metrics.count(ServerMetrics.OTHER, 404);
    clock.forward(1000);
    metrics.tick(clock.wallTime());

    Status.Endpoint rank = metrics.endpoint("rank");
    assertThat(rank.requests()).isEqualTo(4);
    assertThat(rank.errors()).isEqualTo(2);
    assertThat(rank.requestsPerSecond()).isEqualTo(4);
    assertThat(rank.maxMillis()).isCloseTo(60_000, within(600.0));
    assertThat(metrics.endpoint(ServerMetrics.OTHER).requests()).isEqualTo(1);
    assertThat(metrics.registry().scrape())
        .contains(
            "millrace_requests_total{endpoint=\"rank\",status=\"200\"} 2.0\n",
            "millrace_requests_total{endpoint=\"other\",status=\"404\"} 1.0\n",
            "millrace_request_duration_seconds_count{endpoint=\"rank\"} 4\n");
  }

  @Test
  void timesForwardPasses() {
    metrics.recordPass("clicks", 3_000_000);
    assertThat(metrics.forward("clicks").p50Millis()).isCloseTo(3, within(0.05));
  }
}
