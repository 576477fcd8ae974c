package io.millrace.embedding;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** How a row is shipped. Ids are part of the published format and never reused. */
public enum RowCodec {
  /** IEEE 754 single precision, little endian: exact. */
  FP32(0, 4) {
    @Override
    void put(byte[] out, int at, float value) {
      FLOAT.set(out, at, value);
    }

    @Override
    float get(byte[] data, int at) {
      return (float) FLOAT.get(data, at);
    }
  },

  /** IEEE 754 half precision, little endian: rounded to nearest even, see {@link Half}. */
  FP16(1, 2) {
    @Override
    void put(byte[] out, int at, float value) {
      SHORT.set(out, at, Half.fromFloat(value));
    }

    @Override
    float get(byte[] data, int at) {
      return Half.toFloat((short) SHORT.get(data, at));
    }
  };

  private static final VarHandle FLOAT =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private final int id;
  private final int bytesPerValue;

  RowCodec(int id, int bytesPerValue) {
    this.id = id;
    this.bytesPerValue = bytesPerValue;
  }

  abstract void put(byte[] out, int at, float value);

  abstract float get(byte[] data, int at);

  /** The id in {@code RowUpdate.codec}. */
  public int id() {
    return id;
  }

  /**
   * @throws IllegalArgumentException if no codec has this id
   */
  public static RowCodec byId(int id) {
    for (RowCodec codec : values()) {
      if (codec.id == id) {
        return codec;
      }
    }
    throw new IllegalArgumentException("row codec id: " + id + ", expected 0 (fp32) or 1 (fp16)");
  }

  /** Encodes {@code values[offset .. offset + width)}. */
  public byte[] encode(float[] values, int offset, int width) {
    byte[] out = new byte[width * bytesPerValue];
    for (int i = 0; i < width; i++) {
      put(out, i * bytesPerValue, values[offset + i]);
    }
    return out;
  }

  /**
   * Decodes a row into {@code out[offset .. offset + width)}.
   *
   * @throws IllegalArgumentException if {@code data} is not exactly {@code width} values long
   */
  public void decode(byte[] data, float[] out, int offset, int width) {
    if (data.length != width * bytesPerValue) {
      throw new IllegalArgumentException(
          "row data: "
              + data.length
              + " bytes, expected "
              + width * bytesPerValue
              + " ("
              + width
              + " values in "
              + this
              + ")");
    }
    for (int i = 0; i < width; i++) {
      out[offset + i] = get(data, i * bytesPerValue);
    }
  }

  /** As {@link #decode(byte[], float[], int, int)}; the buffer's position does not move. */
  public void decode(ByteBuffer data, float[] out, int offset, int width) {
    byte[] bytes = new byte[data.remaining()];
    data.duplicate().get(bytes);
    decode(bytes, out, offset, width);
  }
}
