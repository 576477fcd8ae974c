package io.millrace.parameters;

import io.millrace.bits.SplitMix64;
import org.jspecify.annotations.Nullable;

/**
 * From row to its newest bytes, by open addressing without boxing. An empty value stands for a
 * removed row. Grows with the number of distinct rows; not thread-safe.
 */
final class RowMap {
  private static final int FEWEST = 64;

  private long[] keys = new long[FEWEST];
  private byte[] @Nullable [] values = new byte[FEWEST][];
  private int size;

  /** Takes each entry. */
  interface Sink {
    void accept(long row, byte[] value);
  }

  int size() {
    return size;
  }

  void put(long row, byte[] value) {
    if (2 * size >= keys.length) {
      grow();
    }
    int i = slot(row);
    if (values[i] == null) {
      size++;
      keys[i] = row;
    }
    values[i] = value;
  }

  byte @Nullable [] get(long row) {
    return values[slot(row)];
  }

  void putAll(RowMap other) {
    other.forEach(this::put);
  }

  void forEach(Sink sink) {
    for (int i = 0; i < keys.length; i++) {
      byte[] value = values[i];
      if (value != null) {
        sink.accept(keys[i], value);
      }
    }
  }

  /** Forgets everything, and the memory that it took. */
  void clear() {
    keys = new long[FEWEST];
    values = new byte[FEWEST][];
    size = 0;
  }

  private int slot(long row) {
    int mask = keys.length - 1;
    int i = (int) (row * SplitMix64.GOLDEN >>> 32) & mask;
    while (values[i] != null && keys[i] != row) {
      i = (i + 1) & mask;
    }
    return i;
  }

  private void grow() {
    long[] oldKeys = keys;
    byte[] @Nullable [] oldValues = values;
    keys = new long[oldKeys.length * 2];
    values = new byte[oldKeys.length * 2][];
    for (int i = 0; i < oldKeys.length; i++) {
      byte[] value = oldValues[i];
      if (value != null) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        values[slot] = value;
      }
    }
  }
}
