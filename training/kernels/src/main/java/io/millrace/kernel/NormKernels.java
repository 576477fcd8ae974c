package io.millrace.kernel;

/**
 * Batch normalisation of rows, together with the ReLU behind it, so that each row is read and
 * written once. Rows of n values, a multiple of {@link Kernels#PAD}, begin {@code stride} apart,
 * from the same place on in all matrices of a call; statistics are arrays [n]. Two implementations
 * give the same bits: they round after each operation, in the same order.
 */
public interface NormKernels {

  /** In the place of {@code least}: no ReLU. */
  float NO_RELU = Float.NEGATIVE_INFINITY;

  /** Vectors where the JVM has module {@code jdk.incubator.vector}, scalars otherwise. */
  static NormKernels best() {
    return Best.NORM_KERNELS;
  }

  /** {@code sums += Σ x} over rows. */
  void addRows(int rows, int n, int stride, float[] x, int from, float[] sums);

  /** {@code squares += Σ (x − center)²} over rows. */
  void addSquares(
      int rows, int n, int stride, float[] x, int from, float[] center, float[] squares);

  /**
   * {@code x̂ = (x − center) · inverse; x ← max(x̂ · scale + shift, least)}.
   *
   * @param least 0 for a ReLU, or {@link #NO_RELU}
   * @param normalized x̂ is written there, unless it is {@link Kernels#NOTHING}
   */
  void normalize(
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
      float[] normalized);

  /**
   * Back through the ReLU and what zeroes or enlarges its output, as {@link Kernels#reluBackward},
   * with the gradients of shift and scale: {@code dShift += Σ d; dScale += Σ d ∘ x̂} over rows.
   *
   * @param out what came of the ReLU, or {@link Kernels#NOTHING} where there was none: d stays
   * @param d gradient with respect to it, overwritten
   * @param factor of d where the output is above 0
   */
  void reluBackward(
      int rows,
      int n,
      int stride,
      float[] out,
      float[] d,
      int from,
      float factor,
      float[] normalized,
      float[] dShift,
      float[] dScale);

  /**
   * {@code d ← (d − (meanShift + x̂ · meanScale)) · factor}.
   *
   * @param meanShift the gradient of shift, divided by the rows of the batch
   * @param meanScale that of scale
   */
  void normalizeBackward(
      int rows,
      int n,
      int stride,
      float[] d,
      int from,
      float[] normalized,
      float[] meanShift,
      float[] meanScale,
      float[] factor);
}
