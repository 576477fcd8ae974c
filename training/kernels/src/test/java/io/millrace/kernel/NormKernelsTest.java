package io.millrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both implementations at even and odd numbers of rows, to the bit, and one value by hand. */
class NormKernelsTest {
  private final NormKernels vectors = new VectorNormKernels();
  private final NormKernels scalars = new ScalarNormKernels();

  private static float[] random(int n, long seed) {
    Random random = new Random(seed);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = random.nextFloat() * 2 - 1;
    }
    return values;
  }

  @ParameterizedTest
  @CsvSource({"1,16,16", "2,32,48", "3,16,32", "8,304,304", "9,304,320"})
  void givesTheSameBits(int rows, int n, int stride) {
    int from = 3;
    float[] x = random(from + rows * stride, 1);
    Statistics expected = new Statistics(n);
    Statistics found = new Statistics(n);
    scalars.addRows(rows, n, stride, x, from, expected.sums);
    vectors.addRows(rows, n, stride, x, from, found.sums);
    scalars.addSquares(rows, n, stride, x, from, expected.center, expected.squares);
    vectors.addSquares(rows, n, stride, x, from, found.center, found.squares);
    for (float least : new float[] {0, NormKernels.NO_RELU}) {
      for (boolean kept : new boolean[] {true, false}) {
        float[] unit = kept ? random(x.length, 2) : Kernels.NOTHING;
        float[] unitFound = kept ? unit.clone() : Kernels.NOTHING;
        float[] out = x.clone();
        float[] outFound = x.clone();
        normalize(scalars, rows, n, stride, out, from, expected, least, unit);
        normalize(vectors, rows, n, stride, outFound, from, found, least, unitFound);
        assertThat(outFound).isEqualTo(out);
        assertThat(unitFound).isEqualTo(unit);
      }
    }
    float[] unit = random(x.length, 3);
    for (float[] out : new float[][] {random(x.length, 4), Kernels.NOTHING}) {
      float[] d = random(x.length, 5);
      float[] dFound = d.clone();
      scalars.reluBackward(
          rows, n, stride, out, d, from, 1.25f, unit, expected.dShift, expected.dScale);
      vectors.reluBackward(
          rows, n, stride, out, dFound, from, 1.25f, unit, found.dShift, found.dScale);
      assertThat(dFound).isEqualTo(d);
      scalars.normalizeBackward(
          rows, n, stride, d, from, unit, expected.dShift, expected.dScale, expected.scale);
      vectors.normalizeBackward(
          rows, n, stride, dFound, from, unit, found.dShift, found.dScale, found.scale);
      assertThat(dFound).isEqualTo(d);
    }
    assertThat(found.sums).isEqualTo(expected.sums);
    assertThat(found.squares).isEqualTo(expected.squares);
    assertThat(found.dShift).isEqualTo(expected.dShift);
    assertThat(found.dScale).isEqualTo(expected.dScale);
  }

  private static void normalize(
      NormKernels kernels,
      int rows,
      int n,
      int stride,
      float[] x,
      int from,
      Statistics by,
      float least,
      float[] unit) {
    kernels.normalize(
        rows, n, stride, x, from, by.center, by.inverse, by.scale, by.shift, least, unit);
  }

  /** Of n columns, made up. */
  private static final class Statistics {
    final float[] center;
    final float[] inverse;
    final float[] scale;
    final float[] shift;
    final float[] sums;
    final float[] squares;
    final float[] dShift;
    final float[] dScale;

    Statistics(int n) {
      center = random(n, 10);
      inverse = random(n, 11);
      scale = random(n, 12);
      shift = random(n, 13);
      sums = random(n, 14);
      squares = random(n, 15);
      dShift = random(n, 16);
      dScale = random(n, 17);
    }
  }

  /**
   * Two rows of one column, 1 and 4, by hand: mean 2, inverse 3, scale 1/2, shift 1 give x̂ −3 and
   * 6, results 0 (from −1/2) and 4; gradients 5 and 7, doubled where open, become 0 and 14, so
   * shift has 14, scale 84.
   */
  @Test
  void byHand() {
    int stride = Kernels.PAD;
    float[] x = new float[2 * stride];
    x[0] = 1;
    x[stride] = 4;
    float[] center = column(2);
    float[] squares = column(0);
    scalars.addSquares(2, stride, stride, x, 0, center, squares);
    assertThat(squares[0]).isEqualTo(5);
    float[] unit = new float[2 * stride];
    scalars.normalize(2, stride, stride, x, 0, center, column(3), column(0.5f), column(1), 0, unit);
    assertThat(unit[0]).isEqualTo(-3);
    assertThat(unit[stride]).isEqualTo(6);
    assertThat(x[0]).isZero();
    assertThat(x[stride]).isEqualTo(4);
    float[] d = new float[2 * stride];
    d[0] = 5;
    d[stride] = 7;
    float[] dShift = column(0);
    float[] dScale = column(0);
    scalars.reluBackward(2, stride, stride, x, d, 0, 2, unit, dShift, dScale);
    assertThat(d[0]).isZero();
    assertThat(d[stride]).isEqualTo(14);
    assertThat(dShift[0]).isEqualTo(14);
    assertThat(dScale[0]).isEqualTo(84);
    scalars.normalizeBackward(2, stride, stride, d, 0, unit, column(7), column(42), column(1.5f));
    assertThat(d[0]).isCloseTo((0 - (7 - 3 * 42)) * 1.5f, within(1e-4f));
    assertThat(d[stride]).isCloseTo((14 - (7 + 6 * 42)) * 1.5f, within(1e-4f));
  }

  private static float[] column(float value) {
    float[] values = new float[Kernels.PAD];
    values[0] = value;
    return values;
  }
}
