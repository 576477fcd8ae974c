package io.millrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The kernels by vectors do what their scalar twins do, and nothing outside their bounds. */
class KernelsTest {
  private static final Kernels SCALAR = new ScalarKernels();
  private static final Kernels VECTOR = new VectorKernels();
  private static final int[] COUNTS = {1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 130, 300};
  private static final int[] WIDTHS = {1, 7, 10, 16, 32, 39, 48, 64, 80, 304};

  @Test
  void theBestOfThisJvmAreVectors() {
    assertThat(Kernels.best()).isInstanceOf(VectorKernels.class);
  }

  private static float[] random(int n, double low, double high) {
    SplittableRandom random = new SplittableRandom(n);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextDouble(low, high);
    }
    return values;
  }

  private static void close(String what, float[] actual, float[] expected, float relative) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      float tolerance = relative * Math.max(1, Math.abs(expected[i]));
      if (!(Math.abs(actual[i] - expected[i]) <= tolerance)) {
        throw new AssertionError(
            "%s[%d]: %s, expected %s".formatted(what, i, actual[i], expected[i]));
      }
    }
  }

  /**
   * With each machine's blocks; rows of A down or across, D apart, repeated or C itself, everything
   * at an offset.
   */
  @Test
  void multiplies() {
    for (int m : COUNTS) {
      for (int n : WIDTHS) {
        for (int k : new int[] {1, 5, 16, 300, 513, 700}) {
          for (int layout = 0; layout < 3; layout++) {
            multiply(new VectorKernels(new Product(false)), m, n, k, layout);
            multiply(new VectorKernels(new Product(true)), m, n, k, layout);
          }
        }
      }
    }
  }

  private static void multiply(Kernels vector, int m, int n, int k, int layout) {
    int ai = layout == 0 ? k + 3 : 1;
    int ap = layout == 0 ? 1 : m + 2;
    float[] a = random(5 + m * k + 3 * m + 2 * k + m, -1, 1);
    float[] b = random(7 + k * (n + 16), -1, 1);
    float[] start = random(9 + m * (n + 16), -1, 1);
    float[] d = layout == 2 ? new float[0] : random(11 + n + m * 16, -1, 1);
    float[] expected = start.clone();
    float[] actual = start.clone();
    for (float[] c : new float[][] {expected, actual}) {
      Kernels kernels = c == expected ? SCALAR : vector;
      float[] from = layout == 2 ? c : d;
      int d0 = layout == 2 ? 9 : 3;
      int di = layout == 2 ? n + 16 : layout == 1 ? 16 : 0;
      if (layout == 1 && d.length < 3 + (m - 1) * 16 + n) {
        from = Arrays.copyOf(d, 3 + m * 16 + n);
      }
      kernels.multiply(m, n, k, a, 5, ai, ap, b, 7, n + 16, from, d0, di, c, 9, n + 16);
    }
    close("m %d n %d k %d layout %d".formatted(m, n, k, layout), actual, expected, 2e-5f);
  }

  /** With each machine's blocks; operands of any strides, everything at an offset. */
  @Test
  void multipliesInLanes() {
    int lanes = 2 * Kernels.PAD;
    for (Kernels vector :
        new Kernels[] {
          new VectorKernels(new Product(false)), new VectorKernels(new Product(true))
        }) {
      for (int m : new int[] {1, 2, 3, 4, 6, 7}) {
        for (int n : new int[] {1, 2, 3, 4, 5, 7, 8, 10, 12, 13}) {
          for (int k : new int[] {1, 2, 9}) {
            multiplyLanes(vector, m, n, k, lanes);
          }
        }
      }
    }
  }

  private static void multiplyLanes(Kernels vector, int m, int n, int k, int lanes) {
    float[] a = random(5 + m * (k + 1) * lanes, -1, 1);
    float[] b = random(7 + k * (n + 2) * lanes, -1, 1);
    float[] d = random(3 + n * (m + 1) * lanes, -1, 1);
    for (float[] from : new float[][] {d, Kernels.NOTHING}) {
      float[] start = random(9 + m * (n + 1) * lanes, -1, 1);
      float[] expected = start.clone();
      float[] actual = start.clone();
      for (float[] c : new float[][] {expected, actual}) {
        Kernels kernels = c == expected ? SCALAR : vector;
        int am = (k + 1) * lanes;
        int bk = (n + 2) * lanes;
        int dn = (m + 1) * lanes;
        int cm = (n + 1) * lanes;
        kernels.multiplyLanes(
            m, n, k, lanes, a, 5, am, lanes, b, 7, lanes, bk, from, 3, lanes, dn, c, 9, cm, lanes);
      }
      close("m %d n %d k %d".formatted(m, n, k), actual, expected, 2e-5f);
    }
  }

  /** Everything at an offset, D apart, repeated or C itself. */
  @Test
  void multipliesRowsByRows() {
    for (int m : new int[] {1, 2, 16}) {
      for (int n : new int[] {1, 3, 4, 10, 39}) {
        for (int k : new int[] {1, 7, 8, 9, 16, 17, 24, 39, 300}) {
          float[] a = random(5 + m * (k + 3), -1, 1);
          float[] b = random(7 + n * (k + 2), -1, 1);
          float[] start = random(9 + m * (n + 4), -1, 1);
          for (int layout = 0; layout < 2; layout++) {
            float[] expected = start.clone();
            float[] actual = start.clone();
            int di = layout == 0 ? 0 : n + 4;
            float[] d = layout == 0 ? start : expected;
            SCALAR.multiplyRows(m, n, k, a, 5, k + 3, b, 7, k + 2, d, 9, di, expected, 9, n + 4);
            d = layout == 0 ? start : actual;
            VECTOR.multiplyRows(m, n, k, a, 5, k + 3, b, 7, k + 2, d, 9, di, actual, 9, n + 4);
            close("m %d n %d k %d layout %d".formatted(m, n, k, layout), actual, expected, 2e-5f);
          }
        }
      }
    }
  }

  /** What one machine learned goes on in the same way on another. */
  @Test
  void multipliesToTheSameBitsWithEachMachinesBlocks() {
    for (int m : COUNTS) {
      float[] a = random(m * 39, -1, 1);
      float[] b = random(39 * 80, -1, 1);
      float[] tall = new float[m * 80];
      float[] low = new float[m * 80];
      Kernels of32 = new VectorKernels(new Product(true));
      Kernels of16 = new VectorKernels(new Product(false));
      of32.multiply(m, 80, 39, a, 0, 39, 1, b, 0, 80, b, 0, 0, tall, 0, 80);
      of16.multiply(m, 80, 39, a, 0, 39, 1, b, 0, 80, b, 0, 0, low, 0, 80);
      assertThat(low).as("m %d", m).containsExactly(tall);
    }
  }

  @Test
  void exponentiates() {
    float[] values = random(4096, -90, 90);
    System.arraycopy(new float[] {0, -0f, 87, -87, 1e-8f, 1000, -1000, 1}, 0, values, 16, 8);
    float[] expected = values.clone();
    SCALAR.exp(expected, 16, 4064);
    VECTOR.exp(values, 16, 4064);
    for (int i = 16; i < 4080; i++) {
      assertThat(values[i]).isCloseTo(expected[i], within(2.5e-7f * expected[i]));
    }
    assertThat(values[16]).isEqualTo(1);
    assertThat(Arrays.copyOf(values, 16)).containsExactly(Arrays.copyOf(expected, 16));
    assertThat(values[4080]).isEqualTo(expected[4080]);
  }

  @Test
  void findsTheLargestMagnitude() {
    float[] values = random(64, -1, 1);
    values[3] = 7;
    values[60] = -5;
    for (Kernels kernels : new Kernels[] {SCALAR, VECTOR}) {
      assertThat(kernels.maxMagnitude(values, 16, 48)).isEqualTo(5);
      float[] broken = values.clone();
      broken[20] = Float.NaN;
      assertThat(kernels.maxMagnitude(broken, 16, 48)).isNaN();
    }
  }

  @Test
  void cutsBelowZeroAndLetsGradientsThroughAbove() {
    float[] out = random(96, -1, 1);
    out[17] = 0;
    float[] expected = out.clone();
    SCALAR.relu(expected, 16, 64);
    VECTOR.relu(out, 16, 64);
    assertThat(out).containsExactly(expected);
    float[] d = random(97, -1, 1);
    float[] dExpected = d.clone();
    SCALAR.reluBackward(out, 16, dExpected, 32, 64, 1.25f);
    VECTOR.reluBackward(out, 16, d, 32, 64, 1.25f);
    assertThat(d).containsExactly(dExpected);
  }

  /** Softmax and entmax, with columns of one thing, few and many, equal and far apart. */
  @Test
  void sharesDownColumns() {
    for (int rows : new int[] {1, 2, 3, 10, 39}) {
      for (int n : new int[] {16, 48}) {
        for (double range : new double[] {0, 0.1, 3, 60, 200}) {
          for (float alpha : new float[] {1, 1.05f, 1.2f, 1.5f, 1.7f, 1.95f, 2}) {
            share(rows, n, range, alpha);
          }
        }
      }
    }
  }

  private static void share(int rows, int stride, double range, float alpha) {
    int slices = 5;
    int size = rows * stride;
    float[] work = new float[2 * (rows + 3) * stride + 7];
    float[] actual = random(5 + slices * size, -range, range + 1e-30);
    float[] expected = actual.clone();
    float[] d = random(7 + slices * size, -1, 1);
    float[] dExpected = d.clone();
    if (alpha == 1) {
      SCALAR.softmax(expected, 5, slices, rows, stride);
      VECTOR.softmax(actual, 5, slices, rows, stride);
    } else {
      SCALAR.entmax(expected, 5, slices, rows, stride, alpha, work);
      VECTOR.entmax(actual, 5, slices, rows, stride, alpha, work);
    }
    String what = "rows %d range %s alpha %s".formatted(rows, range, alpha);
    // an x of 60 is known to 4e-6 only, one of 200 to 2e-5
    close(what, actual, expected, range > 100 ? 2e-4f : range > 10 ? 4e-5f : 4e-6f);
    for (int at = 5; at < 5 + slices * size; at += size) {
      for (int j = 0; j < stride; j++) {
        float sum = 0;
        for (int r = 0; r < rows; r++) {
          sum += actual[at + r * stride + j];
        }
        assertThat(sum).as(what).isCloseTo(1, within(2e-6f));
      }
    }
    if (alpha == 1) {
      SCALAR.softmaxBackward(expected, 5, dExpected, 7, slices, rows, stride);
      VECTOR.softmaxBackward(expected, 5, d, 7, slices, rows, stride);
    } else {
      SCALAR.entmaxBackward(expected, 5, dExpected, 7, slices, rows, stride, alpha, work);
      VECTOR.entmaxBackward(expected, 5, d, 7, slices, rows, stride, alpha, work);
    }
    close(what + " backward", d, dExpected, 4e-6f);
  }

  /** What is no number is not taken for a small share, nor what has no share for one. */
  @Test
  void softmaxOfWhatIsNotFinite() {
    int rows = 9;
    int stride = 16;
    float[] values = {Float.NaN, Float.intBitsToFloat(0xFFC00000), Float.NEGATIVE_INFINITY, -1e30f};
    for (float value : values) {
      for (int row : new int[] {0, 5, rows - 1}) {
        float[] actual = random(rows * stride, -3, 3);
        actual[row * stride + 2] = value;
        float[] expected = actual.clone();
        SCALAR.softmax(expected, 0, 1, rows, stride);
        VECTOR.softmax(actual, 0, 1, rows, stride);
        for (int i = 0; i < actual.length; i++) {
          if (i % stride == 2 && Float.isNaN(value)) {
            assertThat(actual[i]).as("%s, value %d", value, i).isNaN();
          } else {
            assertThat(actual[i])
                .as("%s, value %d", value, i)
                .isCloseTo(expected[i], within(2e-6f));
          }
        }
      }
    }
  }

  /** Newton's method ends for each column by itself. */
  @Test
  void sharesASliceToTheSameBitsWhateverIsBesideIt() {
    int size = 7 * 32;
    for (float alpha : new float[] {1.2f, 1.5f, 1.7f, 2}) {
      float[] together = random(40 * size, -4, 4);
      float[] alone = together.clone();
      VECTOR.entmax(together, 0, 40, 7, 32, alpha, new float[40 * 10 * 32]);
      for (int s = 0; s < 40; s++) {
        VECTOR.entmax(alone, s * size, 1, 7, 32, alpha, new float[10 * 32]);
      }
      assertThat(alone).as("alpha %s", alpha).containsExactly(together);
    }
  }

  @Test
  void sumsAnyNumberOfValues() {
    for (int n : new int[] {0, 1, 15, 16, 39, 100}) {
      float[] x = random(n + 7, -1, 1);
      float[] y = random(n + 9, 0, 2);
      assertThat(VECTOR.sum(n, x, 5)).isCloseTo(SCALAR.sum(n, x, 5), within(1e-5f));
      assertThat(VECTOR.dot(n, x, 5, y, 3)).isCloseTo(SCALAR.dot(n, x, 5, y, 3), within(1e-5f));
    }
  }

  @Test
  void normalizesColumns() {
    for (int rows : new int[] {1, 5, 16, 39}) {
      int n = 48;
      float[] x = random(rows * n + 32, -2, 5);
      float[] d = random(rows * n + 16, -1, 1);
      float[] expected = x.clone();
      float[] dExpected = d.clone();
      float[] inverse = new float[n + 16];
      float[] inverseExpected = new float[n + 16];
      SCALAR.normalizeColumns(expected, 16, rows, n, 1e-3f, inverseExpected, 16);
      VECTOR.normalizeColumns(x, 16, rows, n, 1e-3f, inverse, 16);
      close("normalized " + rows, x, expected, 1e-5f);
      close("inverse " + rows, inverse, inverseExpected, 1e-4f);
      SCALAR.normalizeColumnsBackward(expected, 16, dExpected, 8, rows, n, inverseExpected, 16);
      VECTOR.normalizeColumnsBackward(expected, 16, d, 8, rows, n, inverseExpected, 16);
      close("backward " + rows, d, dExpected, 1e-5f * (rows == 1 ? 100 : 1));
    }
  }
}
