package io.millrace.embedding;

/**
 * The step between neighbouring integers of a row, a bfloat16. Integers of 8 bits times a step of 8
 * significant bits are exact in fp32.
 */
final class RowStep {
  private static final short NOT_A_NUMBER = 0x7FC0;

  private RowStep() {}

  static float of(short code) {
    return Float.intBitsToFloat(code << 16);
  }

  /**
   * The least step by which {@code limit} reaches the largest magnitude; the one below where {@code
   * limit} steps would be infinite. NaN if the magnitude is not finite.
   */
  static short code(float largest, int limit) {
    if (!(largest < Float.POSITIVE_INFINITY)) {
      return NOT_A_NUMBER;
    }
    // The quotient is rounded once; one bfloat16 up is 2^16 bits up, and carries into the exponent.
    int up = (Float.floatToRawIntBits(largest / limit) + 0xFFFF) >>> 16;
    if (up > 0 && limit * of((short) (up - 1)) >= largest) {
      up--;
    }
    if (limit * of((short) up) < largest) {
      up++;
    }
    return (short) (Float.isInfinite(limit * of((short) up)) ? up - 1 : up);
  }

  /** {@code round(value / step)}, or the nearer of {@code low} and {@code high} beyond them. */
  static int quantize(float value, float step, int low, int high, Rounding rounding) {
    if (!(step > 0)) {
      return 0;
    }
    return (int) Math.max(low, Math.min(high, rounding.round((double) value / step)));
  }

  /** Half a step, or what the largest magnitude is beyond the last step. */
  static float errorBound(float largest, int limit) {
    float step = of(code(largest, limit));
    return Math.max(step / 2, largest - limit * step);
  }
}
