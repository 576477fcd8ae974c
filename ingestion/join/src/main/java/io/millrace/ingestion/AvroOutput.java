package io.millrace.ingestion;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes the few Avro types that the join composes by hand, because an example is a copy of its
 * impression with two numbers between: building Avro objects for it would cost more than the join.
 * The buffer is reused.
 */
final class AvroOutput {
  private byte[] buffer = new byte[512];
  private int size;

  void clear() {
    size = 0;
  }

  byte[] toBytes() {
    return Arrays.copyOf(buffer, size);
  }

  /** A byte as it is. */
  void raw(int value) {
    reserve(1);
    buffer[size++] = (byte) value;
  }

  /** Bytes as they are. */
  void raw(byte[] bytes, int offset, int length) {
    reserve(length);
    System.arraycopy(bytes, offset, buffer, size, length);
    size += length;
  }

  /** The Confluent header: 0, then the schema id, big endian. */
  void header(int schemaId) {
    raw(0);
    raw(schemaId >>> 24);
    raw(schemaId >>> 16);
    raw(schemaId >>> 8);
    raw(schemaId);
  }

  /** Avro int or long: zigzag, then base 128, least significant group first. */
  void number(long value) {
    reserve(10);
    long z = (value << 1) ^ (value >> 63);
    while ((z & ~0x7FL) != 0) {
      buffer[size++] = (byte) (z | 0x80);
      z >>>= 7;
    }
    buffer[size++] = (byte) z;
  }

  /** Avro bytes. */
  void bytes(byte[] bytes, int offset, int length) {
    number(length);
    raw(bytes, offset, length);
  }

  /** Avro string. */
  void string(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    bytes(utf8, 0, utf8.length);
  }

  /** Avro double: 8 bytes, little endian. */
  void number(double value) {
    long bits = Double.doubleToRawLongBits(value);
    for (int shift = 0; shift < 64; shift += 8) {
      raw((int) (bits >>> shift));
    }
  }

  /** Avro float: 4 bytes, little endian. */
  void number(float value) {
    int bits = Float.floatToRawIntBits(value);
    raw(bits);
    raw(bits >>> 8);
    raw(bits >>> 16);
    raw(bits >>> 24);
  }

  private void reserve(int more) {
    if (buffer.length - size < more) {
      buffer = Arrays.copyOf(buffer, Math.max(size + more, buffer.length * 2));
    }
  }
}
