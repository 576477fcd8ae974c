package io.millrace.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.metrics.Evaluation;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorldTruthTest {
  private static final Outcome CLICK = new Outcome(0.8, true, List.of(new Outcome.Click(1_300)));
  private static final Outcome NONE =
      new Outcome(0.1, false, List.of(new Outcome.LateClick(9_000)));

  @Test
  void anImpressionCountsWhenItsLabelIsKnown() {
    WorldTruth truth = new WorldTruth(5_000);
    truth.shown(1_000, 0.3, NONE);
    truth.shown(1_000, 0.2, CLICK);

    truth.advance(1_299);
    assertThat(truth.metrics().examples()).isZero();
    truth.advance(1_300);
    assertThat(truth.metrics().positives()).isEqualTo(1);
    assertThat(truth.pending()).isEqualTo(1);
    truth.advance(5_999);
    assertThat(truth.metrics().examples()).isEqualTo(1);
    truth.advance(6_000);
    assertThat(truth.metrics().examples()).isEqualTo(2);
    assertThat(truth.metrics().positives()).isEqualTo(1);
    assertThat(truth.metrics().auc()).isEqualTo(1);
    assertThat(truth.metrics().logloss())
        .isCloseTo(-(Math.log(0.8) + Math.log(0.9)) / 2, within(1e-9));
  }

  @Test
  void servedProbabilitiesAreJudgedOnTheSameImpressionsOfTheLastMinute() {
    WorldTruth truth = new WorldTruth(5_000);
    truth.shown(1_000, 0.3, NONE);
    truth.shown(1_000, 0.2, CLICK);

    truth.advance(6_000);
    assertThat(truth.lastMinute().auc()).isEqualTo(1);
    assertThat(truth.servedLastMinute().auc()).isZero();
    assertThat(truth.servedLastMinute().logloss())
        .isCloseTo(-(Math.log(0.2) + Math.log(0.7)) / 2, within(1e-9));
    assertThat(truth.servedAgainstTruth().meanSquaredError())
        .isCloseTo((0.36 + 0.04) / 2, within(1e-12));
    truth.advance(70_000);
    assertThat(truth.lastMinute().examples()).isZero();
    assertThat(truth.servedLastMinute().examples()).isZero();
    assertThat(truth.metrics().examples()).isEqualTo(2);
  }

  @Test
  void itGoesOnFromWhatWasStored() {
    WorldTruth first = new WorldTruth(5_000);
    first.shown(0, 0.3, NONE);
    first.advance(5_000);
    WorldTruth second = new WorldTruth(5_000, Evaluation.fromBytes(first.evaluation().toBytes()));
    second.shown(1_000, 0.2, CLICK);
    second.advance(9_000);

    assertThat(second.metrics().examples()).isEqualTo(2);
    assertThat(second.metrics().auc()).isEqualTo(1);
  }

  @Test
  void aWindowIsPositive() {
    assertThatThrownBy(() -> new WorldTruth(0)).hasMessage("windowMillis: 0, expected at least 1");
  }
}
