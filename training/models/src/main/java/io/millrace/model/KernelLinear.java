package io.millrace.model;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Kernels;
import io.millrace.kernel.Matrix;
import java.util.Arrays;

/**
 * {@code y = W x + b} of each row, b if there is one. Weights are laid out anew for each load:
 * transposed for the forward pass, padded for the backward pass.
 */
final class KernelLinear {
  /** In the place of a bias's number: there is none. */
  static final int NO_BIAS = -1;

  private final Kernels kernels = Kernels.best();
  private final Columns from;
  private final Columns to;
  private final int weight;
  private final int bias;
  private final float[] transposed; // [in, out]
  private final float[] padded; // [out, in], for backward
  private final float[] shift; // [out]
  private final float[] zeros;
  private final float[] dPadded; // [out, in]
  private final Matrix out;
  private final Matrix dIn;
  private final float[] sums;
  private float[] weights = new float[0];
  private Matrix in;

  /**
   * @param weight number of the tensor [out, in], without padding
   * @param bias number of the tensor [out], or {@link #NO_BIAS}
   */
  KernelLinear(Columns from, Columns to, int weight, int bias) {
    this.from = from;
    this.to = to;
    this.weight = weight;
    this.bias = bias;
    this.transposed = new float[from.width() * to.stride()];
    this.padded = new float[to.width() * from.stride()];
    this.dPadded = new float[to.width() * from.stride()];
    this.shift = new float[to.width()];
    this.zeros = new float[from.width()];
    this.sums = new float[to.width()];
    this.out = new Matrix(to);
    this.dIn = new Matrix(from);
    this.in = dIn;
  }

  /** Takes the weights of the passes that follow. */
  void load(float[][] all) {
    weights = all[weight];
    int count = from.count();
    for (int o = 0; o < to.count(); o++) {
      int column = to.place(o);
      for (int g = 0; g < from.groups(); g++) {
        int at = g * from.padded() * to.stride() + column;
        int of = o * count + g * from.size();
        for (int i = 0; i < from.size(); i++) {
          transposed[at + i * to.stride()] = weights[of + i];
        }
      }
    }
    if (bias != NO_BIAS) {
      to.pad(all[bias], 0, shift, 0);
    }
  }

  /**
   * @param rows [N, in]; must not change until the backward pass
   * @return [N, out]
   */
  Matrix forward(Matrix rows) {
    in = rows;
    out.rows(rows.rows());
    kernels.multiply(
        rows.rows(),
        to.width(),
        from.reach(),
        rows.values(),
        0,
        rows.stride(),
        1,
        transposed,
        0,
        to.stride(),
        shift,
        0,
        0,
        out.values(),
        0,
        out.stride());
    return out;
  }

  /** Gradients of weights and bias. */
  void backwardWeights(Matrix dOut, float[][] gradients) {
    kernels.multiply(
        to.reach(),
        from.width(),
        dOut.rows(),
        dOut.values(),
        0,
        1,
        dOut.stride(),
        in.values(),
        0,
        in.stride(),
        zeros,
        0,
        0,
        dPadded,
        0,
        from.stride());
    float[] dWeight = gradients[weight];
    int count = from.count();
    for (int o = 0; o < to.count(); o++) {
      from.compact(dPadded, to.place(o) * from.stride(), dWeight, o * count);
    }
    if (bias != NO_BIAS) {
      sumRows(dOut);
      to.compact(sums, 0, gradients[bias], 0);
    }
  }

  private void sumRows(Matrix d) {
    Arrays.fill(sums, 0);
    float[] values = d.values();
    for (int r = 0; r < d.rows(); r++) {
      int at = r * d.stride();
      for (int j = 0; j < sums.length; j++) {
        sums[j] += values[at + j];
      }
    }
  }

  /**
   * All gradients.
   *
   * @param dOut [N, out]
   * @return [N, in]
   */
  Matrix backward(Matrix dOut, float[][] gradients) {
    backwardWeights(dOut, gradients);
    int count = from.count();
    for (int o = 0; o < to.count(); o++) {
      from.pad(weights, o * count, padded, to.place(o) * from.stride());
    }
    dIn.rows(dOut.rows());
    kernels.multiply(
        dOut.rows(),
        from.width(),
        to.reach(),
        dOut.values(),
        0,
        dOut.stride(),
        1,
        padded,
        0,
        from.stride(),
        zeros,
        0,
        0,
        dIn.values(),
        0,
        dIn.stride());
    return dIn;
  }
}
