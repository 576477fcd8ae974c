package io.millrace.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class NoiseTest {
  @Test
  void gaussiansHaveMeanZeroAndVarianceOne() {
    double sum = 0;
    double squares = 0;
    int n = 100_000;
    for (int i = 0; i < n; i++) {
      double g = Noise.gaussian(3, i, 5);
      sum += g;
      squares += g * g;
    }
    assertThat(sum / n).isCloseTo(0, within(4 / Math.sqrt(n)));
    assertThat(squares / n).isCloseTo(1, within(4 * Math.sqrt(2.0 / n)));
  }

  @Test
  void aWalkIsSmoothHasVarianceOneAndForgets() {
    long period = 1_000;
    double squares = 0;
    double product = 0;
    int n = 20_000;
    for (int key = 0; key < n; key++) {
      double now = Noise.wander(9, key, 123_456, period);
      squares += now * now;
      product += now * Noise.wander(9, key, 123_456 + 2 * period, period);
      assertThat(Noise.wander(9, key, 123_457, period)).isCloseTo(now, within(0.02));
    }
    assertThat(squares / n).isCloseTo(1, within(0.05));
    assertThat(product / n).as("correlation two periods later").isCloseTo(0, within(0.05));
  }

  @Test
  void walksTurnAtDifferentTimesAndExistBeforeTheEpoch() {
    assertThat(Noise.wander(9, 1, -5_000, 1_000)).isFinite();
    assertThat(Noise.wander(9, 1, 0, 1_000)).isNotEqualTo(Noise.wander(9, 2, 0, 1_000));
  }
}
