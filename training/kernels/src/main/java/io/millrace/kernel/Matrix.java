package io.millrace.kernel;

/**
 * Rows of values in one array, padded as their {@link Columns} say; padding is zero. It grows to
 * the largest number of rows asked for and is reused: what it held is undefined after {@link #rows}
 * grew it, padding excepted. Not thread-safe.
 */
public final class Matrix {
  private final Columns columns;
  private float[] values = new float[0];
  private int rows;

  /** No rows yet. */
  public Matrix(Columns columns) {
    this.columns = columns;
  }

  /** Makes it {@code rows} rows high. */
  public Matrix rows(int count) {
    if (values.length < count * stride()) {
      values = new float[count * stride()];
    }
    rows = count;
    return this;
  }

  /** Number of rows. */
  public int rows() {
    return rows;
  }

  /** How each row lies. */
  public Columns columns() {
    return columns;
  }

  /** Floats from one row to the next. */
  public int stride() {
    return columns.stride();
  }

  /** The array; row r begins at {@code r * stride()}. Another one after {@link #rows(int)}. */
  public float[] values() {
    return values;
  }

  /** Takes rows that lie without padding from {@code from[offset ..]} on. */
  public void load(float[] from, int offset) {
    int count = columns.count();
    for (int r = 0; r < rows; r++) {
      columns.pad(from, offset + r * count, values, r * stride());
    }
  }

  /** Writes all rows without padding to {@code to[offset ..]}. */
  public void store(float[] to, int offset) {
    int count = columns.count();
    for (int r = 0; r < rows; r++) {
      columns.compact(values, r * stride(), to, offset + r * count);
    }
  }

  /** Adds another matrix of as many values, value by value without padding. */
  public void add(Matrix other) {
    int piece = Math.min(columns.size(), other.columns.size());
    int count = rows * columns.count();
    for (int i = 0; i < count; i += piece) {
      int at = place(i);
      int from = other.place(i);
      for (int j = 0; j < piece; j++) {
        values[at + j] += other.values[from + j];
      }
    }
  }

  private int place(int i) {
    int count = columns.count();
    return i / count * stride() + columns.place(i % count);
  }
}
