package io.millrace.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HalfTest {

  /** The definition: (-1)^s * 2^(e-15) * 1.f, or 2^-14 * 0.f for e = 0, by arithmetic. */
  private static double definition(int half) {
    int e = (half >>> 10) & 31;
    int f = half & 1023;
    double magnitude =
        e == 31
            ? (f == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
            : e == 0 ? f / 1024.0 * Math.pow(2, -14) : (1 + f / 1024.0) * Math.pow(2, e - 15);
    return (half & 0x8000) == 0 ? magnitude : -magnitude;
  }

  @Test
  void everyHalfHasItsDefinedValueAndSurvivesTheRoundTrip() {
    for (int h = 0; h < 65536; h++) {
      float value = Half.toFloat((short) h);
      assertThat((Double) (double) value).as("half %04x", h).isEqualTo((Double) definition(h));
      int back = Half.fromFloat(value) & 0xFFFF;
      if (Float.isNaN(value)) {
        assertThat(back & 0x7C00).as("NaN %04x", h).isEqualTo(0x7C00);
        assertThat(back & 0x3FF).as("NaN %04x", h).isNotZero();
      } else {
        assertThat(back).as("half %04x", h).isEqualTo(h);
      }
    }
  }

  @Test
  void tiesGoToTheEvenNeighbourAndTheirFloatNeighboursDoNot() {
    for (int h = 0; h < 0x7BFF; h++) {
      float tie = (float) ((definition(h) + definition(h + 1)) / 2); // exact: 12 bits suffice
      int even = (h & 1) == 0 ? h : h + 1;
      assertThat(Half.fromFloat(tie) & 0xFFFF).as("tie above %04x", h).isEqualTo(even);
      assertThat(Half.fromFloat(-tie) & 0xFFFF).as("-tie at %04x", h).isEqualTo(even | 0x8000);
      assertThat(Half.fromFloat(Math.nextDown(tie)) & 0xFFFF).as("below tie").isEqualTo(h);
      assertThat(Half.fromFloat(Math.nextUp(tie)) & 0xFFFF).as("above tie").isEqualTo(h + 1);
    }
  }

  @Test
  void overflowsFromHalfAStepAboveTheLargestHalf() {
    assertThat(Half.fromFloat(65519.99f)).isEqualTo((short) 0x7BFF);
    assertThat(Half.fromFloat(65520f)).isEqualTo((short) 0x7C00);
    assertThat(Half.fromFloat(-Float.MAX_VALUE)).isEqualTo((short) 0xFC00);
    assertThat(Half.fromFloat(Float.MIN_VALUE)).isZero();
    assertThat(Half.fromFloat(-0f)).isEqualTo((short) 0x8000);
  }

  @Test
  void theErrorOfANormalIsAtMostHalfAStep() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 100_000; i++) {
      double magnitude = Math.pow(2, random.nextDouble(-14, 15.99));
      float value = (float) (random.nextBoolean() ? magnitude : -magnitude);
      float back = Half.toFloat(Half.fromFloat(value));
      assertThat(Math.abs(back - value)).isLessThanOrEqualTo(Math.abs(value) * 0x1p-11f);
    }
  }
}
