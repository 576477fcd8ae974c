package io.millrace.world;

import io.millrace.bits.SplitMix64;

/**
 * Random numbers that are pure functions of their keys: the same seed gives the same market at the
 * same time, so that a world needs no stored state to go on after a restart.
 */
final class Noise {
  private static final long OTHER = 0xD1B54A32D192ED03L;

  private Noise() {}

  /** A 64-bit hash of the keys. */
  static long hash(long seed, long a, long b) {
    return SplitMix64.mix(SplitMix64.mix(SplitMix64.mix(seed) + a * SplitMix64.GOLDEN) + b * OTHER);
  }

  /** Uniform in (0, 1). */
  static double uniform(long seed, long a, long b) {
    return ((hash(seed, a, b) >>> 11) + 0.5) * 0x1p-53;
  }

  /** Standard normal (Box and Muller, 1958). */
  static double gaussian(long seed, long a, long b) {
    double radius = Math.sqrt(-2 * Math.log(uniform(seed, a, b)));
    return radius * Math.cos(2 * Math.PI * uniform(~seed, a, b));
  }

  /**
   * A smooth walk over time with mean 0 and variance 1: independent normals one {@code
   * periodMillis} apart, blended between. Values a period or more apart share at most one normal.
   *
   * @param key which walk; walks of different keys are independent and turn at different times
   */
  static double wander(long seed, long key, long timeMillis, long periodMillis) {
    long shifted = timeMillis + Math.floorMod(hash(seed, key, -1), periodMillis);
    long knot = Math.floorDiv(shifted, periodMillis);
    double x = (double) Math.floorMod(shifted, periodMillis) / periodMillis;
    double f = x * x * (3 - 2 * x);
    double blend = gaussian(seed, key, knot) * (1 - f) + gaussian(seed, key, knot + 1) * f;
    return blend / Math.sqrt((1 - f) * (1 - f) + f * f);
  }
}
