package io.millrace.parameters;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Record keys of {@code parameters.<model>}: byte {@code 'r'} and the row as 8 bytes big endian,
 * byte {@code 't'} and a tensor's name in UTF-8, or byte {@code 'm'} alone for the manifest.
 */
public final class ParameterKeys {
  static final byte ROW = 'r';
  static final byte TENSOR = 't';
  static final byte MANIFEST = 'm';
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private ParameterKeys() {}

  /** The key of a RowUpdate. */
  public static byte[] row(long row) {
    byte[] key = new byte[9];
    key[0] = ROW;
    LONG.set(key, 1, row);
    return key;
  }

  /** The key of a TensorUpdate. */
  public static byte[] tensor(String name) {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    byte[] key = new byte[1 + utf8.length];
    key[0] = TENSOR;
    System.arraycopy(utf8, 0, key, 1, utf8.length);
    return key;
  }

  /** The key of a VersionManifest. */
  public static byte[] manifest() {
    return new byte[] {MANIFEST};
  }

  /** Whether this is the key of a row. */
  public static boolean isRow(byte[] key) {
    return key.length == 9 && key[0] == ROW;
  }

  /** Whether this is the key of a manifest. */
  public static boolean isManifest(byte[] key) {
    return key.length == 1 && key[0] == MANIFEST;
  }

  /** The row of a row's key. */
  public static long rowOf(byte[] key) {
    return (long) LONG.get(key, 1);
  }
}
