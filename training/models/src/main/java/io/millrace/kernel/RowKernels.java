package io.millrace.kernel;

/**
 * Update rules for rows of any width, at any place. Two implementations give the same bits: they
 * round after each operation, in the same order.
 */
public interface RowKernels {

  /** Vectors where the JVM has module {@code jdk.incubator.vector}, scalars otherwise. */
  static RowKernels best() {
    return Best.ROW_KERNELS;
  }

  /**
   * Adagrad: {@code G += g²; w −= r · g / (√(G + initial) + epsilon)} for each of n values.
   *
   * @param values w from {@code at}
   * @param sums G from {@code sumsAt}; may be the same array as {@code values}, at another place
   * @param gradient g from {@code gradientAt}
   * @param rates r [n]
   * @param epsilon with {@code initial} above 0, so that no value is divided by 0
   */
  void adagrad(
      int n,
      float[] values,
      int at,
      float[] sums,
      int sumsAt,
      float[] gradient,
      int gradientAt,
      float[] rates,
      float epsilon,
      float initial);

  /** The same with one rate for all values. */
  void adagrad(
      int n,
      float[] values,
      int at,
      float[] sums,
      int sumsAt,
      float[] gradient,
      int gradientAt,
      float rate,
      float epsilon,
      float initial);

  /**
   * Adam's step: {@code m ← β1 m + (1 − β1) g; v ← β2 v + (1 − β2) g²; w −= rate · m / (root · √v +
   * epsilon)} for each of n values.
   *
   * @param values w from {@code at}
   * @param moments m from {@code momentsAt}, then v; may be the same array as {@code values}, at
   *     another place
   * @param gradient g from {@code gradientAt}
   * @param rate learning rate, corrected for the bias of m
   * @param root correction of √v
   */
  void adam(
      int n,
      float[] values,
      int at,
      float[] moments,
      int momentsAt,
      float[] gradient,
      int gradientAt,
      float rate,
      float root,
      float beta1,
      float beta2,
      float epsilon);
}
