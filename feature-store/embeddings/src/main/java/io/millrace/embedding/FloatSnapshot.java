package io.millrace.embedding;

import org.jspecify.annotations.Nullable;

/** Rows as the learner has them: pages are {@code float[16 · W]}. */
final class FloatSnapshot extends TableSnapshot {

  FloatSnapshot(
      long rows, int rowWidth, InitialRows initial, @Nullable Object[] @Nullable [] blocks) {
    super(rows, rowWidth, initial, blocks);
  }

  @Override
  public RowFormat format() {
    return RowFormat.FP32;
  }

  @Override
  public void addRow(long row, float weight, float[] out, int offset) {
    float[] page = (float[]) page(row);
    if (page == null) {
      initial.addTo(row, weight, out, offset, rowWidth);
      return;
    }
    int at = (int) (row & (PAGE_ROWS - 1)) * rowWidth;
    for (int i = 0; i < rowWidth; i++) {
      out[offset + i] += weight * page[at + i];
    }
  }

  @Override
  public void getRow(long row, float weight, float[] out, int offset) {
    float[] page = (float[]) page(row);
    if (page == null) {
      super.getRow(row, weight, out, offset);
      return;
    }
    int at = (int) (row & (PAGE_ROWS - 1)) * rowWidth;
    LearnerTable.copy(page, at, rowWidth, weight, out, offset);
  }

  @Override
  float touch(long row) {
    float[] page = (float[]) page(row);
    return page == null ? 0 : page[(int) (row & (PAGE_ROWS - 1)) * rowWidth];
  }

  @Override
  Object newPage(int pageNumber) {
    return LearnerTable.initialPage(initial, pageNumber, rowWidth, rowWidth);
  }

  @Override
  Object copyOf(Object page) {
    return ((float[]) page).clone();
  }

  @Override
  void set(Object page, int r, float[] values, int offset) {
    System.arraycopy(values, offset, (float[]) page, r * rowWidth, rowWidth);
  }

  @Override
  void set(Object page, int r, RowFormat from, byte[] data) {
    from.decode(data, (float[]) page, r * rowWidth, rowWidth);
  }

  @Override
  int pageBytes() {
    return PAGE_ROWS * rowWidth * Float.BYTES;
  }

  @Override
  TableSnapshot withBlocks(@Nullable Object[] @Nullable [] changed) {
    return new FloatSnapshot(rows, rowWidth, initial, changed);
  }
}
