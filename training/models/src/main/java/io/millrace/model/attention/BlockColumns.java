package io.millrace.model.attention;

import io.millrace.kernel.Kernels;

/**
 * How a block of examples lies: its matrices have a row for each value of a field vector and a
 * column for each field of each example. Columns that belong to no example hold finite values of no
 * meaning.
 */
sealed interface BlockColumns permits FieldColumns, ExampleColumns {

  /** F. */
  int fields();

  /** Most examples of a block. */
  int examples();

  /** Floats from one row to the next. */
  int stride();

  /** Columns that so many examples take, a multiple of the kernels' lanes. */
  int columns(int count);

  /** Columns that are summed over in gradients: those of the examples, or some that are zero. */
  int used(int count);

  /** The column of a field of an example of the block. */
  int column(int example, int field);

  /** Whether a field's columns lie beside each other, as many as there are {@link #examples}. */
  boolean byField();

  /** How many blocks hold so many examples. */
  default int blocks(int count) {
    return (count + examples() - 1) / examples();
  }

  /** Floats of a matrix of one block. */
  default int size(int rows) {
    return rows * stride();
  }

  /**
   * So many columns, rounded up to an odd number of cache lines: rows that are an even number of
   * them apart fall on few of a cache's sets.
   */
  static int spread(int columns) {
    int lines = (columns + Kernels.PAD - 1) / Kernels.PAD;
    return (lines % 2 == 0 ? lines + 1 : lines) * Kernels.PAD;
  }
}
