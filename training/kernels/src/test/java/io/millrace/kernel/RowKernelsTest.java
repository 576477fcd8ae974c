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
  void withinFindsWhatIsBeyondAtEachPlace() {
    float[] beyond = {1.01f, -1.01f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
    for (RowKernels kernels : new RowKernels[] {scalars, vectors}) {
      for (int n = 0; n <= 70; n++) {
        float[] values = random(n + 5, n, -1);
        values[0] = values[1] = values[n + 2] = values[n + 3] = Float.NaN; // beside them
        assertThat(kernels.within(n, values, 2, 1)).as("%d values", n).isTrue();
        for (int i = 0; i < n; i++) {
          float before = values[2 + i];
          values[2 + i] = i % 2 == 0 ? -1 : 1; // the bound itself
          assertThat(kernels.within(n, values, 2, 1)).isTrue();
          values[2 + i] = beyond[i % beyond.length];
          assertThat(kernels.within(n, values, 2, 1)).as("%d of %d", i, n).isFalse();
          values[2 + i] = before;
        }
      }
      assertThat(kernels.within(3, new float[] {0, -0f, 0}, 0, 0)).isTrue();
      float most = Float.MAX_VALUE;
      assertThat(kernels.within(2, new float[] {most, -most}, 0, most)).isTrue();
    }
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

  /** What is left of a row may be done by a vector that reaches beyond it. */
  @Test
  void adagradLeavesWhatIsBesideARow() {
    int space = Kernels.PAD;
    for (int n = 1; n <= 40; n++) {
      for (boolean sumsFirst : new boolean[] {false, true}) {
        int at = sumsFirst ? n + 3 : 2;
        int sumsAt = sumsFirst ? 2 : n + 3;
        float[] rates = Arrays.copyOf(random(n, n + 1, 0.1f), n + space);
        float[] gradient = random(n + 3 + space, n, -1);
        float[] expected = random(2 * n + 5 + space, n + 2, 0);
        for (int i : new int[] {0, 1, n + 2, 2 * n + 3, 2 * n + 4}) {
          expected[i] = i % 2 == 0 ? -0f : -3; // of which there is no root
        }
        float[] found = expected.clone();
        float[] atOneRate = expected.clone();
        scalars.adagrad(n, expected, at, expected, sumsAt, gradient, 3, rates, 1e-8f, 0.05f);
        vectors.adagrad(n, found, at, found, sumsAt, gradient, 3, rates, 1e-8f, 0.05f);
        assertThat(found).as("width %d, values at %d", n, at).isEqualTo(expected);
        float[] atOneRateToo = atOneRate.clone();
        scalars.adagrad(n, atOneRate, at, atOneRate, sumsAt, gradient, 3, 2, 1e-8f, 0.05f);
        vectors.adagrad(n, atOneRateToo, at, atOneRateToo, sumsAt, gradient, 3, 2, 1e-8f, 0.05f);
        assertThat(atOneRateToo).as("width %d, values at %d", n, at).isEqualTo(atOneRate);
      }
    }
  }

  @Test
  void sumsOfRowsAreTheSameBits() {
    for (int n = 1; n <= 40; n++) {
      for (int rows : new int[] {1, 2, 7, 39}) {
        for (int behind : new int[] {0, 5, 100}) {
          String what = "%d rows of %d, %d behind them".formatted(rows, n, behind);
          float[] x = random(3 + rows * n + behind, n, -1);
          float[] sums = random(n + Kernels.PAD, 1, -1);
          float[] squares = random(n + Kernels.PAD, 2, 0);
          float[] expectedSums = sums.clone();
          float[] expectedSquares = squares.clone();
          scalars.addSums(rows, n, x, 3, expectedSums, expectedSquares);
          vectors.addSums(rows, n, x, 3, sums, squares);
          assertThat(Arrays.copyOf(sums, n)).as(what).isEqualTo(Arrays.copyOf(expectedSums, n));
          assertThat(Arrays.copyOf(squares, n))
              .as(what)
              .isEqualTo(Arrays.copyOf(expectedSquares, n));
        }
      }
    }
  }

  @Test
  void differencesAreTheSameBits() {
    for (int n = 1; n <= 40; n++) {
      for (int rows : new int[] {1, 2, 7, 39}) {
        for (int behind : new int[] {0, 5, 100}) {
          int length = 3 + rows * n + behind;
          float[] x = random(length, n, -1);
          float[] sums = random(2 + n + behind, 1, -1);
          float[] expected = random(length, 2, 0);
          float[] found = expected.clone();
          scalars.differences(rows, n, 0.7f, sums, 2, x, 3, expected);
          vectors.differences(rows, n, 0.7f, sums, 2, x, 3, found);
          int end = 3 + rows * n;
          assertThat(Arrays.copyOf(found, end))
              .as("%d rows of %d, %d behind them", rows, n, behind)
              .isEqualTo(Arrays.copyOf(expected, end));
          int spoiled = Math.min(length, end + Kernels.PAD);
          assertThat(Arrays.copyOfRange(found, spoiled, length))
              .isEqualTo(Arrays.copyOfRange(expected, spoiled, length));
        }
      }
    }
  }

  /** By hand: 1 + 2 and 1 + 4 of a column, then half of what 3 is more than each. */
  @Test
  void sumsAndDifferencesByHand() {
    float[] sums = new float[1 + Kernels.PAD];
    float[] squares = new float[1 + Kernels.PAD];
    scalars.addSums(2, 1, new float[] {9, 1, 2}, 1, sums, squares);
    assertThat(sums[0]).isEqualTo(3);
    assertThat(squares[0]).isEqualTo(5);
    float[] out = {8, 8, 8, 8};
    scalars.differences(2, 1, 0.5f, sums, 0, new float[] {9, 1, 2}, 1, out);
    assertThat(out).containsExactly(8, 1, 0.5f, 8);
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
