package io.millrace.model;

import io.millrace.kernel.Kernels;
import java.util.Arrays;

/**
 * Normalises each column to mean 0 and variance 1, then scales and shifts its rows; columns as in
 * {@link FieldColumns}, blocks one behind the other.
 *
 * <p>Shapes: A rows, S stride.
 */
final class KernelColumnNorm {
  /** As in the authors' code of AutoInt. */
  private static final float EPSILON = 1e-8f;

  private final Kernels kernels = Kernels.best();
  private final int rows;
  private final int stride;
  private final int scaleNumber;
  private final int shiftNumber;
  private final float[] dScale;
  private final float[] dShift;
  private float[] scale = new float[0];
  private float[] shift = new float[0];
  private float[] normalized = new float[0]; // [A, S] of each block
  private float[] out = new float[0]; // [A, S] of each block
  private float[] inverse = new float[0]; // [S] of each block

  KernelColumnNorm(FieldColumns layout, int rows, String prefix, TensorNumbers numbers) {
    this.rows = rows;
    this.stride = layout.stride();
    this.scaleNumber = numbers.of(prefix + "norm_scale");
    this.shiftNumber = numbers.of(prefix + "norm_shift");
    this.dScale = new float[rows];
    this.dShift = new float[rows];
  }

  void load(float[][] weights) {
    scale = weights[scaleNumber];
    shift = weights[shiftNumber];
  }

  void reserve(int blocks) {
    if (out.length < blocks * rows * stride) {
      normalized = new float[blocks * rows * stride];
      out = new float[blocks * rows * stride];
      inverse = new float[blocks * stride];
    }
  }

  /** What {@link #forward} gave [A, S], block by block. */
  float[] out() {
    return out;
  }

  /**
   * @param x [A, S] of each block
   */
  void forward(float[] x, int block) {
    int size = rows * stride;
    int from = block * size;
    System.arraycopy(x, from, normalized, from, size);
    kernels.normalizeColumns(normalized, from, rows, stride, EPSILON, inverse, block * stride);
    for (int r = 0; r < rows; r++) {
      int at = from + r * stride;
      float factor = scale[r];
      float summand = shift[r];
      for (int j = at; j < at + stride; j++) {
        out[j] = normalized[j] * factor + summand;
      }
    }
  }

  /** Forgets the gradients of earlier steps. */
  void beginBackward() {
    Arrays.fill(dScale, 0);
    Arrays.fill(dShift, 0);
  }

  /**
   * @param d gradient with respect to the block's result [A, S], overwritten with that of its input
   * @param columns that hold fields
   */
  void backward(float[] d, int block, int columns) {
    int from = block * rows * stride;
    for (int r = 0; r < rows; r++) {
      int at = r * stride;
      dShift[r] += kernels.sum(columns, d, at);
      dScale[r] += kernels.dot(columns, d, at, normalized, from + at);
      float factor = scale[r];
      for (int j = at; j < at + stride; j++) {
        d[j] *= factor;
      }
    }
    kernels.normalizeColumnsBackward(normalized, from, d, 0, rows, stride, inverse, block * stride);
  }

  /** Writes the gradients of all blocks since {@link #beginBackward}. */
  void endBackward(float[][] gradients) {
    System.arraycopy(dScale, 0, gradients[scaleNumber], 0, rows);
    System.arraycopy(dShift, 0, gradients[shiftNumber], 0, rows);
  }
}
