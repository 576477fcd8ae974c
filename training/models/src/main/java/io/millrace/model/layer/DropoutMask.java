package io.millrace.model.layer;

import io.millrace.bits.SplitMix64;
import java.nio.FloatBuffer;

/**
 * Which units drop out: a pure function of a seed. The value at place i is 0 if 16 bits of a
 * counter-based hash fall below {@code rate · 2^16}, and {@code 1 / (1 − rate)} otherwise, so that
 * a unit's mean stays (Srivastava et al., "Dropout", JMLR 2014, section 10, in its inverted form).
 * One hash makes four places.
 */
public final class DropoutMask {
  private static final int CHUNK = 1024;

  private DropoutMask() {}

  /**
   * Writes a mask of {@code size} values from the buffer's position on.
   *
   * @param rate share of units that drop out, in [0, 1)
   */
  public static void fill(FloatBuffer mask, int size, long seed, float rate) {
    float[] chunk = new float[CHUNK];
    for (int from = 0; from < size; from += CHUNK) {
      int count = Math.min(CHUNK, size - from);
      fill(chunk, from, count, seed, rate);
      mask.put(chunk, 0, count);
    }
  }

  /**
   * Writes the places {@code first} to {@code first + size - 1} of a mask to {@code mask[0 ..
   * size)}.
   *
   * @param first a multiple of 4
   */
  public static void fill(float[] mask, int first, int size, long seed, float rate) {
    int threshold = Math.round(rate * (1 << 16));
    int kept = Float.floatToRawIntBits(1 / (1 - rate));
    long state = SplitMix64.mix(seed) + first / 4 * SplitMix64.GOLDEN;
    int whole = size & -4;
    for (int i = 0; i < whole; i += 4) {
      state += SplitMix64.GOLDEN;
      long bits = SplitMix64.mix(state);
      mask[i] = value(bits, threshold, kept);
      mask[i + 1] = value(bits >>> 16, threshold, kept);
      mask[i + 2] = value(bits >>> 32, threshold, kept);
      mask[i + 3] = value(bits >>> 48, threshold, kept);
    }
    long bits = SplitMix64.mix(state + SplitMix64.GOLDEN);
    for (int i = whole; i < size; i++) {
      mask[i] = value(bits >>> (i - whole) * 16, threshold, kept);
    }
  }

  /** By the lowest 16 bits. Without a branch, which no predictor would foresee. */
  private static float value(long bits, int threshold, int kept) {
    int drawn = (int) bits & 0xFFFF;
    return Float.intBitsToFloat(kept & (threshold - 1 - drawn) >> 31);
  }

  /** A seed for the n-th mask of a step. */
  public static long seed(long stepSeed, int n) {
    return SplitMix64.mix(stepSeed + n * SplitMix64.GOLDEN);
  }
}
