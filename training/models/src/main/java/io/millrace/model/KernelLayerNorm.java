package io.millrace.model;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Kernels;
import io.millrace.kernel.Matrix;
import java.util.Arrays;

/** Normalises each row to mean 0 and variance 1, then scales and shifts it. */
final class KernelLayerNorm {
  private final Kernels kernels = Kernels.best();
  private final Columns columns;
  private final float epsilon;
  private final int scaleNumber;
  private final int shiftNumber;
  private final float[] scale;
  private final float[] shift;
  private final float[] dScale;
  private final float[] dShift;
  private final float[] real;
  private final Matrix normalized;
  private final Matrix out;
  private float[] inverse = new float[0];

  KernelLayerNorm(Columns columns, float epsilon, int scale, int shift) {
    this.columns = columns;
    this.epsilon = epsilon;
    this.scaleNumber = scale;
    this.shiftNumber = shift;
    int width = columns.width();
    this.scale = new float[width];
    this.shift = new float[width];
    this.dScale = new float[width];
    this.dShift = new float[width];
    this.real = new float[width];
    float[] ones = new float[columns.count()];
    Arrays.fill(ones, 1);
    columns.pad(ones, 0, real, 0);
    this.normalized = new Matrix(columns);
    this.out = new Matrix(columns);
  }

  void load(float[][] weights) {
    columns.pad(weights[scaleNumber], 0, scale, 0);
    columns.pad(weights[shiftNumber], 0, shift, 0);
  }

  /**
   * @param a [N, C]
   * @return [N, C]
   */
  Matrix forward(Matrix a) {
    int rows = a.rows();
    int width = columns.width();
    int stride = a.stride();
    normalized.rows(rows);
    out.rows(rows);
    if (inverse.length < rows) {
      inverse = new float[rows];
    }
    float[] unit = normalized.values();
    System.arraycopy(a.values(), 0, unit, 0, rows * stride);
    kernels.normalizeRows(unit, rows, stride, width, real, columns.count(), epsilon, inverse);
    float[] values = out.values();
    for (int r = 0; r < rows; r++) {
      int at = r * stride;
      for (int j = 0; j < width; j++) {
        values[at + j] = unit[at + j] * scale[j] + shift[j];
      }
    }
    return out;
  }

  /**
   * @param d gradient with respect to the result [N, C], overwritten with that of the input
   */
  void backward(Matrix d, float[][] gradients) {
    int width = columns.width();
    int stride = d.stride();
    float[] values = d.values();
    float[] unit = normalized.values();
    Arrays.fill(dScale, 0);
    Arrays.fill(dShift, 0);
    for (int r = 0; r < d.rows(); r++) {
      int at = r * stride;
      for (int j = 0; j < width; j++) {
        dShift[j] += values[at + j];
        dScale[j] += values[at + j] * unit[at + j];
        values[at + j] *= scale[j];
      }
    }
    columns.compact(dScale, 0, gradients[scaleNumber], 0);
    columns.compact(dShift, 0, gradients[shiftNumber], 0);
    int count = columns.count();
    kernels.normalizeRowsBackward(unit, values, d.rows(), stride, width, real, count, inverse);
  }
}
