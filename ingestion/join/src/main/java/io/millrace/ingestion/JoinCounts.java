package io.millrace.ingestion;

import io.millrace.wire.Counter;
import io.millrace.wire.IngestionTotals;
import io.millrace.wire.IngestionTotals.Counted;
import io.millrace.wire.RejectionReason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Running totals by name: {@link Counter#code(String)} and {@link RejectionReason#code}. Not
 * thread-safe.
 *
 * <p>Stored form, big endian: 'C', version 1, u16 number of entries; each u8 name length, name in
 * ASCII, i64 total. By name, so that a new counter does not make an old checkpoint unreadable.
 */
public final class JoinCounts {
  private static final byte MAGIC = 'C';
  private static final byte VERSION = 1;

  private final long[] counters = new long[Counter.values().length];
  private final long[] reasons = new long[RejectionReason.values().length];
  private final Map<String, Long> others = new TreeMap<>();

  /** Counts one. */
  public void add(Counter counter) {
    counters[counter.ordinal()]++;
  }

  /** Counts one of an outcome. */
  public void add(Counter counter, String outcome) {
    if (outcome.equals(OutcomeRule.CLICK)) {
      add(counter);
    } else {
      others.merge(counter.code(outcome), 1L, Long::sum);
    }
  }

  /** Counts one rejection. */
  public void add(RejectionReason reason) {
    reasons[reason.ordinal()]++;
  }

  /** Adds all totals of {@code other}. */
  public void add(JoinCounts other) {
    other.nonZero().forEach(this::add);
  }

  private void add(String name, long count) {
    for (Counter counter : Counter.values()) {
      if (counter.code().equals(name)) {
        counters[counter.ordinal()] += count;
        return;
      }
    }
    for (RejectionReason reason : RejectionReason.values()) {
      if (reason.code().equals(name)) {
        reasons[reason.ordinal()] += count;
        return;
      }
    }
    others.merge(name, count, Long::sum);
  }

  /** Sets all totals to zero. */
  public void clear() {
    java.util.Arrays.fill(counters, 0);
    java.util.Arrays.fill(reasons, 0);
    others.clear();
  }

  /** Whether nothing was counted. */
  public boolean isEmpty() {
    return nonZero().isEmpty();
  }

  /** All counters, and the rejections that occurred. */
  public IngestionTotals totals() {
    Map<Counted, Long> totals = new HashMap<>();
    for (Counter counter : Counter.values()) {
      if (counter.ofClicks()) {
        totals.put(new IngestionTotals.Joined(counter, OutcomeRule.CLICK), 0L);
      }
    }
    nonZero().forEach((name, total) -> totals.put(IngestionTotals.counted(name), total));
    return new IngestionTotals(totals);
  }

  private Map<String, Long> nonZero() {
    Map<String, Long> map = new TreeMap<>(others);
    for (Counter counter : Counter.values()) {
      if (counters[counter.ordinal()] != 0) {
        map.put(counter.code(), counters[counter.ordinal()]);
      }
    }
    for (RejectionReason reason : RejectionReason.values()) {
      if (reasons[reason.ordinal()] != 0) {
        map.put(reason.code(), reasons[reason.ordinal()]);
      }
    }
    return map;
  }

  /** The stored form. */
  public byte[] toBytes() {
    Map<String, Long> map = nonZero();
    int size = 4;
    for (String name : map.keySet()) {
      size += 1 + name.length() + 8;
    }
    ByteBuffer out = ByteBuffer.allocate(size).put(MAGIC).put(VERSION).putShort((short) map.size());
    map.forEach(
        (name, count) ->
            out.put((byte) name.length())
                .put(name.getBytes(StandardCharsets.US_ASCII))
                .putLong(count));
    return out.array();
  }

  /**
   * Reads the stored form.
   *
   * @throws IllegalStateException if the bytes are none
   */
  public static JoinCounts fromBytes(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    JoinCounts counts = new JoinCounts();
    if (bytes.length < 4 || in.get() != MAGIC || in.get() != VERSION) {
      throw new IllegalStateException(
          "join counts: " + bytes.length + " bytes, expected to start with 'C' and version 1");
    }
    int entries = Short.toUnsignedInt(in.getShort());
    for (int i = 0; i < entries; i++) {
      byte[] name = new byte[Byte.toUnsignedInt(in.get())];
      in.get(name);
      counts.add(new String(name, StandardCharsets.US_ASCII), in.getLong());
    }
    return counts;
  }
}
