package io.millrace.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LearnedStepTest {
  private final LearnedStep eightBits = new LearnedStep(8, 0.1f);

  @Test
  void integersOfAFixedStep() {
    float[] values = {0.0234f, -0.5f, 1.6f, -1.3f};
    int[] expected = {2, -50, 127, -128};
    for (int i = 0; i < values.length; i++) {
      assertThat(eightBits.quantize(values[i], 0.01f, Rounding.NEAREST)).isEqualTo(expected[i]);
    }
  }

  /** Nearest rounding would stay where it is for ever. */
  @Test
  void stochasticIntegersMoveByLessThanAStepOnAverage() {
    Rounding rounding = Rounding.stochastic(7);
    long sum = 0;
    int draws = 100_000;
    for (int n = 0; n < draws; n++) {
      sum += eightBits.quantize(0.0234f, 0.01f, rounding);
    }
    double deviation = Math.sqrt(0.34 * 0.66 / draws);
    assertThat((double) sum / draws).isCloseTo(2.34, within(4 * deviation));
    assertThat(eightBits.quantize(0.0234f, 0.01f, Rounding.NEAREST)).isEqualTo(2);
  }

  @Test
  void theGradientOfTheStep() {
    assertThat(eightBits.gradient(0.0234f, 0.01f)).isCloseTo(-0.34f, within(1e-5f));
    assertThat(eightBits.gradient(-0.5f, 0.01f)).isCloseTo(0, within(1e-5f));
    assertThat(eightBits.gradient(1.6f, 0.01f)).isEqualTo(127);
    assertThat(eightBits.gradient(-1.5f, 0.01f)).isEqualTo(-128);
  }

  /** By hand: 0.01 - 0.1 · (-1·-0.34 - 0.005·127) / √(2·3·127); the middle value adds nothing. */
  @Test
  void anUpdateFollowsTheGradient() {
    float[] values = {9, 0.0234f, -0.5f, 1.6f};
    float next = eightBits.updated(0.01f, values, 1, 3, new float[] {-1, 4, -0.005f}, 0, 2);
    double sum = 0.34 - 0.005 * 127;
    assertThat(next).isCloseTo((float) (0.01 - 0.1 * sum / Math.sqrt(762)), within(1e-7f));
    assertThat(next).isGreaterThan(0.01f);
    assertThat(eightBits.updated(0.01f, values, 1, 3, new float[] {0, 0, 100}, 0, 2))
        .isEqualTo(0.01f);
  }

  @Test
  void boundsOfItsSettings() {
    assertThatThrownBy(() -> new LearnedStep(17, 1)).hasMessage("bits: 17, expected 2 to 16");
    assertThatThrownBy(() -> new LearnedStep(8, 0))
        .hasMessage("learningRate: 0.0, expected a finite value > 0");
  }
}
