package io.millrace.embedding;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An immutable version of a table, for servers. Pages of 16 rows hang in a two-level directory; a
 * {@link Builder} copies only the pages and directory blocks that it changes, so a new version
 * costs what changed, and readers hold one version while the next is built. Pages without an
 * updated row are not stored.
 */
public final class TableSnapshot implements EmbeddingTable {
  static final int PAGE_ROWS = 16;
  private static final int BLOCK_PAGES = 256;

  private final long rows;
  private final int rowWidth;
  private final InitialRows initial;
  private final float[] @Nullable [] @Nullable [] blocks;

  private TableSnapshot(
      long rows, int rowWidth, InitialRows initial, float[] @Nullable [] @Nullable [] blocks) {
    this.rows = rows;
    this.rowWidth = rowWidth;
    this.initial = initial;
    this.blocks = blocks;
  }

  /** A table in which every row has its initial value. */
  public static TableSnapshot initial(long rows, int rowWidth, InitialRows initial) {
    int pages = LearnerTable.pagesFor(rows, rowWidth);
    return new TableSnapshot(
        rows, rowWidth, initial, new float[(pages + BLOCK_PAGES - 1) / BLOCK_PAGES][][]);
  }

  @Override
  public long rows() {
    return rows;
  }

  @Override
  public int rowWidth() {
    return rowWidth;
  }

  @Override
  public void addRow(long row, float weight, float[] out, int offset) {
    float[] page = page(row);
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
    float[] page = page(row);
    if (page == null) {
      EmbeddingTable.super.getRow(row, weight, out, offset);
      return;
    }
    int at = (int) (row & (PAGE_ROWS - 1)) * rowWidth;
    LearnerTable.copy(page, at, rowWidth, weight, out, offset);
  }

  private float @Nullable [] page(long row) {
    int pageNumber = (int) (row >>> 4);
    float[] @Nullable [] block = blocks[pageNumber / BLOCK_PAGES];
    return block == null ? null : block[pageNumber % BLOCK_PAGES];
  }

  /** Bytes of the pages that it holds, which versions may share. */
  public long bytes() {
    long pages = 0;
    for (float[] @Nullable [] block : blocks) {
      for (int i = 0; block != null && i < block.length; i++) {
        pages += block[i] == null ? 0 : 1;
      }
    }
    return pages * PAGE_ROWS * rowWidth * Float.BYTES;
  }

  /** Starts a new version that differs from this one by what is put into the builder. */
  public Builder with() {
    return new Builder(this);
  }

  /** Collects changed rows; confined to one thread, used once. */
  public static final class Builder {
    private final TableSnapshot base;
    private final float[] @Nullable [] @Nullable [] blocks;

    private Builder(TableSnapshot base) {
      this.base = base;
      this.blocks = base.blocks.clone();
    }

    /** Sets a row to {@code values[offset .. offset + rowWidth)}. */
    public Builder put(long row, float[] values, int offset) {
      System.arraycopy(
          values, offset, writablePage(row), (int) (row & (PAGE_ROWS - 1)) * width(), width());
      return this;
    }

    /** Sets a row to what {@code codec} reads from {@code data}. */
    public Builder put(long row, RowCodec codec, byte[] data) {
      codec.decode(data, writablePage(row), (int) (row & (PAGE_ROWS - 1)) * width(), width());
      return this;
    }

    /** The new version; the builder must not be used afterwards. */
    public TableSnapshot build() {
      return new TableSnapshot(base.rows, base.rowWidth, base.initial, blocks);
    }

    private int width() {
      return base.rowWidth;
    }

    private float[] writablePage(long row) {
      if (row < 0 || row >= base.rows) {
        throw new IllegalArgumentException("row: " + row + ", expected 0 to " + (base.rows - 1));
      }
      int pageNumber = (int) (row >>> 4);
      int b = pageNumber / BLOCK_PAGES;
      float[] @Nullable [] before = base.blocks[b];
      float[] @Nullable [] block = blocks[b];
      if (block == null) {
        block = new float[BLOCK_PAGES][];
        blocks[b] = block;
      } else if (block == before) {
        block = block.clone();
        blocks[b] = block;
      }
      int p = pageNumber % BLOCK_PAGES;
      float[] old = before == null ? null : before[p];
      float[] page = block[p];
      if (page == null) {
        page = LearnerTable.initialPage(base.initial, pageNumber, width(), width());
        block[p] = page;
      } else if (page == old) {
        page = Arrays.copyOf(page, page.length);
        block[p] = page;
      }
      return page;
    }
  }
}
