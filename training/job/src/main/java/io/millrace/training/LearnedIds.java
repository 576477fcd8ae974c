package io.millrace.training;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The ids of the last 2^20 examples learned, with the labels they were learned with, as 127-bit
 * fingerprints in a ring, so that an example that was written twice is learned once, and one with
 * another label corrects it. A duplicate can only come from a restart of the ingestion job, which
 * writes again what it wrote since its last checkpoint: the ring must hold more than that. Two
 * different ids among a billion share a fingerprint with a chance below 1e-22.
 *
 * <p>Stored in pages of 4,096 fingerprints, 16 bytes each, big endian; an unused one is all zeros,
 * bit 0 of a used one's first half is 1, and bit 1 the label.
 */
final class LearnedIds {
  static final int PAGE = 4096;
  private static final int DEFAULT_CAPACITY = 1 << 20;
  private static final Hasher64 FIRST = Hashing.xxh3_64(0x4D696C6C72616365L);
  private static final Hasher64 SECOND = Hashing.xxh3_64(0x6578616D706C65L);

  /** No label. */
  static final int UNKNOWN = -1;

  private static final long USED = 1;
  private static final long LABEL = 2;

  private final int capacity;
  private final long[] first;
  private final long[] second;

  /** Open addressing with linear probing: ring index + 1, or 0. */
  private final int[] slots;

  private final BitSet dirtyPages = new BitSet();

  /** Entries of before labels were kept: what comes again is taken to have the same. */
  private final BitSet unlabelled = new BitSet();

  private int next;

  LearnedIds() {
    this(DEFAULT_CAPACITY);
  }

  /**
   * @param capacity a power of two, at least a page
   */
  LearnedIds(int capacity) {
    this.capacity = capacity;
    this.first = new long[capacity];
    this.second = new long[capacity];
    this.slots = new int[capacity * 2];
  }

  /** Where the next id goes; part of the stored state. */
  int next() {
    return next;
  }

  /**
   * Remembers the label of an id.
   *
   * @param label 0 or 1
   * @return the label that it had, or {@link #UNKNOWN}
   */
  int put(String id, int label) {
    byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
    long a = FIRST.hashBytesToLong(bytes, 0, bytes.length) & ~LABEL | USED;
    long b = SECOND.hashBytesToLong(bytes, 0, bytes.length);
    long labelled = label == 1 ? a | LABEL : a;
    int slot = find(a, b);
    if (slots[slot] != 0) {
      int entry = slots[slot] - 1;
      int before = (first[entry] & LABEL) != 0 ? 1 : 0;
      if (unlabelled.get(entry)) {
        unlabelled.clear(entry);
        before = label;
        first[entry] = labelled;
        dirtyPages.set(entry / PAGE);
      } else if (before != label) {
        // Written again it must be known as long as one that is new.
        remove(slot);
        forget(entry);
        insert(labelled, b);
      }
      return before;
    }
    insert(labelled, b);
    return UNKNOWN;
  }

  private void forget(int entry) {
    first[entry] = 0;
    second[entry] = 0;
    dirtyPages.set(entry / PAGE);
  }

  private void insert(long labelled, long b) {
    if (first[next] != 0) {
      remove(find(first[next], second[next]));
    }
    first[next] = labelled;
    second[next] = b;
    unlabelled.clear(next);
    slots[find(labelled, b)] = next + 1;
    dirtyPages.set(next / PAGE);
    next = (next + 1) & (capacity - 1);
  }

  private int home(long a) {
    return (int) (a >>> 2) & (slots.length - 1);
  }

  /** The slot that holds a fingerprint, or the free one where it belongs. */
  private int find(long a, long b) {
    int slot = home(a);
    while (slots[slot] != 0) {
      int entry = slots[slot] - 1;
      if ((first[entry] & ~LABEL) == (a & ~LABEL) && second[entry] == b) {
        return slot;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  /** Frees a slot and closes the gap, so that no probe ends too early. */
  private void remove(int free) {
    int mask = slots.length - 1;
    int slot = free;
    while (true) {
      slot = (slot + 1) & mask;
      if (slots[slot] == 0) {
        slots[free] = 0;
        return;
      }
      int home = home(first[slots[slot] - 1]);
      if (((slot - home) & mask) >= ((slot - free) & mask)) {
        slots[free] = slots[slot];
        free = slot;
      }
    }
  }

  /** Takes pages that have changed since the last call. */
  interface PageSink {
    void accept(int page, byte[] bytes) throws Exception;
  }

  void forEachChangedPage(PageSink sink) throws Exception {
    for (int page = dirtyPages.nextSetBit(0); page >= 0; page = dirtyPages.nextSetBit(page + 1)) {
      ByteBuffer buffer = ByteBuffer.allocate(PAGE * 16);
      for (int i = page * PAGE; i < (page + 1) * PAGE; i++) {
        buffer.putLong(first[i]).putLong(second[i]);
      }
      sink.accept(page, buffer.array());
    }
    dirtyPages.clear();
  }

  /** Restores a page; {@link #restored} must follow the last. */
  void restorePage(int page, byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    for (int i = page * PAGE; i < (page + 1) * PAGE; i++) {
      first[i] = buffer.getLong();
      second[i] = buffer.getLong();
    }
  }

  /**
   * Builds the index over the restored pages.
   *
   * @param labelled whether they were stored with labels
   */
  void restored(int nextIndex, boolean labelled) {
    next = nextIndex;
    if (!labelled) {
      unlabelled.set(0, capacity);
    }
    Arrays.fill(slots, 0);
    for (int i = 0; i < capacity; i++) {
      if (first[i] != 0) {
        slots[find(first[i], second[i])] = i + 1;
      }
    }
  }
}
