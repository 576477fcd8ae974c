package io.millrace.bits;

/**
 * The generator SplitMix64 as a pure function (Steele, Lea and Flood, OOPSLA 2014): its n-th number
 * from a seed is {@code mix(seed + n * GOLDEN)}.
 */
public final class SplitMix64 {
  /** 2^64 over the golden ratio, odd: the step between two states. */
  public static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private SplitMix64() {}

  /** A bijection whose every output bit depends on every input bit. */
  public static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** The bits, unsigned, as a number in [0, n): {@code high64(bits * n)}, for n above 0. */
  public static long below(long bits, long n) {
    // Math.unsignedMultiplyHigh is JDK 18
    return Math.multiplyHigh(bits, n) + ((bits >> 63) & n);
  }

  /** The highest 53 bits as a number in [0, 1). */
  public static double unit(long bits) {
    return (bits >>> 11) * 0x1p-53;
  }
}
