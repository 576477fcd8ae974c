package io.millrace.parameters;

import io.millrace.bits.Varint;
import io.millrace.embedding.RowFormat;

/**
 * RowUpdate in wire format, written and read by hand: rows are by far the most records of a publish
 * and three fields do not need a reflective reader. The bytes are those that Avro writes.
 *
 * <p>Layout: byte 0; schema id, 4 bytes big endian; row, zigzag varint; codec, zigzag varint;
 * length of data, zigzag varint; data.
 */
public final class RowUpdates {
  private static final int HEADER_BYTES = 5;

  private RowUpdates() {}

  /** A row as shipped. */
  public record Shipped(long row, RowFormat codec, byte[] data) {}

  /** Encodes row {@code row} with values {@code values[offset .. offset + width)}. */
  public static byte[] encode(
      int schemaId, long row, RowFormat codec, float[] values, int offset, int width) {
    byte[] data = codec.encode(values, offset, width);
    byte[] head = new byte[HEADER_BYTES + 3 * Varint.MAX_BYTES];
    head[1] = (byte) (schemaId >>> 24);
    head[2] = (byte) (schemaId >>> 16);
    head[3] = (byte) (schemaId >>> 8);
    head[4] = (byte) schemaId;
    int at = Varint.write(Varint.zigzag(row), head, HEADER_BYTES);
    at = Varint.write(Varint.zigzag(codec.id()), head, at);
    at = Varint.write(Varint.zigzag(data.length), head, at);
    byte[] out = new byte[at + data.length];
    System.arraycopy(head, 0, out, 0, at);
    System.arraycopy(data, 0, out, at, data.length);
    return out;
  }

  /**
   * Decodes a record that {@link #encode} or Avro wrote with the compiled RowUpdate schema.
   *
   * @throws IllegalArgumentException if the bytes are not exactly one such record
   */
  public static Shipped decode(byte[] value) {
    Cursor in = new Cursor(value);
    long row = in.zigzag();
    long codec = in.zigzag();
    long length = in.zigzag();
    if (length != value.length - in.at) {
      throw new IllegalArgumentException(
          "row %d: %d bytes of data announced, %d there"
              .formatted(row, length, value.length - in.at));
    }
    byte[] data = new byte[(int) length];
    System.arraycopy(value, in.at, data, 0, data.length);
    return new Shipped(row, RowFormat.byId((int) codec), data);
  }

  private static final class Cursor {
    private final byte[] bytes;
    private int at = HEADER_BYTES;

    Cursor(byte[] bytes) {
      this.bytes = bytes;
    }

    long zigzag() {
      int from = at;
      at = Varint.end(bytes, from, bytes.length);
      if (at < 0) {
        throw new IllegalArgumentException(
            "row update of %d bytes, expected a varint before byte %d"
                .formatted(bytes.length, Math.min(from + Varint.MAX_BYTES, bytes.length)));
      }
      return Varint.unzigzag(Varint.read(bytes, from, at));
    }
  }
}
