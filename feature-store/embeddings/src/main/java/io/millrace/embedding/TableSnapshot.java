package io.millrace.embedding;

import org.jspecify.annotations.Nullable;

/**
 * An immutable version of a table, for servers. Pages of 16 rows hang in a two-level directory; a
 * {@link Builder} copies only the pages and directory blocks that it changes, so a new version
 * costs what changed, and readers hold one version while the next is built. Pages without an
 * updated row are not stored.
 *
 * <p>Rows are held in a {@link RowFormat} and read in it. Rows of a page beside an updated one have
 * their initial values in that format too.
 */
public abstract sealed class TableSnapshot implements EmbeddingTable
    permits FloatSnapshot, CodedSnapshot {
  static final int PAGE_ROWS = 16;
  private static final int BLOCK_PAGES = 256;

  /** Rows whose cache misses overlap: as many as a core can wait for, or some more. */
  private static final int AHEAD = 16;

  /** Of an array, as the JVM lays it out. */
  private static final int HEADER_BYTES = 16;

  /** With compressed pointers, in heaps of less than 32 GiB. */
  private static final int REFERENCE_BYTES = 4;

  final long rows;
  final int rowWidth;
  final InitialRows initial;
  private final @Nullable Object[] @Nullable [] blocks;

  TableSnapshot(
      long rows, int rowWidth, InitialRows initial, @Nullable Object[] @Nullable [] blocks) {
    this.rows = rows;
    this.rowWidth = rowWidth;
    this.initial = initial;
    this.blocks = blocks;
  }

  /** A table in fp32 in which every row has its initial value. */
  public static TableSnapshot initial(long rows, int rowWidth, InitialRows initial) {
    int pages = LearnerTable.pagesFor(rows, rowWidth);
    return new FloatSnapshot(
        rows, rowWidth, initial, new Object[(pages + BLOCK_PAGES - 1) / BLOCK_PAGES][]);
  }

  /** This version with its rows in another format. */
  public TableSnapshot in(RowFormat format) {
    if (format == format()) {
      return this;
    }
    Object[][] none = new Object[blocks.length][];
    TableSnapshot empty =
        format == RowFormat.FP32
            ? new FloatSnapshot(rows, rowWidth, initial, none)
            : new CodedSnapshot(format, rows, rowWidth, initial, none);
    Builder builder = empty.with();
    float[] row = new float[rowWidth];
    for (int b = 0; b < blocks.length; b++) {
      Object[] block = blocks[b];
      for (int p = 0; block != null && p < BLOCK_PAGES; p++) {
        if (block[p] != null) {
          long first = ((long) b * BLOCK_PAGES + p) * PAGE_ROWS;
          for (long r = first; r < Math.min(rows, first + PAGE_ROWS); r++) {
            getRow(r, 1, row, 0);
            builder.put(r, row, 0);
          }
        }
      }
    }
    return builder.build();
  }

  /** The format of its rows. */
  public abstract RowFormat format();

  @Override
  public long rows() {
    return rows;
  }

  @Override
  public int rowWidth() {
    return rowWidth;
  }

  @Override
  public final void getRows(long[] numbers, int count, float[] out) {
    for (int from = 0; from < count; from += AHEAD) {
      int to = Math.min(count, from + AHEAD);
      for (int i = from; i < to; i++) {
        // A short loop without a branch on what is loaded: the loads do not wait for each other.
        out[i * rowWidth] = touch(numbers[i]);
      }
      for (int i = from; i < to; i++) {
        getRow(numbers[i], 1, out, i * rowWidth);
      }
    }
  }

  /** Loads the beginning of a row into the caches; the number means nothing. */
  abstract float touch(long row);

  /** The page of a row, or null if all its rows have their initial values. */
  final @Nullable Object page(long row) {
    int pageNumber = (int) (row >>> 4);
    Object[] block = blocks[pageNumber / BLOCK_PAGES];
    return block == null ? null : block[pageNumber % BLOCK_PAGES];
  }

  /** The page of rows with their initial values. */
  abstract Object newPage(int pageNumber);

  abstract Object copyOf(Object page);

  /** Sets row {@code r} of a page to {@code values[offset .. offset + rowWidth)}. */
  abstract void set(Object page, int r, float[] values, int offset);

  /** Sets row {@code r} of a page to what is encoded in {@code data}. */
  abstract void set(Object page, int r, RowFormat from, byte[] data);

  /** The values of a page without the array's header. */
  abstract int pageBytes();

  abstract TableSnapshot withBlocks(@Nullable Object[] @Nullable [] changed);

  /** Bytes of the pages and the directory that it holds, which versions may share. */
  public final long bytes() {
    long bytes = array(blocks.length * REFERENCE_BYTES);
    for (Object[] block : blocks) {
      if (block != null) {
        bytes += array(BLOCK_PAGES * REFERENCE_BYTES);
        for (Object page : block) {
          bytes += page == null ? 0 : array(pageBytes());
        }
      }
    }
    return bytes;
  }

  /** An array's bytes; the JVM rounds up to 8. */
  private static long array(int content) {
    return HEADER_BYTES + (content + 7L) / 8 * 8;
  }

  /** Starts a new version that differs from this one by what is put into the builder. */
  public final Builder with() {
    return new Builder(this);
  }

  /** Collects changed rows; confined to one thread, used once. */
  public static final class Builder {
    private final TableSnapshot base;
    private final @Nullable Object[] @Nullable [] blocks;

    private Builder(TableSnapshot base) {
      this.base = base;
      this.blocks = base.blocks.clone();
    }

    /** Sets a row to {@code values[offset .. offset + rowWidth)}. */
    public Builder put(long row, float[] values, int offset) {
      base.set(writablePage(row), (int) (row & (PAGE_ROWS - 1)), values, offset);
      return this;
    }

    /** Sets a row to what {@code format} reads from {@code data}. */
    public Builder put(long row, RowFormat format, byte[] data) {
      format.check(data, base.rowWidth);
      base.set(writablePage(row), (int) (row & (PAGE_ROWS - 1)), format, data);
      return this;
    }

    /** The new version; the builder must not be used afterwards. */
    public TableSnapshot build() {
      return base.withBlocks(blocks);
    }

    private Object writablePage(long row) {
      if (row < 0 || row >= base.rows) {
        throw new IllegalArgumentException("row: " + row + ", expected 0 to " + (base.rows - 1));
      }
      int pageNumber = (int) (row >>> 4);
      int b = pageNumber / BLOCK_PAGES;
      Object[] before = base.blocks[b];
      Object[] block = blocks[b];
      if (block == null) {
        block = new Object[BLOCK_PAGES];
        blocks[b] = block;
      } else if (block == before) {
        block = block.clone();
        blocks[b] = block;
      }
      int p = pageNumber % BLOCK_PAGES;
      Object old = before == null ? null : before[p];
      Object page = block[p];
      if (page == null) {
        page = base.newPage(pageNumber);
        block[p] = page;
      } else if (page == old) {
        page = base.copyOf(page);
        block[p] = page;
      }
      return page;
    }
  }
}
