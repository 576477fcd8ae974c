package io.millrace.feature;

/**
 * The embedding table that a feature schema asks for.
 *
 * @param rows M, 1 to 2^34
 * @param dim D, values of a field's vector, 1 to 1024
 */
public record TableSpec(long rows, int dim) {
  /** The largest M. */
  public static final long MAX_ROWS = 1L << 34;

  /** The largest D. */
  public static final int MAX_DIM = 1024;

  /** What a schema without a {@code table} gets. */
  public static final TableSpec DEFAULT = new TableSpec(1 << 20, 16);

  public TableSpec {
    if (rows < 1 || rows > MAX_ROWS) {
      throw new IllegalArgumentException("rows: " + rows + ", expected 1 to " + MAX_ROWS);
    }
    if (dim < 1 || dim > MAX_DIM) {
      throw new IllegalArgumentException("dim: " + dim + ", expected 1 to " + MAX_DIM);
    }
  }
}
