package io.millrace.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link NormKernels} by the JDK's Vector API. Some rows go side by side: what a column has for all
 * rows is loaded, and its sums are stored, once for them.
 */
final class VectorNormKernels implements NormKernels {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** Rows that go side by side. */
  private static final int BLOCK = 4;

  @Override
  public void addRows(int rows, int n, int stride, float[] x, int from, float[] sums) {
    int end = from + rows * stride;
    for (int at = from; at < end; at += BLOCK * stride) {
      addBlock(n, stride, x, at, Math.min(end, at + BLOCK * stride), sums);
    }
  }

  private static void addBlock(int n, int stride, float[] x, int from, int end, float[] sums) {
    for (int j = 0; j < n; j += LANES) {
      FloatVector sum = FloatVector.fromArray(SPECIES, sums, j);
      for (int at = from; at < end; at += stride) {
        sum = sum.add(FloatVector.fromArray(SPECIES, x, at + j));
      }
      sum.intoArray(sums, j);
    }
  }

  @Override
  public void addSquares(
      int rows, int n, int stride, float[] x, int from, float[] center, float[] squares) {
    int end = from + rows * stride;
    for (int at = from; at < end; at += BLOCK * stride) {
      addSquaresOfBlock(n, stride, x, at, Math.min(end, at + BLOCK * stride), center, squares);
    }
  }

  private static void addSquaresOfBlock(
      int n, int stride, float[] x, int from, int end, float[] center, float[] squares) {
    for (int j = 0; j < n; j += LANES) {
      FloatVector mean = FloatVector.fromArray(SPECIES, center, j);
      FloatVector sum = FloatVector.fromArray(SPECIES, squares, j);
      for (int at = from; at < end; at += stride) {
        FloatVector deviation = FloatVector.fromArray(SPECIES, x, at + j).sub(mean);
        sum = sum.add(deviation.mul(deviation));
      }
      sum.intoArray(squares, j);
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
    int end = from + rows * stride;
    for (int at = from; at < end; at += BLOCK * stride) {
      int to = Math.min(end, at + BLOCK * stride);
      normalizeBlock(n, stride, x, at, to, center, inverse, scale, shift, least, normalized);
    }
  }

  private static void normalizeBlock(
      int n,
      int stride,
      float[] x,
      int from,
      int end,
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
      for (int at = from; at < end; at += stride) {
        FloatVector unit = FloatVector.fromArray(SPECIES, x, at + j).sub(mean).mul(factor);
        if (normalized != Kernels.NOTHING) {
          unit.intoArray(normalized, at + j);
        }
        unit.mul(gain).add(offset).max(least).intoArray(x, at + j);
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
    int end = from + rows * stride;
    for (int at = from; at < end; at += BLOCK * stride) {
      int to = Math.min(end, at + BLOCK * stride);
      reluBackwardOfBlock(n, stride, out, d, at, to, factor, normalized, dShift, dScale);
    }
  }

  private static void reluBackwardOfBlock(
      int n,
      int stride,
      float[] out,
      float[] d,
      int from,
      int end,
      float factor,
      float[] normalized,
      float[] dShift,
      float[] dScale) {
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int j = 0; j < n; j += LANES) {
      FloatVector shifts = FloatVector.fromArray(SPECIES, dShift, j);
      FloatVector scales = FloatVector.fromArray(SPECIES, dScale, j);
      for (int at = from; at < end; at += stride) {
        FloatVector value = FloatVector.fromArray(SPECIES, d, at + j);
        if (out != Kernels.NOTHING) {
          VectorMask<Float> open =
              FloatVector.fromArray(SPECIES, out, at + j).compare(VectorOperators.GT, zero);
          value = zero.blend(value.mul(factor), open);
          value.intoArray(d, at + j);
        }
        shifts = shifts.add(value);
        scales = scales.add(value.mul(FloatVector.fromArray(SPECIES, normalized, at + j)));
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
    int end = from + rows * stride;
    for (int at = from; at < end; at += BLOCK * stride) {
      int to = Math.min(end, at + BLOCK * stride);
      normalizeBackwardOfBlock(n, stride, d, at, to, normalized, meanShift, meanScale, factor);
    }
  }

  private static void normalizeBackwardOfBlock(
      int n,
      int stride,
      float[] d,
      int from,
      int end,
      float[] normalized,
      float[] meanShift,
      float[] meanScale,
      float[] factor) {
    for (int j = 0; j < n; j += LANES) {
      FloatVector shift = FloatVector.fromArray(SPECIES, meanShift, j);
      FloatVector scale = FloatVector.fromArray(SPECIES, meanScale, j);
      FloatVector gain = FloatVector.fromArray(SPECIES, factor, j);
      for (int at = from; at < end; at += stride) {
        FloatVector rest = FloatVector.fromArray(SPECIES, normalized, at + j).mul(scale).add(shift);
        FloatVector.fromArray(SPECIES, d, at + j).sub(rest).mul(gain).intoArray(d, at + j);
      }
    }
  }
}
