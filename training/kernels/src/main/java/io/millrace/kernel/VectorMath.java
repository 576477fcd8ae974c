package io.millrace.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Elementary functions of arrays, by range reduction and polynomials: those of Moshier's Cephes
 * library (expf, logf), and for softmax one in powers of two, whose arguments need no reduction by
 * a rounded logarithm. The JDK's own lanewise forms are calls per lane on JDK 17.
 */
final class VectorMath {
  private static final float LIMIT = 87;
  private static final float LOG2_E = 1.44269504f;
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;

  /** 1.5 · 2^23: adding it rounds to an integer, which then is in the lowest bits. */
  private static final float ROUNDER = 12582912;

  private static final int ROUNDER_BITS = 0x4B400000;
  private static final int MANTISSA = 0x7FFFFF;
  private static final int HALF_BITS = 0x3F000000;
  private static final float ROOT_HALF = 0.707106781f;

  /** Bits of a float but its sign. */
  private static final int MAGNITUDE = 0x7FFFFFFF;

  /** Bits of 60, whose power and the sum of many such are far from overflow. */
  private static final int NEAR_BITS = 0x42700000;

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private VectorMath() {}

  /** {@code x ← e^(factor · x)}, to 2 ulp; the exponent is cut to ±87. */
  static void exp(float[] values, int from, int n, float factor) {
    FloatVector limit = FloatVector.broadcast(SPECIES, LIMIT);
    FloatVector least = FloatVector.broadcast(SPECIES, -LIMIT);
    FloatVector log2e = FloatVector.broadcast(SPECIES, LOG2_E);
    FloatVector rounder = FloatVector.broadcast(SPECIES, ROUNDER);
    FloatVector high = FloatVector.broadcast(SPECIES, -LN2_HIGH);
    FloatVector low = FloatVector.broadcast(SPECIES, -LN2_LOW);
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    FloatVector p5 = FloatVector.broadcast(SPECIES, 1.9875691500e-4f);
    FloatVector p4 = FloatVector.broadcast(SPECIES, 1.3981999507e-3f);
    FloatVector p3 = FloatVector.broadcast(SPECIES, 8.3334519073e-3f);
    FloatVector p2 = FloatVector.broadcast(SPECIES, 4.1665795894e-2f);
    FloatVector p1 = FloatVector.broadcast(SPECIES, 1.6666665459e-1f);
    FloatVector p0 = FloatVector.broadcast(SPECIES, 5.0000001201e-1f);
    for (int i = from; i < from + n; i += LANES) {
      FloatVector x = FloatVector.fromArray(SPECIES, values, i).mul(factor);
      x = x.max(least).min(limit);
      FloatVector shifted = x.fma(log2e, rounder);
      FloatVector power = shifted.sub(rounder);
      FloatVector r = power.fma(low, power.fma(high, x));
      FloatVector p = r.fma(p5, p4).fma(r, p3).fma(r, p2).fma(r, p1).fma(r, p0);
      FloatVector value = p.fma(r.mul(r), r).add(one);
      IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
      value.reinterpretAsInts().add(exponent).reinterpretAsFloats().intoArray(values, i);
    }
  }

  /** {@code x ← ln x} of positive normal numbers, to 1e-7 absolutely and relatively. */
  static void log(float[] values, int from, int n) {
    FloatVector rootHalf = FloatVector.broadcast(SPECIES, ROOT_HALF);
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    FloatVector rounder = FloatVector.broadcast(SPECIES, ROUNDER);
    FloatVector half = FloatVector.broadcast(SPECIES, -0.5f);
    FloatVector high = FloatVector.broadcast(SPECIES, LN2_HIGH);
    FloatVector low = FloatVector.broadcast(SPECIES, LN2_LOW);
    FloatVector p8 = FloatVector.broadcast(SPECIES, 7.0376836292e-2f);
    FloatVector p7 = FloatVector.broadcast(SPECIES, -1.1514610310e-1f);
    FloatVector p6 = FloatVector.broadcast(SPECIES, 1.1676998740e-1f);
    FloatVector p5 = FloatVector.broadcast(SPECIES, -1.2420140846e-1f);
    FloatVector p4 = FloatVector.broadcast(SPECIES, 1.4249322787e-1f);
    FloatVector p3 = FloatVector.broadcast(SPECIES, -1.6668057665e-1f);
    FloatVector p2 = FloatVector.broadcast(SPECIES, 2.0000714765e-1f);
    FloatVector p1 = FloatVector.broadcast(SPECIES, -2.4999993993e-1f);
    FloatVector p0 = FloatVector.broadcast(SPECIES, 3.3333331174e-1f);
    for (int i = from; i < from + n; i += LANES) {
      IntVector bits = FloatVector.fromArray(SPECIES, values, i).reinterpretAsInts();
      IntVector exponent = bits.lanewise(VectorOperators.LSHR, 23).add(ROUNDER_BITS - 126);
      FloatVector mantissa = bits.and(MANTISSA).or(HALF_BITS).reinterpretAsFloats();
      // below √½ it is doubled, and the exponent one less
      VectorMask<Float> small = mantissa.compare(VectorOperators.LT, rootHalf);
      FloatVector e = exponent.reinterpretAsFloats().sub(rounder);
      e = e.blend(e.sub(one), small);
      FloatVector r = mantissa.blend(mantissa.add(mantissa), small).sub(one);
      FloatVector p = r.fma(p8, p7).fma(r, p6).fma(r, p5).fma(r, p4);
      p = p.fma(r, p3).fma(r, p2).fma(r, p1).fma(r, p0);
      FloatVector square = r.mul(r);
      FloatVector rest = square.fma(half, e.mul(low));
      rest = p.mul(r).fma(square, rest);
      e.fma(high, r.add(rest)).intoArray(values, i);
    }
  }

  /**
   * Softmax down as many columns as a vector has lanes. Powers are {@code 2^(x · log₂e)}, to 1e-6
   * of each. Columns with a value far from zero have their maximum subtracted before, so that no
   * power overflows.
   */
  static void softmax(float[] x, int from, int end, int stride) {
    // magnitudes are compared as integers: a maximum of floats takes six instructions
    IntVector largest = IntVector.zero(INTS);
    IntVector largest1 = largest;
    int two = from;
    for (; two + stride < end; two += 2 * stride) {
      FloatVector x0 = FloatVector.fromArray(SPECIES, x, two);
      FloatVector x1 = FloatVector.fromArray(SPECIES, x, two + stride);
      largest = largest.max(x0.reinterpretAsInts().and(MAGNITUDE));
      largest1 = largest1.max(x1.reinterpretAsInts().and(MAGNITUDE));
    }
    if (two < end) {
      FloatVector x0 = FloatVector.fromArray(SPECIES, x, two);
      largest = largest.max(x0.reinterpretAsInts().and(MAGNITUDE));
    }
    if (largest.max(largest1).compare(VectorOperators.GT, NEAR_BITS).anyTrue()) {
      subtractMaximum(x, from, end, stride);
    }
    FloatVector log2e = FloatVector.broadcast(SPECIES, LOG2_E);
    FloatVector rounder = FloatVector.broadcast(SPECIES, ROUNDER);
    // a polynomial of 2^x in [-½, ½], to 2e-7
    FloatVector p5 = FloatVector.broadcast(SPECIES, 1.32647273e-3f);
    FloatVector p4 = FloatVector.broadcast(SPECIES, 9.67151299e-3f);
    FloatVector p3 = FloatVector.broadcast(SPECIES, 5.55073358e-2f);
    FloatVector p2 = FloatVector.broadcast(SPECIES, 2.40222424e-1f);
    FloatVector p1 = FloatVector.broadcast(SPECIES, 6.93147004e-1f);
    FloatVector one = FloatVector.broadcast(SPECIES, 1);
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int at = from; at < end; at += stride) {
      FloatVector value = FloatVector.fromArray(SPECIES, x, at);
      FloatVector shifted = value.fma(log2e, rounder);
      FloatVector r = value.fma(log2e, rounder.sub(shifted));
      FloatVector p = r.fma(p5, p4).fma(r, p3).fma(r, p2).fma(r, p1).fma(r, one);
      IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
      FloatVector share = p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
      share.intoArray(x, at);
      sum = sum.add(share);
    }
    FloatVector factor = one.div(sum);
    for (int at = from; at < end; at += stride) {
      FloatVector.fromArray(SPECIES, x, at).mul(factor).intoArray(x, at);
    }
  }

  /** {@code x ← x − max}, cut where the power is the least that is a normal number. */
  private static void subtractMaximum(float[] x, int from, int end, int stride) {
    FloatVector max = FloatVector.fromArray(SPECIES, x, from);
    FloatVector max1 = max;
    FloatVector max2 = max;
    FloatVector max3 = max;
    int four = from;
    // four at a time: a maximum waits for the one before it
    for (; four + 3 * stride < end; four += 4 * stride) {
      max = max.max(FloatVector.fromArray(SPECIES, x, four));
      max1 = max1.max(FloatVector.fromArray(SPECIES, x, four + stride));
      max2 = max2.max(FloatVector.fromArray(SPECIES, x, four + 2 * stride));
      max3 = max3.max(FloatVector.fromArray(SPECIES, x, four + 3 * stride));
    }
    for (; four < end; four += stride) {
      max = max.max(FloatVector.fromArray(SPECIES, x, four));
    }
    max = max.max(max1).max(max2.max(max3));
    FloatVector least = FloatVector.broadcast(SPECIES, -LIMIT);
    for (int at = from; at < end; at += stride) {
      FloatVector.fromArray(SPECIES, x, at).sub(max).max(least).intoArray(x, at);
    }
  }
}
