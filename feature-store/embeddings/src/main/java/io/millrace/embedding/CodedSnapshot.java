package io.millrace.embedding;

import org.jspecify.annotations.Nullable;

/**
 * Rows as bytes of a format: pages are {@code byte[16 · format.bytes(W)]}. A row with a value that
 * is not finite is kept, as NaN if the format cannot say more, so that who looks for faults finds
 * it.
 */
final class CodedSnapshot extends TableSnapshot {
  private final RowFormat format;
  private final int rowBytes;

  CodedSnapshot(
      RowFormat format,
      long rows,
      int rowWidth,
      InitialRows initial,
      @Nullable Object[] @Nullable [] blocks) {
    super(rows, rowWidth, initial, blocks);
    this.format = format;
    this.rowBytes = format.bytes(rowWidth);
  }

  @Override
  public RowFormat format() {
    return format;
  }

  @Override
  public void addRow(long row, float weight, float[] out, int offset) {
    byte[] page = (byte[]) page(row);
    if (page == null) {
      initial.addTo(row, weight, out, offset, rowWidth);
      return;
    }
    format.add(page, (int) (row & (PAGE_ROWS - 1)) * rowBytes, rowWidth, weight, out, offset);
  }

  @Override
  public void getRow(long row, float weight, float[] out, int offset) {
    byte[] page = (byte[]) page(row);
    if (page == null) {
      super.getRow(row, weight, out, offset);
      return;
    }
    format.get(page, (int) (row & (PAGE_ROWS - 1)) * rowBytes, rowWidth, weight, out, offset);
  }

  @Override
  float touch(long row) {
    byte[] page = (byte[]) page(row);
    return page == null ? 0 : page[(int) (row & (PAGE_ROWS - 1)) * rowBytes];
  }

  @Override
  Object newPage(int pageNumber) {
    float[] values = LearnerTable.initialPage(initial, pageNumber, rowWidth, rowWidth);
    byte[] page = new byte[pageBytes()];
    for (int r = 0; r < PAGE_ROWS; r++) {
      set(page, r, values, r * rowWidth);
    }
    return page;
  }

  @Override
  Object copyOf(Object page) {
    return ((byte[]) page).clone();
  }

  @Override
  void set(Object page, int r, float[] values, int offset) {
    format.encodeFaultsToo(values, offset, rowWidth, (byte[]) page, r * rowBytes);
  }

  @Override
  void set(Object page, int r, RowFormat from, byte[] data) {
    if (from == format) {
      System.arraycopy(data, 0, (byte[]) page, r * rowBytes, rowBytes);
      return;
    }
    float[] values = new float[rowWidth];
    from.decode(data, values, 0, rowWidth);
    set(page, r, values, 0);
  }

  @Override
  int pageBytes() {
    return PAGE_ROWS * rowBytes;
  }

  @Override
  TableSnapshot withBlocks(@Nullable Object[] @Nullable [] changed) {
    return new CodedSnapshot(format, rows, rowWidth, initial, changed);
  }
}
