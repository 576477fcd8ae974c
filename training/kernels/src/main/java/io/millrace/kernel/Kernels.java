package io.millrace.kernel;

/**
 * The kernels. All offsets and strides are in floats; a width n is a multiple of {@link #lanes}
 * unless said otherwise. Two implementations agree up to rounding.
 */
public interface Kernels {
  /** What rows are padded to: the floats of the widest vectors, and of a cache line. */
  int PAD = 16;

  /**
   * Number of the order in which kernels sum and round, of all implementations. By hand: raise it
   * with any change after which one of them gives other bits for the same numbers.
   */
  int ORDER = 1;

  /** In the place of a matrix: zero. */
  float[] NOTHING = new float[0];

  /** The floats of this machine's vectors; divides {@link #PAD}. */
  int lanes();

  /** Vectors where the JVM has module {@code jdk.incubator.vector}, scalars otherwise. */
  static Kernels best() {
    return Best.KERNELS;
  }

  /** Whether {@link #best} computes by vectors. */
  static boolean bestHasVectors() {
    return Best.VECTORS;
  }

  /**
   * What the bits of {@link #best} depend on, in words: {@link #ORDER}, and with vectors their
   * width and the JDK, which chooses the order of a sum over a vector's lanes.
   */
  static String arithmetic() {
    return "kernels %d, %s"
        .formatted(
            ORDER,
            Best.VECTORS
                ? "%d lanes, Java %d".formatted(best().lanes(), Runtime.version().feature())
                : "scalars");
  }

  /**
   * {@code C = D + A·B}, each element summed in the order of k.
   *
   * @param m rows of A, C and D, any number
   * @param n columns of B, C and D, any number; best a multiple of {@link #lanes}
   * @param k columns of A and rows of B, any number
   * @param a element (i, p) is at {@code ao + i * ai + p * ap}
   * @param b row p begins at {@code bo + p * bp}
   * @param d row i begins at {@code d0 + i * di}; may be C itself; a stride of 0 repeats one row
   * @param c row i begins at {@code co + i * ci}, overwritten
   */
  void multiply(
      int m,
      int n,
      int k,
      float[] a,
      int ao,
      int ai,
      int ap,
      float[] b,
      int bo,
      int bp,
      float[] d,
      int d0,
      int di,
      float[] c,
      int co,
      int ci);

  /**
   * {@code C = D + A·Bᵀ} of a few rows: what {@link #multiply} gives up to rounding, with B's rows
   * as they lie.
   *
   * @param m rows of A, C and D, any number
   * @param n rows of B, columns of C and D, any number
   * @param k columns of A and B, any number
   * @param a row i begins at {@code ao + i * ai}
   * @param b row j begins at {@code bo + j * bj}
   * @param d row i begins at {@code d0 + i * di}; may be C itself; a stride of 0 repeats one row
   * @param c row i begins at {@code co + i * ci}, overwritten
   */
  void multiplyRows(
      int m,
      int n,
      int k,
      float[] a,
      int ao,
      int ai,
      float[] b,
      int bo,
      int bj,
      float[] d,
      int d0,
      int di,
      float[] c,
      int co,
      int ci);

  /**
   * As many products as there are lanes, side by side: {@code C = D + A·Bᵀ} in each lane, each
   * element summed in the order of k. An element of a matrix is a run of {@code lanes} floats.
   *
   * @param m rows of A, C and D, any number
   * @param n rows of B, columns of C and D, any number
   * @param k columns of A and B, any number
   * @param lanes products that are computed, a multiple of {@link #lanes}
   * @param a element (i, p) begins at {@code ao + i * am + p * ak}
   * @param b element (j, p) begins at {@code bo + j * bn + p * bk}
   * @param d element (i, j) begins at {@code d0 + i * dm + j * dn}, or {@link #NOTHING}; C itself
   *     only where m and n are 1
   * @param c element (i, j) begins at {@code co + i * cm + j * cn}, overwritten
   */
  void multiplyLanes(
      int m,
      int n,
      int k,
      int lanes,
      float[] a,
      int ao,
      int am,
      int ak,
      float[] b,
      int bo,
      int bn,
      int bk,
      float[] d,
      int d0,
      int dm,
      int dn,
      float[] c,
      int co,
      int cm,
      int cn);

  /**
   * {@code x ← e^x}, to 2 ulp within ±87, beyond which x is cut.
   *
   * @param n number of values
   */
  void exp(float[] x, int from, int n);

  /**
   * Largest magnitude of n values.
   *
   * @return not a number if any of them is not
   */
  float maxMagnitude(float[] x, int from, int n);

  /** {@code x ← max(x, 0)} for n values. */
  void relu(float[] x, int from, int n);

  /**
   * The backward pass of a ReLU and what zeroes or enlarges its output: {@code d ← factor · d}
   * where the output is above 0, 0 elsewhere.
   *
   * @param out what came of it
   * @param d gradient with respect to it
   */
  void reluBackward(float[] out, int outFrom, float[] d, int dFrom, int n, float factor);

  /**
   * Softmax down each column of each slice, in place.
   *
   * @param slices number of slices, one behind the other
   * @param rows values of a column, {@code stride} apart
   * @param stride n, columns of a slice
   */
  void softmax(float[] x, int from, int slices, int rows, int stride);

  /**
   * Its vector-Jacobian product: {@code d ← p ∘ (d − ⟨p, d⟩)} down each column.
   *
   * @param p what softmax gave
   * @param d gradient with respect to it, overwritten
   */
  void softmaxBackward(
      float[] p, int pFrom, float[] d, int dFrom, int slices, int rows, int stride);

  /**
   * α-entmax down each column of each slice, in place, by Newton's method as in {@code
   * io.millrace.model.layer.Entmax}.
   *
   * @param alpha above 1, at most 2
   * @param work scratch for one slice at least, {@code (rows + 3) · stride} values; as many slices
   *     as it has room for are computed together
   */
  void entmax(float[] x, int from, int slices, int rows, int stride, float alpha, float[] work);

  /**
   * Its vector-Jacobian product: with {@code s = p^(2−α)} on the support and 0 elsewhere, {@code d
   * ← s ∘ (d − ⟨s, d⟩ / Σs)} down each column.
   *
   * @param work as above
   */
  void entmaxBackward(
      float[] p,
      int pFrom,
      float[] d,
      int dFrom,
      int slices,
      int rows,
      int stride,
      float alpha,
      float[] work);

  /** {@code Σ x_i} of n values, any number. */
  float sum(int n, float[] x, int from);

  /** {@code Σ x_i · y_i} of n values, any number. */
  float dot(int n, float[] x, int xFrom, float[] y, int yFrom);

  /**
   * Normalises each column to mean 0 and variance 1: {@code x̂ = (x − mean) / √(variance +
   * epsilon)}.
   *
   * @param x [rows, n], overwritten with x̂
   * @param n columns, one row behind the other
   * @param inverse [n] from {@code inverseFrom} on, written: the factor of each column
   */
  void normalizeColumns(
      float[] x, int from, int rows, int n, float epsilon, float[] inverse, int inverseFrom);

  /**
   * Its vector-Jacobian product: {@code d ← inverse · (d − mean(d) − x̂ · mean(d ∘ x̂))}.
   *
   * @param normalized x̂
   * @param d gradient with respect to it, overwritten
   */
  void normalizeColumnsBackward(
      float[] normalized,
      int from,
      float[] d,
      int dFrom,
      int rows,
      int n,
      float[] inverse,
      int inverseFrom);
}
