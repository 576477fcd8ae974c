package io.millrace.model.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class DropoutMaskTest {

  private static float[] mask(int size, long seed, float rate) {
    FloatBuffer buffer = FloatBuffer.allocate(size);
    DropoutMask.fill(buffer, size, seed, rate);
    assertThat(buffer.hasRemaining()).isFalse();
    return buffer.array();
  }

  /** 100,000 places: the share that drops out is within 4 standard deviations of the rate. */
  @Test
  void dropsTheRateAndKeepsTheMean() {
    for (float rate : new float[] {0.1f, 0.5f, 0.9f}) {
      int dropped = 0;
      for (float value : mask(100_000, 7, rate)) {
        if (value == 0) {
          dropped++;
        } else {
          assertThat(value).isEqualTo(1 / (1 - rate));
        }
      }
      double deviation = Math.sqrt(100_000 * rate * (1 - rate));
      assertThat((double) dropped).isCloseTo(100_000 * rate, within(4 * deviation));
    }
  }

  @Test
  void isAFunctionOfItsSeedAtAnySize() {
    float[] large = mask(5000, 3, 0.5f);
    for (int size : new int[] {1, 1023, 1024, 1025}) {
      assertThat(large).startsWith(mask(size, 3, 0.5f));
    }
    assertThat(mask(64, DropoutMask.seed(3, 0), 0.5f))
        .isNotEqualTo(mask(64, DropoutMask.seed(3, 1), 0.5f))
        .isNotEqualTo(mask(64, DropoutMask.seed(4, 0), 0.5f));
  }

  /** Neighbouring places, and the same place under neighbouring seeds, are independent. */
  @Test
  void neighboursAreUncorrelated() {
    float[] a = mask(100_000, 11, 0.5f);
    float[] b = mask(100_000, 12, 0.5f);
    int bothByPlace = 0;
    int bothBySeed = 0;
    for (int i = 1; i < a.length; i++) {
      bothByPlace += a[i] != 0 && a[i - 1] != 0 ? 1 : 0;
      bothBySeed += a[i] != 0 && b[i] != 0 ? 1 : 0;
    }
    assertThat(bothByPlace).isBetween(24_400, 25_600);
    assertThat(bothBySeed).isBetween(24_400, 25_600);
  }
}
