package io.millrace.learner;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;

/** Byte arrays within a stored form: length as int, big endian, then the bytes. */
public final class LengthPrefixed {
  private LengthPrefixed() {}

  public static void write(byte[] bytes, DataOutputStream out) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * Reads what {@link #write} wrote from an array in memory.
   *
   * @throws EOFException if the length is negative or more than what is left
   */
  public static byte[] read(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new EOFException("a part of " + length + " bytes, expected 0 to " + in.available());
    }
    return in.readNBytes(length);
  }
}
