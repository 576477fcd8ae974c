package io.millrace.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RollingEvaluationTest {
  @Test
  void itForgetsWhatIsOlderThanThePeriod() {
    RollingEvaluation last = new RollingEvaluation(60_000, 12);
    last.addProbability(1_000, 0.9, 0);
    last.addProbability(30_000, 0.2, 0);
    last.addProbability(59_000, 0.6, 1);

    assertThat(last.metrics(59_000).examples()).isEqualTo(3);
    assertThat(last.metrics(59_000).auc()).isCloseTo(0.5, within(1e-9));
    assertThat(last.metrics(61_000).examples()).isEqualTo(2);
    assertThat(last.metrics(61_000).auc()).isEqualTo(1);
    assertThat(last.metrics(61_000).logloss())
        .isCloseTo(-(Math.log(0.8) + Math.log(0.6)) / 2, within(1e-9));
    assertThat(last.metrics(1_000_000).examples()).isZero();
  }

  @Test
  void aPartIsUsedAgainForANewTime() {
    RollingEvaluation last = new RollingEvaluation(10, 2);
    last.addProbability(0, 0.5, 1);
    last.addProbability(10, 0.5, 0);
    last.addProbability(1, 0.5, 1);

    assertThat(last.metrics(10).examples()).isEqualTo(1);
    assertThat(last.metrics(10).positives()).isZero();
  }

  @Test
  void aPeriodHasParts() {
    assertThatThrownBy(() -> new RollingEvaluation(3, 4))
        .hasMessage(
            "periodMillis: 3, parts: 4, expected at least one part of at least a millisecond");
  }
}
