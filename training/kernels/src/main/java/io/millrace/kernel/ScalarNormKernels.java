package io.millrace.kernel;

/** The specification, one value at a time. */
final class ScalarNormKernels implements NormKernels {
  @Override
  public void addRows(int rows, int n, int stride, float[] x, int from, float[] sums) {
    for (int r = 0; r < rows; r++) {
      int at = from + r * stride;
      for (int j = 0; j < n; j++) {
        sums[j] += x[at + j];
      }
    }
  }

  @Override
  public void addSquares(
      int rows, int n, int stride, float[] x, int from, float[] center, float[] squares) {
    for (int r = 0; r < rows; r++) {
      int at = from + r * stride;
      for (int j = 0; j < n; j++) {
        float deviation = x[at + j] - center[j];
        squares[j] += deviation * deviation;
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
    for (int r = 0; r < rows; r++) {
      int at = from + r * stride;
      for (int j = 0; j < n; j++) {
        float unit = (x[at + j] - center[j]) * inverse[j];
        if (normalized != Kernels.NOTHING) {
          normalized[at + j] = unit;
        }
        x[at + j] = Math.max(unit * scale[j] + shift[j], least);
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
    for (int r = 0; r < rows; r++) {
      int at = from + r * stride;
      for (int j = 0; j < n; j++) {
        if (out != Kernels.NOTHING) {
          d[at + j] = out[at + j] > 0 ? factor * d[at + j] : 0;
        }
        dShift[j] += d[at + j];
        dScale[j] += d[at + j] * normalized[at + j];
      }
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
    for (int r = 0; r < rows; r++) {
      int at = from + r * stride;
      for (int j = 0; j < n; j++) {
        float rest = meanShift[j] + normalized[at + j] * meanScale[j];
        d[at + j] = (d[at + j] - rest) * factor[j];
      }
    }
  }
}
