package io.millrace.model.attention;

import io.millrace.kernel.Kernels;

/**
 * Examples beside each other, so that fields are what vectors hold: for a few examples. An
 * example's columns begin at {@code b · F}; whoever works on one example alone takes {@link #lanes}
 * columns and thereby some of the next example, or beyond the last one: what is written to them
 * must be overwritten by the next example's, so that examples are worked on in order.
 *
 * @param fields F
 * @param examples most examples of a block
 * @param lanes F, rounded up to whole vectors
 * @param stride floats from one row to the next
 */
record FieldColumns(int fields, int examples, int lanes, int stride) implements BlockColumns {
  /** Floats of the largest matrix of a block: a quarter of a second-level cache. */
  private static final int ROOM = 1 << 16;

  private static final int LANES = Kernels.best().lanes();

  /** Columns that the products' blocks take at once. */
  private static final int STEP = 3 * LANES;

  private static final int MOST_EXAMPLES = 64;

  /**
   * Blocks of as many examples as leave the fewest columns unused among those that fit.
   *
   * @param rows of the largest matrix
   */
  static FieldColumns of(int fields, int rows) {
    int best = 1;
    for (int count = 2; count <= MOST_EXAMPLES && count * fields * rows <= ROOM; count++) {
      if (used(fields, count) >= used(fields, best)) {
        best = count;
      }
    }
    int lanes = padded(fields);
    int columns = Math.max(padded(best * fields), padded((best - 1) * fields + lanes));
    return new FieldColumns(fields, best, lanes, BlockColumns.spread(columns));
  }

  /** The share of columns that are of use. */
  private static double used(int fields, int examples) {
    int columns = examples * fields;
    return columns / (double) ((columns + STEP - 1) / STEP * STEP);
  }

  @Override
  public int columns(int count) {
    return padded(count * fields);
  }

  @Override
  public int used(int count) {
    return count * fields;
  }

  @Override
  public boolean byField() {
    return false;
  }

  @Override
  public int column(int example, int field) {
    return example * fields + field;
  }

  private static int padded(int count) {
    return (count + LANES - 1) / LANES * LANES;
  }
}
