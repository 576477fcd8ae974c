package io.millrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Both implementations at odd widths and places, to the bit. */
class RowKernelsTest {
  private final RowKernels vectors = new VectorRowKernels();
  private final RowKernels scalars = new ScalarRowKernels();

  private static float[] random(int n, long seed, float low) {
    Random random = new Random(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = low + random.nextFloat() * (1 - low);
    }
    return values;
  }

  @Test
  void adagradGivesTheSameBits() {
    for (int n = 1; n <= 70; n++) {
      float[] gradient = random(n + 3, n, -1);
      gradient[3] = 0;
      float[] rates = random(n, n + 1, 0);
      float[] expected = random(2 * n + 5, n + 2, 0); // values from 1, sums from n + 4
      float[] found = expected.clone();
      scalars.adagrad(n, expected, 1, expected, n + 4, gradient, 3, rates, 1e-8f, 0.05f);
      vectors.adagrad(n, found, 1, found, n + 4, gradient, 3, rates, 1e-8f, 0.05f);
      assertThat(found).as("width %s", n).isEqualTo(expected);
    }
  }

  @Test
  void oneRateIsThatRateForAll() {
    for (int n = 1; n <= 70; n++) {
      float[] gradient = random(n, n, -1);
      Arrays.fill(gradient, n / 4, 3 * n / 4, 0); // whole vectors of zeros, and parts
      float[] rates = new float[n];
      Arrays.fill(rates, 0.3f);
      float[] expected = random(2 * n, n + 2, 0);
      float[] scalar = expected.clone();
      float[] vector = expected.clone();
      scalars.adagrad(n, expected, 0, expected, n, gradient, 0, rates, 1e-8f, 0.05f);
      scalars.adagrad(n, scalar, 0, scalar, n, gradient, 0, 0.3f, 1e-8f, 0.05f);
      vectors.adagrad(n, vector, 0, vector, n, gradient, 0, 0.3f, 1e-8f, 0.05f);
      assertThat(scalar).as("width %s", n).isEqualTo(expected);
      assertThat(vector).as("width %s", n).isEqualTo(expected);
    }
  }

  @Test
  void adamGivesTheSameBits() {
    for (int n = 1; n <= 70; n++) {
      float[] gradient = random(n + 2, n, -1);
      float[] expected = random(3 * n + 3, n + 2, 0); // values from 1, moments from n + 2
      float[] found = expected.clone();
      scalars.adam(n, expected, 1, expected, n + 2, gradient, 2, 0.1f, 1.5f, 0.9f, 0.3f, 1e-8f);
      vectors.adam(n, found, 1, found, n + 2, gradient, 2, 0.1f, 1.5f, 0.9f, 0.3f, 1e-8f);
      assertThat(found).as("width %s", n).isEqualTo(expected);
    }
  }

  /** One value by hand: G 3 + 1, √(4 + 5) + 1 = 4. */
  @Test
  void adagradByHand() {
    float[] values = {7};
    float[] sums = {3};
    scalars.adagrad(1, values, 0, sums, 0, new float[] {-1}, 0, new float[] {2}, 1, 5);
    assertThat(values[0]).isEqualTo(7.5f);
    assertThat(sums[0]).isEqualTo(4);
  }
}
