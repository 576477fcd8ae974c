package io.millrace.embedding;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * How a whole row becomes bytes: as it is shipped, stored, and held by a server. Ids are part of
 * the published format and never reused. Numbers are little endian.
 *
 * <p>The integer formats keep a step for each row: the largest magnitude / 127 or / 7, rounded up
 * to bfloat16 (the upper half of an fp32). A value is its integer times the step, which is exact in
 * fp32. So the error is half a step at most, and values of very different sizes in one row cost the
 * small ones their digits.
 */
public enum RowFormat {
  /** 4 bytes a value: IEEE 754 single precision, exact. */
  FP32(0) {
    @Override
    public int bytes(int width) {
      return width * Float.BYTES;
    }

    @Override
    public float errorBound(float largest) {
      return 0;
    }

    @Override
    void write(
        float[] values, int offset, int width, Rounding rounding, byte[] out, int at, float big) {
      for (int i = 0; i < width; i++) {
        FLOAT.set(out, at + i * Float.BYTES, values[offset + i]);
      }
    }

    @Override
    void add(byte[] row, int at, int width, float weight, float[] out, int offset) {
      for (int i = 0; i < width; i++) {
        out[offset + i] += weight * (float) FLOAT.get(row, at + i * Float.BYTES);
      }
    }

    @Override
    void get(byte[] row, int at, int width, float weight, float[] out, int offset) {
      for (int i = 0; i < width; i++) {
        out[offset + i] = weight * (float) FLOAT.get(row, at + i * Float.BYTES);
      }
    }
  },

  /** 2 bytes a value: IEEE 754 half precision, see {@link Half}; from 65,520 on infinite. */
  FP16(1) {
    @Override
    public int bytes(int width) {
      return width * Short.BYTES;
    }

    @Override
    public float errorBound(float largest) {
      return largest >= 65_520 ? Float.POSITIVE_INFINITY : Half.unit(largest) / 2;
    }

    @Override
    void write(
        float[] values, int offset, int width, Rounding rounding, byte[] out, int at, float big) {
      for (int i = 0; i < width; i++) {
        SHORT.set(out, at + i * Short.BYTES, Half.fromFloat(values[offset + i], rounding));
      }
    }

    @Override
    void add(byte[] row, int at, int width, float weight, float[] out, int offset) {
      for (int i = 0; i < width; i++) {
        out[offset + i] += weight * Half.toFloat((short) SHORT.get(row, at + i * Short.BYTES));
      }
    }

    @Override
    void get(byte[] row, int at, int width, float weight, float[] out, int offset) {
      for (int i = 0; i < width; i++) {
        out[offset + i] = weight * Half.toFloat((short) SHORT.get(row, at + i * Short.BYTES));
      }
    }
  },

  /** 1 byte a value and 2 a row: the step; integers from -127 to 127. */
  INT8(2) {
    @Override
    public int bytes(int width) {
      return Short.BYTES + width;
    }

    @Override
    public float errorBound(float largest) {
      return RowStep.errorBound(largest, 127);
    }

    @Override
    void write(
        float[] values, int offset, int width, Rounding rounding, byte[] out, int at, float big) {
      short code = RowStep.code(big, 127);
      SHORT.set(out, at, code);
      float step = RowStep.of(code);
      int first = at + Short.BYTES;
      for (int i = 0; i < width; i++) {
        out[first + i] = (byte) RowStep.quantize(values[offset + i], step, -127, 127, rounding);
      }
    }

    @Override
    void add(byte[] row, int at, int width, float weight, float[] out, int offset) {
      float step = weight * RowStep.of((short) SHORT.get(row, at));
      int first = at + Short.BYTES;
      for (int i = 0; i < width; i++) {
        out[offset + i] += step * row[first + i];
      }
    }

    @Override
    void get(byte[] row, int at, int width, float weight, float[] out, int offset) {
      float step = weight * RowStep.of((short) SHORT.get(row, at));
      int first = at + Short.BYTES;
      for (int i = 0; i < width; i++) {
        out[offset + i] = step * row[first + i];
      }
    }
  },

  /**
   * Half a byte a value and 2 a row: the step; integers from -7 to 7 in two's complement. The first
   * of two values is in the lower half of their byte; the last upper half may be unused, and is 0.
   */
  INT4(3) {
    @Override
    public int bytes(int width) {
      return Short.BYTES + (width + 1) / 2;
    }

    @Override
    public float errorBound(float largest) {
      return RowStep.errorBound(largest, 7);
    }

    @Override
    void write(
        float[] values, int offset, int width, Rounding rounding, byte[] out, int at, float big) {
      short code = RowStep.code(big, 7);
      SHORT.set(out, at, code);
      float step = RowStep.of(code);
      int first = at + Short.BYTES;
      for (int i = 0; i < width; i += 2) {
        int low = RowStep.quantize(values[offset + i], step, -7, 7, rounding);
        int high =
            i + 1 == width ? 0 : RowStep.quantize(values[offset + i + 1], step, -7, 7, rounding);
        out[first + i / 2] = (byte) ((low & 0xF) | high << 4);
      }
    }

    @Override
    void add(byte[] row, int at, int width, float weight, float[] out, int offset) {
      float step = weight * RowStep.of((short) SHORT.get(row, at));
      int from = at + Short.BYTES;
      int even = width & ~1;
      for (int i = 0; i < even; i += 2, from++) {
        int pair = row[from];
        out[offset + i] += step * (pair << 28 >> 28);
        out[offset + i + 1] += step * (pair >> 4);
      }
      if (even < width) {
        out[offset + even] += step * (row[from] << 28 >> 28);
      }
    }

    @Override
    void get(byte[] row, int at, int width, float weight, float[] out, int offset) {
      float step = weight * RowStep.of((short) SHORT.get(row, at));
      int from = at + Short.BYTES;
      int even = width & ~1;
      for (int i = 0; i < even; i += 2, from++) {
        int pair = row[from];
        out[offset + i] = step * (pair << 28 >> 28);
        out[offset + i + 1] = step * (pair >> 4);
      }
      if (even < width) {
        out[offset + even] = step * (row[from] << 28 >> 28);
      }
    }
  };

  private static final VarHandle FLOAT =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  private final int id;

  RowFormat(int id) {
    this.id = id;
  }

  /** The id in {@code RowUpdate.codec}. */
  public int id() {
    return id;
  }

  /**
   * @throws IllegalArgumentException if no format has this id
   */
  public static RowFormat byId(int id) {
    for (RowFormat format : values()) {
      if (format.id == id) {
        return format;
      }
    }
    throw new IllegalArgumentException(
        "row format id: " + id + ", expected 0 (fp32), 1 (fp16), 2 (int8) or 3 (int4)");
  }

  /** Bytes of a row of {@code width} values. */
  public abstract int bytes(int width);

  /**
   * The most that a value can change by being encoded to the nearest and decoded; twice as much
   * with stochastic rounding.
   *
   * @param largest magnitude of the row's values, finite
   */
  public abstract float errorBound(float largest);

  /**
   * @param big the largest magnitude; NaN or infinite if a value is not finite
   */
  abstract void write(
      float[] values, int offset, int width, Rounding rounding, byte[] out, int at, float big);

  /** Adds {@code weight} times the row that starts at {@code row[at]} to {@code out[offset ..]}. */
  abstract void add(byte[] row, int at, int width, float weight, float[] out, int offset);

  /** Sets {@code out[offset ..]} to {@code weight} times the row that starts at {@code row[at]}. */
  abstract void get(byte[] row, int at, int width, float weight, float[] out, int offset);

  /**
   * Encodes {@code values[offset .. offset + width)} to {@code out[at .. at + bytes(width))}.
   *
   * @throws IllegalArgumentException if a value is not finite, and the format is an integer one
   */
  public void encode(float[] values, int offset, int width, Rounding rounding, byte[] out, int at) {
    float largest = largest(values, offset, width);
    if (!(largest < Float.POSITIVE_INFINITY) && isInteger()) {
      throw new IllegalArgumentException(
          "row of %d values: its largest magnitude is %s, expected a finite number for %s"
              .formatted(width, largest, this));
    }
    write(values, offset, width, rounding, out, at, largest);
  }

  /** Encodes {@code values[offset .. offset + width)} to the nearest. */
  public byte[] encode(float[] values, int offset, int width) {
    byte[] out = new byte[bytes(width)];
    encode(values, offset, width, Rounding.NEAREST, out, 0);
    return out;
  }

  /**
   * As {@link #encode}, to the nearest, for who must pass faults on: a row with a value that is not
   * finite is NaN throughout in an integer format.
   */
  void encodeFaultsToo(float[] values, int offset, int width, byte[] out, int at) {
    write(values, offset, width, Rounding.NEAREST, out, at, largest(values, offset, width));
  }

  /**
   * Decodes a row into {@code out[offset .. offset + width)}.
   *
   * @throws IllegalArgumentException if {@code data} is not exactly {@code width} values long
   */
  public void decode(byte[] data, float[] out, int offset, int width) {
    check(data, width);
    get(data, 0, width, 1, out, offset);
  }

  void check(byte[] data, int width) {
    if (data.length != bytes(width)) {
      throw new IllegalArgumentException(
          "row data: %d bytes, expected %d (%d values in %s)"
              .formatted(data.length, bytes(width), width, this));
    }
  }

  private boolean isInteger() {
    return this == INT8 || this == INT4;
  }

  /** NaN if one is NaN. */
  private static float largest(float[] values, int offset, int width) {
    float largest = 0;
    for (int i = offset; i < offset + width; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    return largest;
  }
}
