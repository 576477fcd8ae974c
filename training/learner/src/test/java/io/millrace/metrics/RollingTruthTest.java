package io.millrace.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RollingTruthTest {
  @Test
  void itForgetsWhatIsOlderThanThePeriod() {
    RollingTruth last = new RollingTruth(60_000, 12);
    last.add(1_000, 0.9, 0);
    last.add(30_000, 0.2, 0);
    last.add(59_000, 0.6, 1);

    assertThat(last.metrics(59_000).examples()).isEqualTo(3);
    assertThat(last.metrics(59_000).auc()).isCloseTo(0.5, within(1e-9));
    assertThat(last.metrics(61_000).examples()).isEqualTo(2);
    assertThat(last.metrics(61_000).auc()).isEqualTo(1);
    assertThat(last.metrics(61_000).logloss())
        .isCloseTo(-(Math.log(0.8) + Math.log(0.6)) / 2, within(1e-9));
    assertThat(last.metrics(61_000).calibration()).isCloseTo(0.8, within(1e-9));
    assertThat(last.metrics(1_000_000).examples()).isZero();
  }

  @Test
  void aPartIsUsedAgainForANewTime() {
    RollingTruth last = new RollingTruth(10, 2);
    last.add(0, 0.5, 1);
    last.add(10, 0.5, 0.25);
    last.add(1, 0.5, 1);

    assertThat(last.metrics(10).examples()).isEqualTo(1);
    assertThat(last.metrics(10).meanSquaredError()).isEqualTo(0.0625);
  }

  @Test
  void aPeriodHasParts() {
    assertThatThrownBy(() -> new RollingTruth(3, 4))
        .hasMessage(
            "periodMillis: 3, parts: 4, expected at least one part of at least a millisecond");
  }
}
