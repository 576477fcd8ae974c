package io.millrace.embedding;

import io.millrace.bits.SplitMix64;
import java.util.Arrays;

/**
 * Gradients of one step by row: those of a row that occurs more than once are summed, before any
 * optimizer squares them. An open-addressing index over a dense list in order of first occurrence,
 * so that applying them is deterministic. Buffers grow and are reused; nothing is allocated in the
 * steady state. Not thread-safe.
 */
public final class RowGradients {
  private static final int MOST_CLEARED = 1 << 20;

  private final int width;
  private int size;
  private long[] rows = new long[64];
  private float[] values;
  // slot -> cleared + index of the entry + 1; free if not above cleared. Twice as many slots as
  // entries at least.
  private int[] index = new int[128];
  private int shift = Long.SIZE - 7; // of a hash, to a slot
  private int cleared; // entries that clear() has forgotten

  /** For rows of {@code width} values. */
  public RowGradients(int width) {
    if (width < 1) {
      throw new IllegalArgumentException("width: " + width + ", expected at least 1");
    }
    this.width = width;
    this.values = new float[64 * width];
  }

  /** Distinct rows. */
  public int size() {
    return size;
  }

  /** Values per row. */
  public int width() {
    return width;
  }

  /** Row of entry {@code i}; entries are in the order of first occurrence. */
  public long row(int i) {
    return rows[i];
  }

  /** Gradients; those of entry i begin at {@code i * width}. */
  public float[] values() {
    return values;
  }

  /** Adds {@code weight * gradient[offset .. offset + width)} to the gradient of {@code row}. */
  public void add(long row, float weight, float[] gradient, int offset) {
    int before = size;
    int at = entry(row) * width;
    if (size > before) {
      for (int i = 0; i < width; i++) {
        values[at + i] = weight * gradient[offset + i];
      }
      return;
    }
    for (int i = 0; i < width; i++) {
      values[at + i] += weight * gradient[offset + i];
    }
  }

  /**
   * Where the gradient of {@code row} begins in {@link #values}, an array that holds until the next
   * row is added; zeros if there was none.
   */
  public int offset(long row) {
    int before = size;
    int at = entry(row) * width;
    if (size > before) {
      Arrays.fill(values, at, at + width, 0f);
    }
    return at;
  }

  /** Whether there is a gradient of {@code row}. */
  public boolean contains(long row) {
    int slot = slot(row);
    return index[slot] > cleared;
  }

  /** Forgets all entries and keeps the buffers. */
  public void clear() {
    cleared += size;
    if (cleared > MOST_CLEARED) {
      Arrays.fill(index, 0);
      cleared = 0;
    }
    size = 0;
  }

  /** The entry of a row; a new one's values are what was left there. */
  private int entry(long row) {
    int slot = slot(row);
    if (index[slot] > cleared) {
      return index[slot] - cleared - 1;
    }
    if (size == rows.length) {
      grow();
      slot = slot(row);
    }
    rows[size] = row;
    index[slot] = cleared + ++size;
    return size - 1;
  }

  /** Where in the index a row is, or a free slot for it. */
  private int slot(long row) {
    int mask = index.length - 1;
    int slot = (int) (row * SplitMix64.GOLDEN >>> shift);
    while (index[slot] > cleared && rows[index[slot] - cleared - 1] != row) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    int capacity = rows.length * 2;
    rows = Arrays.copyOf(rows, capacity);
    values = Arrays.copyOf(values, capacity * width);
    index = new int[capacity * 2];
    shift--;
    for (int i = 0; i < size; i++) {
      index[slot(rows[i])] = cleared + i + 1;
    }
  }
}
