package io.millrace.embedding;

/**
 * Conversion between fp32 and IEEE 754 binary16 (1 sign, 5 exponent, 10 fraction bits); the JDK has
 * it from 20 on only.
 */
final class Half {
  private Half() {}

  /** Exact. */
  static float toFloat(short half) {
    int sign = (half & 0x8000) << 16;
    int magnitude = half & 0x7FFF;
    if (magnitude >= 0x400 && magnitude < 0x7C00) { // the exponent's bias is 112 less
      return Float.intBitsToFloat(sign | (magnitude + (112 << 10)) << 13);
    }
    return outsideNormal(sign, magnitude);
  }

  private static float outsideNormal(int sign, int magnitude) {
    if (magnitude >= 0x7C00) { // infinite or not a number
      return Float.intBitsToFloat(sign | 0x7F800000 | magnitude << 13);
    }
    return Float.intBitsToFloat(sign | Float.floatToRawIntBits(magnitude * 0x1p-24f));
  }

  /** Rounds to nearest, ties to even; overflows to infinity, keeps NaN a (quiet) NaN. */
  static short fromFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = (bits >>> 16) & 0x8000;
    int magnitude = bits & 0x7FFFFFFF;
    if (magnitude >= 0x7F800000) {
      boolean nan = magnitude > 0x7F800000;
      return (short) (sign | 0x7C00 | (nan ? 0x200 | ((magnitude >>> 13) & 0x3FF) : 0));
    }
    if (magnitude < 0x38800000) { // below 2^-14: subnormal, in units of 2^-24
      // scaling by 2^24 is exact, and rint rounds ties to even; 1024 is the smallest normal number
      return (short) (sign | (int) Math.rint(Float.intBitsToFloat(magnitude) * 0x1p24));
    }
    // rebias, then round off 13 bits; a carry runs into the exponent, which is what rounding means
    int rounded = magnitude - (112 << 23) + 0xFFF + ((magnitude >>> 13) & 1);
    return (short) (sign | Math.min(rounded >>> 13, 0x7C00));
  }

  /** The same with a rounding of choice; what is finite to the nearest stays finite. */
  static short fromFloat(float value, Rounding rounding) {
    if (rounding == Rounding.NEAREST) {
      return fromFloat(value);
    }
    float unit = unit(value);
    short half = fromFloat((float) (rounding.round((double) value / unit) * unit));
    return (half & 0x7FFF) == 0x7C00 ? fromFloat(value) : half;
  }

  /** The distance of neighbouring numbers at a value. */
  static float unit(float value) {
    return Math.scalb(1f, Math.max(Math.getExponent(value), -14) - 10);
  }
}
