package io.millrace.kernel;

/**
 * Rows of any width, at any place: update rules, and a factorization machine's sums. Two
 * implementations give the same bits: they round after each operation, in the same order. What lies
 * behind a row may be read, and written again as it is, for which nobody else may write it.
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
   * @param rates r [n]; an array of {@link Kernels#PAD} more is faster
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

  /**
   * Whether no magnitude of n values is above a bound; NaN is.
   *
   * @param from place of the first value
   * @param bound at least 0
   */
  boolean within(int n, float[] values, int from, float bound);

  /**
   * Sums down the columns of rows that lie one behind the other: {@code sums += Σ x; squares += Σ
   * x²}.
   *
   * @param n values of a row
   * @param x rows from {@code from}
   * @param sums [n, rounded up to {@link Kernels#PAD}]; what is behind n loses its meaning
   * @param squares likewise
   */
  void addSums(int rows, int n, float[] x, int from, float[] sums, float[] squares);

  /**
   * {@code out ← factor · (sums − x)} for each of some rows that lie one behind the other. As many
   * values as a vector has behind the last row lose their meaning: rows are written in ascending
   * order.
   *
   * @param n values of a row
   * @param sums [n] from {@code sumsAt}
   * @param x rows from {@code from}
   * @param out rows from {@code from}
   */
  void differences(
      int rows, int n, float factor, float[] sums, int sumsAt, float[] x, int from, float[] out);
}
