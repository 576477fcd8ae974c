package io.millrace.embedding;

import java.util.Arrays;

/**
 * Gradients of one step by row: those of a row that occurs more than once are summed, before any
 * optimizer squares them. An open-addressing index over a dense list in order of first occurrence,
 * so that applying them is deterministic. Buffers grow and are reused; nothing is allocated in the
 * steady state. Not thread-safe.
 */
public final class RowGradients {
  private final int width;
  private int size;
  private long[] rows = new long[64];
  private int[] slotOf = new int[64];
  private float[] values;
  // slot -> index of the entry + 1; 0 is free. Twice as many slots as entries at least.
  private int[] index = new int[128];

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
    int at = offset(row);
    for (int i = 0; i < width; i++) {
      values[at + i] += weight * gradient[offset + i];
    }
  }

  /**
   * Where the gradient of {@code row} begins in {@link #values}, an array that holds until the next
   * row is added; zeros if there was none.
   */
  public int offset(long row) {
    return entry(row) * width;
  }

  /** Whether there is a gradient of {@code row}. */
  public boolean contains(long row) {
    int mask = index.length - 1;
    for (int slot = (int) InitialRows.mix64(row) & mask;
        index[slot] != 0;
        slot = (slot + 1) & mask) {
      if (rows[index[slot] - 1] == row) {
        return true;
      }
    }
    return false;
  }

  /** Forgets all entries and keeps the buffers. */
  public void clear() {
    for (int i = 0; i < size; i++) {
      index[slotOf[i]] = 0;
    }
    size = 0;
  }

  private int entry(long row) {
    int mask = index.length - 1;
    int slot = (int) InitialRows.mix64(row) & mask;
    while (index[slot] != 0) {
      int i = index[slot] - 1;
      if (rows[i] == row) {
        return i;
      }
      slot = (slot + 1) & mask;
    }
    if (size == rows.length) {
      grow();
      return entry(row);
    }
    int i = size++;
    index[slot] = i + 1;
    slotOf[i] = slot;
    rows[i] = row;
    Arrays.fill(values, i * width, (i + 1) * width, 0f);
    return i;
  }

  private void grow() {
    int capacity = rows.length * 2;
    rows = Arrays.copyOf(rows, capacity);
    slotOf = Arrays.copyOf(slotOf, capacity);
    values = Arrays.copyOf(values, capacity * width);
    index = new int[capacity * 2];
    int mask = index.length - 1;
    for (int i = 0; i < size; i++) {
      int slot = (int) InitialRows.mix64(rows[i]) & mask;
      while (index[slot] != 0) {
        slot = (slot + 1) & mask;
      }
      index[slot] = i + 1;
      slotOf[i] = slot;
    }
  }
}
