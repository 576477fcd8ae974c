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
    int code = Float.floatToRawIntBits(largest / limit) >>> 16;
    if (limit * of((short) code) < largest) {
      code++; // may carry into the exponent, as it should
    }
    return (short) (Float.isInfinite(limit * of((short) code)) ? code - 1 : code);
  }

  /** {@code round(value / step)}, or the nearer of {@code low} and {@code high} beyond them. */
  static int quantize(float value, float step, int low, int high, Rounding rounding) {
    if (!(step > 0)) {
      return 0;
    }
    return (int) Math.max(low, Math.min(high, rounding.round((double) value / step)));
  }

  /** Half a step: even where {@code limit} steps are less than the largest fp32. */
  static float errorBound(float largest, int limit) {
    return of(code(largest, limit)) / 2;
  }
}
