package io.millrace.embedding;

import java.util.Arrays;

/**
 * Rows of fp32 values that can be read; what the learner's mutable table and a server's immutable
 * snapshot have in common, so that gathering exists once.
 */
public interface EmbeddingTable {
  /** Number of rows, M. */
  long rows();

  /** Values per row. */
  int rowWidth();

  /**
   * Copies row {@code row}, times {@code weight}, onto {@code out[offset .. offset + rowWidth)}, by
   * addition. A row that was never updated has its initial value, a pure function of (seed, row).
   */
  void addRow(long row, float weight, float[] out, int offset);

  /** Sets {@code out[offset .. offset + rowWidth)} to row {@code row}, times {@code weight}. */
  default void getRow(long row, float weight, float[] out, int offset) {
    Arrays.fill(out, offset, offset + rowWidth(), 0f);
    addRow(row, weight, out, offset);
  }

  /**
   * Sets {@code out[i * rowWidth ..]} to row {@code rows[i]} of the first {@code count}. Faster
   * than one by one where the rows are in memory only, because their cache misses overlap.
   */
  default void getRows(long[] rows, int count, float[] out) {
    for (int i = 0; i < count; i++) {
      getRow(rows[i], 1, out, i * rowWidth());
    }
  }
}
