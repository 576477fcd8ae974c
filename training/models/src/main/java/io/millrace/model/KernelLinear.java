package io.millrace.model;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Kernels;
import io.millrace.kernel.Matrix;
import io.millrace.kernel.Transposition;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * {@code y = W x + b} of each row, b if there is one. Weights are used as they lie in their tensor;
 * only the forward pass of many rows, which pays for it, has them transposed first.
 */
final class KernelLinear {
  /** In the place of a bias's number: there is none. */
  static final int NO_BIAS = -1;

  /** The most rows that aren't worth a transposition. */
  private static final int FEW = 16;

  private final Kernels kernels = Kernels.best();
  private final Columns from;
  private final Columns to;
  private final int weight;
  private final int bias;
  private final float[] shift; // [out]
  private final float[] zeros;
  private final Matrix out;
  private final Matrix dIn;
  private final float[] sums;
  private final float[] common; // [out]
  private float[] weights = new float[0];
  private float[] transposed = new float[0]; // [in, out]
  private boolean isTransposed;
  private Matrix in;

  /**
   * @param to a single group
   * @param weight number of the tensor [out, in], without padding
   * @param bias number of the tensor [out], or {@link #NO_BIAS}
   */
  KernelLinear(Columns from, Columns to, int weight, int bias) {
    this.from = from;
    this.to = to;
    this.weight = weight;
    this.bias = bias;
    this.shift = new float[to.width()];
    this.zeros = new float[from.size()];
    this.sums = new float[to.width()];
    this.common = new float[to.width()];
    this.out = new Matrix(to);
    this.dIn = new Matrix(from);
    this.in = dIn;
  }

  /** Takes the weights of the passes that follow. */
  void load(float[][] all) {
    weights = all[weight];
    isTransposed = false;
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
    if (rows.rows() <= FEW) {
      forwardFew(rows);
    } else {
      forwardMany(rows);
    }
    return out;
  }

  /**
   * The same, where rows are the fields' values, which some fields have in common.
   *
   * @param shared which fields are equal in all rows [F], or null
   */
  Matrix forward(Matrix rows, boolean @Nullable [] shared) {
    if (shared == null || rows.rows() <= FEW) {
      return forward(rows);
    }
    in = rows;
    out.rows(rows.rows());
    transpose();
    System.arraycopy(shift, 0, common, 0, common.length);
    addFields(shared, true, 1, rows, common, 0);
    for (int r = 0; r < rows.rows(); r++) {
      System.arraycopy(common, 0, out.values(), r * out.stride(), common.length);
    }
    addFields(shared, false, rows.rows(), rows, out.values(), out.stride());
    return out;
  }

  /** Adds what the fields that are shared, or those that are not, give for so many rows. */
  private void addFields(
      boolean[] shared, boolean wanted, int count, Matrix rows, float[] sums, int sumsStride) {
    int width = from.count() / shared.length;
    int end;
    for (int f = 0; f < shared.length; f = end) {
      end = f + 1;
      while (end < shared.length && shared[end] == shared[f]) {
        end++;
      }
      if (shared[f] == wanted) {
        kernels.multiply(
            count,
            to.width(),
            (end - f) * width,
            rows.values(),
            f * width,
            rows.stride(),
            1,
            transposed,
            f * width * to.stride(),
            to.stride(),
            sums,
            0,
            sumsStride,
            sums,
            0,
            sumsStride);
      }
    }
  }

  private void forwardFew(Matrix rows) {
    for (int g = 0; g < from.groups(); g++) {
      boolean first = g == 0;
      kernels.multiplyRows(
          rows.rows(),
          to.count(),
          from.size(),
          rows.values(),
          g * from.padded(),
          rows.stride(),
          weights,
          g * from.size(),
          from.count(),
          first ? shift : out.values(),
          0,
          first ? 0 : out.stride(),
          out.values(),
          0,
          out.stride());
    }
  }

  private void forwardMany(Matrix rows) {
    transpose();
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
  }

  private void transpose() {
    if (isTransposed) {
      return;
    }
    if (transposed.length == 0) {
      transposed = new float[from.width() * to.stride()];
    }
    int stride = to.stride();
    for (int g = 0; g < from.groups(); g++) {
      int at = g * from.padded() * stride;
      Transposition.copy(
          to.count(), from.size(), weights, g * from.size(), from.count(), transposed, at, stride);
    }
    isTransposed = true;
  }

  /** Gradients of weights and bias. */
  void backwardWeights(Matrix dOut, float[][] gradients) {
    for (int g = 0; g < from.groups(); g++) {
      kernels.multiply(
          to.count(),
          from.size(),
          dOut.rows(),
          dOut.values(),
          0,
          1,
          dOut.stride(),
          in.values(),
          g * from.padded(),
          in.stride(),
          zeros,
          0,
          0,
          gradients[weight],
          g * from.size(),
          from.count());
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
    dIn.rows(dOut.rows());
    for (int g = 0; g < from.groups(); g++) {
      kernels.multiply(
          dOut.rows(),
          from.size(),
          to.count(),
          dOut.values(),
          0,
          dOut.stride(),
          1,
          weights,
          g * from.size(),
          from.count(),
          zeros,
          0,
          0,
          dIn.values(),
          g * from.padded(),
          dIn.stride());
    }
    return dIn;
  }
}
