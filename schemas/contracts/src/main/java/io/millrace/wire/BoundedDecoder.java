package io.millrace.wire;

import io.millrace.bits.Varint;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.io.Decoder;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Avro binary from a byte array, in which no length may exceed what is left of the array.
 *
 * <p>Avro's own decoder allocates what a length prefix says before it looks for the bytes: five
 * bytes can ask for two gigabytes. Here a string, a byte block and a collection's item count are
 * checked against the remaining bytes first, and all collections together have no more items than
 * the array has bytes. As a consequence an array of many items that take no bytes (nulls, empty
 * records) cannot be read, be they in one block or in many.
 */
final class BoundedDecoder extends Decoder {
  private static final byte[] NOTHING = new byte[0];

  private byte[] in = NOTHING;
  private int at;
  private int end;
  private long itemsLeft;

  /** Reads from {@code bytes[from .. to)} from now on. */
  void reset(byte[] bytes, int from, int to) {
    in = bytes;
    at = from;
    end = to;
    itemsLeft = to - from;
  }

  /** Forgets the array, so that it can be collected. */
  void release() {
    reset(NOTHING, 0, 0);
  }

  /** Bytes not yet read. */
  int remaining() {
    return end - at;
  }

  @Override
  public int remainingBytes() {
    return remaining();
  }

  @Override
  public void readNull() {}

  @Override
  public boolean readBoolean() throws IOException {
    byte b = next();
    if (b != 0 && b != 1) {
      throw new AvroRuntimeException("boolean: byte " + b + ", expected 0 or 1");
    }
    return b == 1;
  }

  @Override
  public int readInt() throws IOException {
    long value = readLong();
    if (value != (int) value) {
      throw new AvroRuntimeException("int: " + value + ", expected 32 bits");
    }
    return (int) value;
  }

  @Override
  public long readLong() throws IOException {
    if (at < end && in[at] >= 0) { // most numbers, and all short lengths
      return Varint.unzigzag(in[at++]);
    }
    int from = at;
    int to = Varint.end(in, from, end);
    if (to < 0) {
      if (end - from >= Varint.MAX_BYTES) {
        throw new AvroRuntimeException("long: more than 10 bytes");
      }
      throw new EOFException("record ends within a value");
    }
    at = to;
    return Varint.unzigzag(Varint.read(in, from, to));
  }

  @Override
  public float readFloat() throws IOException {
    return Float.intBitsToFloat(littleEndianInt(take(4)));
  }

  @Override
  public double readDouble() throws IOException {
    int from = take(8);
    return Double.longBitsToDouble(
        (littleEndianInt(from) & 0xFFFFFFFFL) | ((long) littleEndianInt(from + 4) << 32));
  }

  @Override
  public Utf8 readString(@Nullable Utf8 old) throws IOException {
    int length = length("string");
    int from = take(length);
    Utf8 result = old != null ? old : new Utf8();
    result.setByteLength(length);
    System.arraycopy(in, from, result.getBytes(), 0, length);
    return result;
  }

  @Override
  public String readString() throws IOException {
    int length = length("string");
    return new String(in, take(length), length, StandardCharsets.UTF_8);
  }

  @Override
  public void skipString() throws IOException {
    take(length("string"));
  }

  @Override
  public ByteBuffer readBytes(@Nullable ByteBuffer old) throws IOException {
    int length = length("bytes");
    int from = take(length);
    byte[] copy = new byte[length];
    System.arraycopy(in, from, copy, 0, length);
    return ByteBuffer.wrap(copy);
  }

  @Override
  public void skipBytes() throws IOException {
    take(length("bytes"));
  }

  @Override
  public void readFixed(byte[] bytes, int start, int length) throws IOException {
    System.arraycopy(in, take(length), bytes, start, length);
  }

  @Override
  public void skipFixed(int length) throws IOException {
    take(length);
  }

  @Override
  public int readEnum() throws IOException {
    return readInt();
  }

  @Override
  public int readIndex() throws IOException {
    return readInt();
  }

  @Override
  public long readArrayStart() throws IOException {
    return items();
  }

  @Override
  public long arrayNext() throws IOException {
    return items();
  }

  @Override
  public long skipArray() throws IOException {
    return skipBlocks();
  }

  @Override
  public long readMapStart() throws IOException {
    return items();
  }

  @Override
  public long mapNext() throws IOException {
    return items();
  }

  @Override
  public long skipMap() throws IOException {
    return skipBlocks();
  }

  /** The item count of the next block; a negative count is followed by the block's byte size. */
  private long items() throws IOException {
    long count = readLong();
    if (count < 0) {
      length("block");
      count = -count;
    }
    return checked(count);
  }

  private long checked(long count) {
    if (count < 0 || count > remaining()) {
      throw new AvroRuntimeException(
          "collection: " + count + " items, but only " + remaining() + " bytes are left");
    }
    itemsLeft -= count;
    if (itemsLeft < 0) {
      throw new AvroRuntimeException(
          "collections: more items than the record has bytes, expected each to take one");
    }
    return count;
  }

  /** Skips blocks that state their byte size; returns the item count of one that does not, or 0. */
  private long skipBlocks() throws IOException {
    while (true) {
      long count = readLong();
      if (count >= 0) {
        return checked(count);
      }
      take(length("block"));
    }
  }

  private int length(String what) throws IOException {
    long length = readLong();
    if (length < 0 || length > remaining()) {
      throw new AvroRuntimeException(
          what + " length: " + length + ", but only " + remaining() + " bytes are left");
    }
    return (int) length;
  }

  private byte next() throws IOException {
    if (at == end) {
      throw new EOFException("record ends within a value");
    }
    return in[at++];
  }

  private int take(int length) throws IOException {
    if (length > end - at) {
      throw new EOFException("record ends within a value");
    }
    int from = at;
    at += length;
    return from;
  }

  private int littleEndianInt(int from) {
    return (in[from] & 0xFF)
        | (in[from + 1] & 0xFF) << 8
        | (in[from + 2] & 0xFF) << 16
        | (in[from + 3] & 0xFF) << 24;
  }
}
