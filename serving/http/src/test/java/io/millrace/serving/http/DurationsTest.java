package io.millrace.serving.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DurationsTest {

  @Test
  void countsIntoTheBucketWhoseUpperBoundIsNotExceeded() {
    Durations durations = new Durations();
    durations.record(500_000); // 0.5 ms: on the first bound
    durations.record(501_000);
    durations.record(1_000_000_000);
    durations.record(60_000_000_000L);
    Durations.Totals totals = durations.totals();
    assertThat(totals.counts()[0]).isEqualTo(1);
    assertThat(totals.counts()[1]).isEqualTo(1);
    assertThat(totals.counts()[10]).isEqualTo(1);
    assertThat(totals.counts()[Durations.BUCKETS.length]).isEqualTo(1);
    assertThat(totals.sumSeconds()).isCloseTo(61.001001, within(1e-9));
  }

  @Test
  void forgetsAfterTenSeconds() {
    Durations durations = new Durations();
    for (int i = 0; i < 100; i++) {
      durations.record(2_000_000);
    }
    durations.tick();
    assertThat(durations.recent().p99Millis()).isCloseTo(2, within(0.05));
    assertThat(durations.recent().perSecond()).isEqualTo(100);
    for (int i = 0; i < 9; i++) {
      durations.tick();
    }
    assertThat(durations.recent().perSecond()).isEqualTo(10);
    durations.tick();
    assertThat(durations.recent().perSecond()).isZero();
    assertThat(durations.recent().p99Millis()).isZero();
  }
}
