package io.millrace.training;

import io.millrace.embedding.LearnerTable;
import java.util.Arrays;

/** Copies of rows for a publish. The arrays grow and are reused. */
final class RowCopies implements LearnerTable.RowSink {
  private static final int FIRST_ROWS = 1024;

  private final int width;
  private long[] rows = new long[FIRST_ROWS];
  private float[] values;
  private int size;

  /**
   * @param width values of a row
   */
  RowCopies(int width) {
    this.width = width;
    this.values = new float[FIRST_ROWS * width];
  }

  void clear() {
    size = 0;
  }

  @Override
  public void accept(long row, float[] from, int offset) {
    if (size == rows.length) {
      rows = Arrays.copyOf(rows, size * 2);
      values = Arrays.copyOf(values, values.length * 2);
    }
    rows[size] = row;
    System.arraycopy(from, offset, values, size * width, width);
    size++;
  }

  int size() {
    return size;
  }

  int width() {
    return width;
  }

  /** [size], possibly longer. */
  long[] rows() {
    return rows;
  }

  /** [size, width], possibly longer. */
  float[] values() {
    return values;
  }
}
