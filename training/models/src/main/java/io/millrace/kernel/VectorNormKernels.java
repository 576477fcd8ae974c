package io.millrace.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link NormKernels} by the JDK's Vector API. Two rows go side by side: what a column has for all
 * rows is loaded, and its sums are stored, half as often.
 */
final class VectorNormKernels implements NormKernels {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** In the place of a second row: there is none. */
  private static final int NONE = -1;

  @Override
  public void addRows(int rows, int n, int stride, float[] x, int from, float[] sums) {
    int r = 0;
    for (; r + 1 < rows; r += 2) {
      int at = from + r * stride;
      for (int j = 0; j < n; j += LANES) {
        FloatVector.fromArray(SPECIES, sums, j)
            .add(FloatVector.fromArray(SPECIES, x, at + j))
            .add(FloatVector.fromArray(SPECIES, x, at + stride + j))
            .intoArray(sums, j);
      }
    }
    if (r < rows) {
      int at = from + r * stride;
      for (int j = 0; j < n; j += LANES) {
        FloatVector.fromArray(SPECIES, sums, j)
            .add(FloatVector.fromArray(SPECIES, x, at + j))
            .intoArray(sums, j);
      }
    }
  }

  @Override
  public void addSquares(
      int rows, int n, int stride, float[] x, int from, float[] center, float[] squares) {
    int r = 0;
    for (; r + 1 < rows; r += 2) {
      int at = from + r * stride;
      for (int j = 0; j < n; j += LANES) {
        FloatVector mean = FloatVector.fromArray(SPECIES, center, j);
        FloatVector first = FloatVector.fromArray(SPECIES, x, at + j).sub(mean);
        FloatVector second = FloatVector.fromArray(SPECIES, x, at + stride + j).sub(mean);
        FloatVector.fromArray(SPECIES, squares, j)
            .add(first.mul(first))
            .add(second.mul(second))
            .intoArray(squares, j);
      }
    }
    if (r < rows) {
      int at = from + r * stride;
      for (int j = 0; j < n; j += LANES) {
        FloatVector mean = FloatVector.fromArray(SPECIES, center, j);
        FloatVector first = FloatVector.fromArray(SPECIES, x, at + j).sub(mean);
        FloatVector.fromArray(SPECIES, squares, j).add(first.mul(first)).intoArray(squares, j);
      }
    }
  }

  @Override
  public void normalize(
      int rows,
      int n,
      int stride,
      float[] x,
      int from,
      float[] center,
      float[] inverse,
      float[] scale,
      float[] shift,
      float least,
      float[] normalized) {
    int r = 0;
    for (; r + 1 < rows; r += 2) {
      int at = from + r * stride;
      normalizePair(n, x, at, at + stride, center, inverse, scale, shift, least, normalized);
    }
    if (r < rows) {
      int at = from + r * stride;
      normalizePair(n, x, at, NONE, center, inverse, scale, shift, least, normalized);
    }
  }

  private static void normalizePair(
      int n,
      float[] x,
      int first,
      int second,
      float[] center,
      float[] inverse,
      float[] scale,
      float[] shift,
      float least,
      float[] normalized) {
    for (int j = 0; j < n; j += LANES) {
      FloatVector mean = FloatVector.fromArray(SPECIES, center, j);
      FloatVector factor = FloatVector.fromArray(SPECIES, inverse, j);
      FloatVector gain = FloatVector.fromArray(SPECIES, scale, j);
      FloatVector offset = FloatVector.fromArray(SPECIES, shift, j);
      FloatVector unit = FloatVector.fromArray(SPECIES, x, first + j).sub(mean).mul(factor);
      if (normalized != Kernels.NOTHING) {
        unit.intoArray(normalized, first + j);
      }
      unit.mul(gain).add(offset).max(least).intoArray(x, first + j);
      if (second != NONE) {
        unit = FloatVector.fromArray(SPECIES, x, second + j).sub(mean).mul(factor);
        if (normalized != Kernels.NOTHING) {
          unit.intoArray(normalized, second + j);
        }
        unit.mul(gain).add(offset).max(least).intoArray(x, second + j);
      }
    }
  }

  @Override
  public void reluBackward(
      int rows,
      int n,
      int stride,
      float[] out,
      float[] d,
      int from,
      float factor,
      float[] normalized,
      float[] dShift,
      float[] dScale) {
    int r = 0;
    for (; r + 1 < rows; r += 2) {
      int at = from + r * stride;
      reluPairBackward(n, out, d, at, at + stride, factor, normalized, dShift, dScale);
    }
    if (r < rows) {
      int at = from + r * stride;
      reluPairBackward(n, out, d, at, NONE, factor, normalized, dShift, dScale);
    }
  }

  private static void reluPairBackward(
      int n,
      float[] out,
      float[] d,
      int first,
      int second,
      float factor,
      float[] normalized,
      float[] dShift,
      float[] dScale) {
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int j = 0; j < n; j += LANES) {
      FloatVector shifts = FloatVector.fromArray(SPECIES, dShift, j);
      FloatVector scales = FloatVector.fromArray(SPECIES, dScale, j);
      FloatVector value = FloatVector.fromArray(SPECIES, d, first + j);
      if (out != Kernels.NOTHING) {
        VectorMask<Float> open =
            FloatVector.fromArray(SPECIES, out, first + j).compare(VectorOperators.GT, zero);
        value = zero.blend(value.mul(factor), open);
        value.intoArray(d, first + j);
      }
      shifts = shifts.add(value);
      scales = scales.add(value.mul(FloatVector.fromArray(SPECIES, normalized, first + j)));
      if (second != NONE) {
        value = FloatVector.fromArray(SPECIES, d, second + j);
        if (out != Kernels.NOTHING) {
          VectorMask<Float> open =
              FloatVector.fromArray(SPECIES, out, second + j).compare(VectorOperators.GT, zero);
          value = zero.blend(value.mul(factor), open);
          value.intoArray(d, second + j);
        }
        shifts = shifts.add(value);
        scales = scales.add(value.mul(FloatVector.fromArray(SPECIES, normalized, second + j)));
      }
      shifts.intoArray(dShift, j);
      scales.intoArray(dScale, j);
    }
  }

  @Override
  public void normalizeBackward(
      int rows,
      int n,
      int stride,
      float[] d,
      int from,
      float[] normalized,
      float[] meanShift,
      float[] meanScale,
      float[] factor) {
    int r = 0;
    for (; r + 1 < rows; r += 2) {
      int at = from + r * stride;
      normalizePairBackward(n, d, at, at + stride, normalized, meanShift, meanScale, factor);
    }
    if (r < rows) {
      int at = from + r * stride;
      normalizePairBackward(n, d, at, NONE, normalized, meanShift, meanScale, factor);
    }
  }

  private static void normalizePairBackward(
      int n,
      float[] d,
      int first,
      int second,
      float[] normalized,
      float[] meanShift,
      float[] meanScale,
      float[] factor) {
    for (int j = 0; j < n; j += LANES) {
      FloatVector shift = FloatVector.fromArray(SPECIES, meanShift, j);
      FloatVector scale = FloatVector.fromArray(SPECIES, meanScale, j);
      FloatVector gain = FloatVector.fromArray(SPECIES, factor, j);
      FloatVector rest =
          FloatVector.fromArray(SPECIES, normalized, first + j).mul(scale).add(shift);
      FloatVector.fromArray(SPECIES, d, first + j).sub(rest).mul(gain).intoArray(d, first + j);
      if (second != NONE) {
        rest = FloatVector.fromArray(SPECIES, normalized, second + j).mul(scale).add(shift);
        FloatVector.fromArray(SPECIES, d, second + j).sub(rest).mul(gain).intoArray(d, second + j);
      }
    }
  }
}
