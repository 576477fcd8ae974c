package io.millrace.embedding;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The learner's mutable table: pages of 16 rows, each row its W values followed by its optimizer
 * slots, allocated when one of their rows is first updated. It remembers what changed since the
 * last checkpoint (by page) and since the last publish (by row), separately; each sink drains its
 * own set. Not thread-safe.
 *
 * <p>Page format, version 1, little endian: byte 1; 2 bytes, bit r set if row r of the page was
 * ever updated; 2 bytes, likewise if it has changed since the last publish; 16 rows of W values and
 * S slots in fp32. A row that was never updated holds its initial values and zero slots.
 */
public final class LearnerTable implements EmbeddingTable {
  static final int PAGE_ROWS = 16;

  /** Rows whose cache misses overlap: as many as a core can wait for, or some more. */
  private static final int AHEAD = 16;

  /** Values of a table that no cache holds: 64 MiB. */
  private static final long MEMORY_VALUES = 1L << 24;

  /** Values from which on a row is copied as a block. */
  private static final int COPIED = 4;

  private static final byte FORMAT = 1;
  private static final int HEADER_BYTES = 5;

  private final long rows;
  private final int width;
  private final int slots;
  private final int stride;
  private final InitialRows initial;
  private final float[] @Nullable [] pages;
  private final short[] updated;
  private final short[] unpublished;
  private final boolean[] uncheckpointed;
  private final IntArrayList unpublishedPages = new IntArrayList();
  private final IntArrayList uncheckpointedPages = new IntArrayList();
  private final float[] touched = new float[AHEAD];
  private final boolean beyondCaches;
  private long updatedRows;
  private int replacements;

  /** An update rule for one row; {@code io.millrace.optimizer.Optimizer::update} is one. */
  @FunctionalInterface
  public interface UpdateRule {
    /**
     * @param values the row at {@code [offset, offset + width)}
     * @param slots its slots, from {@code slotOffset}
     * @param gradient its gradient, from {@code gradientOffset}
     */
    void update(
        float[] values,
        int offset,
        int width,
        float[] slots,
        int slotOffset,
        float[] gradient,
        int gradientOffset);
  }

  /** Reads or writes a row. */
  @FunctionalInterface
  public interface RowEditor {
    /**
     * @param values the row at {@code [offset, offset + width)}
     * @param slots its slots, from {@code slotOffset}
     */
    void edit(float[] values, int offset, float[] slots, int slotOffset);
  }

  /** Takes a page in its stored form. */
  @FunctionalInterface
  public interface PageSink {
    void accept(int page, byte[] bytes);
  }

  /** Takes a row: {@code values[offset .. offset + W)}, valid during the call only. */
  @FunctionalInterface
  public interface RowSink {
    void accept(long row, float[] values, int offset);
  }

  /**
   * @param rows M
   * @param width W
   * @param slots optimizer slots per row
   */
  public LearnerTable(long rows, int width, int slots, InitialRows initial) {
    if (slots < 0) {
      throw new IllegalArgumentException("slots: " + slots + ", expected at least 0");
    }
    int pageCount = pagesFor(rows, width + slots);
    this.rows = rows;
    this.width = width;
    this.slots = slots;
    this.stride = width + slots;
    this.initial = initial;
    this.beyondCaches = rows * stride > MEMORY_VALUES;
    this.pages = new float[pageCount][];
    this.updated = new short[pageCount];
    this.unpublished = new short[pageCount];
    this.uncheckpointed = new boolean[pageCount];
  }

  @Override
  public long rows() {
    return rows;
  }

  @Override
  public int rowWidth() {
    return width;
  }

  /** Values and slots of a row. */
  public int stride() {
    return stride;
  }

  /** Rows that were ever updated. */
  public long updatedRows() {
    return updatedRows;
  }

  @Override
  public void addRow(long row, float weight, float[] out, int offset) {
    float[] page = pages[(int) (row >>> 4)];
    if (page == null) {
      initial.addTo(row, weight, out, offset, width);
      return;
    }
    int at = (int) (row & (PAGE_ROWS - 1)) * stride;
    for (int i = 0; i < width; i++) {
      out[offset + i] += weight * page[at + i];
    }
  }

  @Override
  public void getRow(long row, float weight, float[] out, int offset) {
    float[] page = pages[(int) (row >>> 4)];
    if (page == null) {
      EmbeddingTable.super.getRow(row, weight, out, offset);
      return;
    }
    copy(page, (int) (row & (PAGE_ROWS - 1)) * stride, width, weight, out, offset);
  }

  /** {@code out = weight · page} of a row of so many values. */
  static void copy(float[] page, int at, int width, float weight, float[] out, int offset) {
    if (weight == 1 && width >= COPIED) {
      System.arraycopy(page, at, out, offset, width);
      return;
    }
    for (int i = 0; i < width; i++) {
      out[offset + i] = weight * page[at + i];
    }
  }

  /** Sets a row's values to {@code values[offset .. offset + W)}; its optimizer slots stay. */
  public void put(long row, float[] values, int offset) {
    int p = (int) (row >>> 4);
    int r = (int) (row & (PAGE_ROWS - 1));
    System.arraycopy(values, offset, allocated(p), r * stride, width);
    replacements++;
    touch(p, 1 << r);
  }

  /** Gives a row to read or write, values and slots; it counts as updated from then on. */
  public void edit(long row, RowEditor editor) {
    int p = (int) (row >>> 4);
    int r = (int) (row & (PAGE_ROWS - 1));
    float[] page = allocated(p);
    editor.edit(page, r * stride, page, r * stride + width);
    replacements++;
    touch(p, 1 << r);
  }

  private float[] allocated(int p) {
    float[] page = pages[p];
    if (page == null) {
      page = initialPage(initial, p, width, stride);
      pages[p] = page;
    }
    return page;
  }

  /** Applies {@code rule} to every row of {@code gradients}, in their order. */
  public void update(RowGradients gradients, UpdateRule rule) {
    float[] values = gradients.values();
    for (int i = 0, n = gradients.size(); i < n; i++) {
      if (beyondCaches && i % AHEAD == 0) {
        touch(gradients, i, Math.min(n, i + AHEAD));
      }
      long row = gradients.row(i);
      int p = (int) (row >>> 4);
      int r = (int) (row & (PAGE_ROWS - 1));
      float[] page = allocated(p);
      int at = r * stride;
      rule.update(page, at, width, page, at + width, values, i * width);
      touch(p, 1 << r);
    }
  }

  /** Loads some rows' beginnings into the caches, all at a time. */
  private void touch(RowGradients gradients, int from, int to) {
    for (int i = from; i < to; i++) {
      long row = gradients.row(i);
      float[] page = pages[(int) (row >>> 4)];
      touched[i - from] = page == null ? 0 : page[(int) (row & (PAGE_ROWS - 1)) * stride];
    }
  }

  /**
   * The update of {@link #update} in a copy; the table stays as it is.
   *
   * @param staged of each row of {@code gradients} its values and slots, {@link #stride} in all,
   *     written
   */
  public void stage(RowGradients gradients, UpdateRule rule, float[] staged) {
    for (int i = 0, n = gradients.size(); i < n; i++) {
      long row = gradients.row(i);
      int to = i * stride;
      int at = (int) (row & (PAGE_ROWS - 1)) * stride;
      System.arraycopy(allocated((int) (row >>> 4)), at, staged, to, stride);
      rule.update(staged, to, width, staged, to + width, gradients.values(), i * width);
    }
  }

  /** Takes over what {@link #stage} has computed of the same rows. */
  public void takeOver(RowGradients gradients, float[] staged) {
    for (int i = 0, n = gradients.size(); i < n; i++) {
      int p = (int) (gradients.row(i) >>> 4);
      int r = (int) (gradients.row(i) & (PAGE_ROWS - 1));
      System.arraycopy(staged, i * stride, allocated(p), r * stride, stride);
      touch(p, 1 << r);
    }
  }

  /** The largest magnitude of all values of rows in pages that are allocated; NaN if one is NaN. */
  public float largest() {
    float largest = 0;
    for (float[] page : pages) {
      for (int at = 0; page != null && at < page.length; at += stride) {
        for (int i = at; i < at + width; i++) {
          largest = Math.max(largest, Math.abs(page[i]));
        }
      }
    }
    return largest;
  }

  /** How often rows were set in another way than by {@link #update}; may go on from its lowest. */
  public int replacements() {
    return replacements;
  }

  /** Gives every page that changed since the last call, then forgets that it did. */
  public void forEachPageChangedSinceCheckpoint(PageSink sink) {
    for (int i = 0; i < uncheckpointedPages.size(); i++) {
      int page = uncheckpointedPages.getInt(i);
      uncheckpointed[page] = false;
      sink.accept(page, encode(page));
    }
    uncheckpointedPages.clear();
  }

  /** Gives every page with a row that was ever updated, in ascending order. */
  public void forEachUpdatedPage(PageSink sink) {
    for (int page = 0; page < pages.length; page++) {
      if (updated[page] != 0) {
        sink.accept(page, encode(page));
      }
    }
  }

  /** Restores a page from its stored form; what it says of the last publish holds again. */
  public void restorePage(int page, byte[] bytes) {
    int expected = HEADER_BYTES + PAGE_ROWS * stride * Float.BYTES;
    if (page < 0 || page >= pages.length || bytes.length != expected || bytes[0] != FORMAT) {
      throw new IllegalArgumentException(
          "page %d: %d bytes of format %d, expected page 0 to %d: %d bytes of format %d"
              .formatted(
                  page,
                  bytes.length,
                  bytes.length == 0 ? -1 : bytes[0],
                  pages.length - 1,
                  expected,
                  FORMAT));
    }
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(1);
    updatedRows -= Integer.bitCount(updated[page] & 0xFFFF);
    updated[page] = in.getShort();
    updatedRows += Integer.bitCount(updated[page] & 0xFFFF);
    markUnpublished(page, in.getShort() & 0xFFFF);
    float[] values = new float[PAGE_ROWS * stride];
    in.asFloatBuffer().get(values);
    pages[page] = values;
    replacements++;
  }

  /** Gives every row that changed since the last call, in ascending order, then forgets that. */
  public void forEachRowChangedSincePublish(RowSink sink) {
    unpublishedPages.sort(null);
    for (int i = 0; i < unpublishedPages.size(); i++) {
      int page = unpublishedPages.getInt(i);
      int mask = unpublished[page] & 0xFFFF;
      unpublished[page] = 0;
      float[] values = page(page);
      for (; mask != 0; mask &= mask - 1) {
        int r = Integer.numberOfTrailingZeros(mask);
        sink.accept((long) page * PAGE_ROWS + r, values, r * stride);
      }
    }
    unpublishedPages.clear();
  }

  /** Rows that {@link #forEachRowChangedSincePublish} would give now. */
  public int rowsChangedSincePublish() {
    int n = 0;
    for (int i = 0; i < unpublishedPages.size(); i++) {
      n += Integer.bitCount(unpublished[unpublishedPages.getInt(i)] & 0xFFFF);
    }
    return n;
  }

  /** Makes the next publish hold every row that was ever updated. */
  public void markAllUnpublished() {
    for (int page = 0; page < pages.length; page++) {
      markUnpublished(page, updated[page] & 0xFFFF);
    }
  }

  private void touch(int page, int bit) {
    if ((updated[page] & bit) == 0) {
      updated[page] |= (short) bit;
      updatedRows++;
    }
    markUnpublished(page, bit);
    if (!uncheckpointed[page]) {
      uncheckpointed[page] = true;
      uncheckpointedPages.add(page);
    }
  }

  private void markUnpublished(int page, int mask) {
    if (mask != 0 && unpublished[page] == 0) {
      unpublishedPages.add(page);
    }
    unpublished[page] |= (short) mask;
  }

  private byte[] encode(int page) {
    byte[] bytes = new byte[HEADER_BYTES + PAGE_ROWS * stride * Float.BYTES];
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    out.put(FORMAT).putShort(updated[page]).putShort(unpublished[page]);
    out.asFloatBuffer().put(page(page));
    return bytes;
  }

  private float[] page(int page) {
    float[] values = pages[page];
    if (values == null) {
      throw new AssertionError("page " + page + " is marked as changed but was never allocated");
    }
    return values;
  }

  /** Pages of 16 rows that a table needs; checks that pages can be addressed. */
  static int pagesFor(long rows, int stride) {
    if (rows < 1 || rows > (long) Integer.MAX_VALUE * 8) {
      throw new IllegalArgumentException("rows: " + rows + ", expected 1 to 8 * (2^31 - 1)");
    }
    if (stride < 1 || stride > 1 << 20) {
      throw new IllegalArgumentException(
          "row width and slots: " + stride + " values, expected 1 to 2^20");
    }
    return (int) ((rows + PAGE_ROWS - 1) / PAGE_ROWS);
  }

  static float[] initialPage(InitialRows initial, int page, int width, int stride) {
    float[] values = new float[PAGE_ROWS * stride];
    for (int r = 0; r < PAGE_ROWS; r++) {
      initial.addTo((long) page * PAGE_ROWS + r, 1, values, r * stride, width);
    }
    return values;
  }
}
