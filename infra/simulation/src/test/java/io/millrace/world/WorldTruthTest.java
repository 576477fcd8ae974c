package io.millrace.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class WorldTruthTest {
  private static final Outcome CLICK = new Outcome(0.8, true, List.of(new Outcome.Click(1_300)));
  private static final Outcome NONE = new Outcome(0.1, false, List.of());

  @Test
  void anImpressionCountsWhenItIsMadeWhateverItsLabel() {
    WorldTruth truth = new WorldTruth();
    truth.shown(1_000, 0.3, NONE);
    truth.shown(1_000, 0.2, CLICK);
    assertThat(truth.metrics().examples()).isEqualTo(2);
    assertThat(truth.metrics().calibration()).isCloseTo(0.5 / 0.9, within(1e-9));
    // ranked the wrong way round: .8 · .2 + .1 · .9 tie with themselves, .1 · .2 lies right
    assertThat(truth.metrics().auc()).isCloseTo((0.125 + 0.02) / (0.9 * 1.1), within(1e-9));
    assertThat(truth.metrics().ceiling()).isCloseTo((0.125 + 0.72) / (0.9 * 1.1), within(1e-9));
  }

  @Test
  void theLastMinuteForgets() {
    WorldTruth truth = new WorldTruth();
    truth.shown(1_000, 0.3, NONE);
    truth.shown(75_000, 0.2, CLICK);
    assertThat(truth.lastMinute().examples()).isEqualTo(1);
    assertThat(truth.metrics().examples()).isEqualTo(2);
  }
}
