package io.millrace.bits;

/**
 * Integers of 64 bits in one to ten bytes: seven bits a byte, the lowest first, and the top bit set
 * in all bytes but the last (unsigned LEB128, which Avro and Protocol Buffers use too).
 *
 * <p>A number below zero takes ten bytes. Where such numbers are common, {@link #zigzag} maps
 * numbers near zero to small ones first, as Avro does for {@code int} and {@code long}.
 */
public final class Varint {
  /** The most bytes that a number takes. */
  public static final int MAX_BYTES = 10;

  private Varint() {}

  /**
   * Writes a number, in as few bytes as it needs.
   *
   * @param at index of the first byte; {@link #MAX_BYTES} from there are always enough
   * @return the index after the last byte
   */
  public static int write(long value, byte[] out, int at) {
    long rest = value;
    int to = at;
    while ((rest & ~0x7FL) != 0) {
      out[to++] = (byte) (rest & 0x7F | 0x80);
      rest >>>= 7;
    }
    out[to++] = (byte) rest;
    return to;
  }

  /**
   * Where the number ends that starts at {@code from}.
   *
   * @param limit index after the last byte that may be read
   * @return the index after the number's last byte; -1 if the limit comes before it, or if it is
   *     longer than {@link #MAX_BYTES}
   */
  public static int end(byte[] in, int from, int limit) {
    int last = Math.min(limit, from + MAX_BYTES);
    for (int at = from; at < last; at++) {
      if (in[at] >= 0) {
        return at + 1;
      }
    }
    return -1;
  }

  /**
   * Reads the number in {@code in[from .. to)}, of which {@link #end} told the end. Bits beyond the
   * 64th are dropped.
   */
  public static long read(byte[] in, int from, int to) {
    long value = 0;
    for (int at = from, shift = 0; at < to; at++, shift += 7) {
      value |= (in[at] & 0x7FL) << shift;
    }
    return value;
  }

  /** 0, -1, 1, -2, 2 … as 0, 1, 2, 3, 4 …. */
  public static long zigzag(long value) {
    return (value << 1) ^ (value >> 63);
  }

  /** The number that {@link #zigzag} maps to {@code value}. */
  public static long unzigzag(long value) {
    return (value >>> 1) ^ -(value & 1);
  }
}
