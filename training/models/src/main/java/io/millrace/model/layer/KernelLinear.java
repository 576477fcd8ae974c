package io.millrace.model.layer;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Kernels;
import io.millrace.kernel.Matrix;
import io.millrace.kernel.NormKernels;
import io.millrace.kernel.Transposition;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * {@code y = W x + b} of each row, b if there is one. Weights are used as they lie in their tensor;
 * only the forward pass of many rows, which pays for it, has them transposed first.
 */
public final class KernelLinear {
  /** Given in place of the number of the bias's tensor where the map has no bias. */
  public static final int NO_BIAS = -1;

  /** The most rows that aren't worth a transposition. */
  private static final int FEW = 16;

  /** The most columns that aren't worth a vector of sums a row. */
  private static final int NARROW = 4;

  private final Kernels kernels = Kernels.best();
  private final NormKernels norms = NormKernels.best();
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
  private float[] dWeights = new float[0]; // [out, in], padded
  private float[] weights = new float[0];
  private float[] transposed = new float[0]; // [in, out]
  private boolean isTransposed;
  private Matrix in;

  /**
   * @param from a single group, as is {@code to}
   * @param weight number of the tensor [out, in], without padding
   * @param bias number of the tensor [out], or {@link #NO_BIAS}
   */
  public KernelLinear(Columns from, Columns to, int weight, int bias) {
    this.from = from;
    this.to = to;
    this.weight = weight;
    this.bias = bias;
    this.shift = new float[to.width()];
    this.zeros = new float[from.width()];
    this.sums = new float[to.width()];
    this.common = new float[to.width()];
    this.out = new Matrix(to);
    this.dIn = new Matrix(from);
    this.in = dIn;
  }

  /** Takes the weights of the passes that follow. */
  public void load(float[][] all) {
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
  public Matrix forward(Matrix rows) {
    begin(rows);
    forward(0, rows.rows());
    return out;
  }

  /**
   * Begins a forward pass that goes on row by row.
   *
   * @param rows [N, in], of which a row need not be there before it is its turn
   * @return [N, out], not written yet
   */
  public Matrix begin(Matrix rows) {
    in = rows;
    out.rows(rows.rows());
    if (isMany()) {
      transpose();
    }
    return out;
  }

  /** Goes on with so many rows. */
  public void forward(int first, int count) {
    if (isMany()) {
      forwardMany(first, count);
    } else {
      forwardFew(first, count);
    }
  }

  private boolean isMany() {
    return in.rows() > FEW && to.count() > NARROW;
  }

  /**
   * The same, where rows are the fields' values, which some fields have in common.
   *
   * @param shared which fields are equal in all rows [F], or null
   */
  public Matrix forward(Matrix rows, boolean @Nullable [] shared) {
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

  private void forwardFew(int first, int count) {
    kernels.multiplyRows(
        count,
        to.count(),
        from.count(),
        in.values(),
        first * in.stride(),
        in.stride(),
        weights,
        0,
        from.count(),
        shift,
        0,
        0,
        out.values(),
        first * out.stride(),
        out.stride());
  }

  private void forwardMany(int first, int count) {
    kernels.multiply(
        count,
        to.width(),
        from.count(),
        in.values(),
        first * in.stride(),
        in.stride(),
        1,
        transposed,
        0,
        to.stride(),
        shift,
        0,
        0,
        out.values(),
        first * out.stride(),
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
    Transposition.copy(to.count(), from.count(), weights, 0, from.count(), transposed, 0, stride);
    isTransposed = true;
  }

  /** Gradients of weights and bias, of all rows at once. */
  public void backwardWeights(Matrix dOut, float[][] gradients) {
    kernels.multiply(
        to.count(),
        from.count(),
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
        gradients[weight],
        0,
        from.count());
    if (bias != NO_BIAS) {
      Arrays.fill(sums, 0);
      addBias(dOut, 0, dOut.rows());
      to.compact(sums, 0, gradients[bias], 0);
    }
  }

  /**
   * Adds what so many rows give to the gradients that {@link #endWeights} writes; parts come in
   * turn, the first begins with row 0.
   */
  public void addWeights(Matrix dOut, int first, int count) {
    if (dWeights.length == 0) {
      dWeights = new float[to.width() * from.stride()];
    }
    if (first == 0) {
      Arrays.fill(sums, 0);
    }
    kernels.multiply(
        to.width(),
        from.width(),
        count,
        dOut.values(),
        first * dOut.stride(),
        1,
        dOut.stride(),
        in.values(),
        first * in.stride(),
        in.stride(),
        first == 0 ? zeros : dWeights,
        0,
        first == 0 ? 0 : from.stride(),
        dWeights,
        0,
        from.stride());
    if (bias != NO_BIAS) {
      addBias(dOut, first, count);
    }
  }

  private void addBias(Matrix d, int first, int count) {
    norms.addRows(count, sums.length, d.stride(), d.values(), first * d.stride(), sums);
  }

  /** Writes the gradients of weights and bias, once all rows are added. */
  public void endWeights(float[][] gradients) {
    for (int j = 0; j < to.count(); j++) {
      from.compact(dWeights, j * from.stride(), gradients[weight], j * from.count());
    }
    if (bias != NO_BIAS) {
      to.compact(sums, 0, gradients[bias], 0);
    }
  }

  /**
   * All gradients.
   *
   * @param dOut [N, out]
   * @return [N, in]
   */
  public Matrix backward(Matrix dOut, float[][] gradients) {
    backwardWeights(dOut, gradients);
    beginBackward(dOut);
    backward(dOut, 0, dOut.rows());
    return dIn;
  }

  /**
   * Begins a backward pass that goes on row by row.
   *
   * @return [N, in], not written yet
   */
  public Matrix beginBackward(Matrix dOut) {
    return dIn.rows(dOut.rows());
  }

  /** The gradient of so many rows. */
  public void backward(Matrix dOut, int first, int count) {
    kernels.multiply(
        count,
        from.count(),
        to.count(),
        dOut.values(),
        first * dOut.stride(),
        dOut.stride(),
        1,
        weights,
        0,
        from.count(),
        zeros,
        0,
        0,
        dIn.values(),
        first * dIn.stride(),
        dIn.stride());
  }
}
