package io.millrace.training;

import java.util.BitSet;
import java.util.Map;
import java.util.TreeMap;

/** A set of table rows, as bits in blocks of 2^20, so that a million rows take 128 KiB. */
final class RowSet {
  private static final int BLOCK_BITS = 20;

  private final Map<Long, BitSet> blocks = new TreeMap<>();

  void add(long row) {
    blocks.computeIfAbsent(row >>> BLOCK_BITS, block -> new BitSet()).set(bit(row));
  }

  void remove(long row) {
    BitSet block = blocks.get(row >>> BLOCK_BITS);
    if (block != null) {
      block.clear(bit(row));
    }
  }

  /** The rows, ascending. */
  long[] toArray() {
    return blocks.entrySet().stream()
        .flatMapToLong(
            block -> block.getValue().stream().mapToLong(bit -> block.getKey() << BLOCK_BITS | bit))
        .toArray();
  }

  private static int bit(long row) {
    return (int) (row & ((1 << BLOCK_BITS) - 1));
  }
}
