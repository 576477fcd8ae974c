package io.millrace.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Elementary functions on vectors, by range reduction and the minimax polynomials of Moshier's
 * Cephes library (expf, logf); the JDK's own lanewise forms are calls per lane on JDK 17.
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

  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  private VectorMath() {}

  private static FloatVector all(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  /** {@code e^x}, to 2 ulp; x is cut to ±87. */
  static FloatVector exp(FloatVector any) {
    FloatVector x = any.max(-LIMIT).min(LIMIT);
    FloatVector shifted = x.fma(all(LOG2_E), all(ROUNDER));
    FloatVector n = shifted.sub(ROUNDER);
    FloatVector r = n.fma(all(-LN2_HIGH), x);
    r = n.fma(all(-LN2_LOW), r);
    FloatVector p = r.fma(all(1.9875691500e-4f), all(1.3981999507e-3f));
    p = p.fma(r, all(8.3334519073e-3f));
    p = p.fma(r, all(4.1665795894e-2f));
    p = p.fma(r, all(1.6666665459e-1f));
    p = p.fma(r, all(5.0000001201e-1f));
    FloatVector value = p.fma(r.mul(r), r).add(1);
    IntVector power = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23);
    return value.reinterpretAsInts().add(power).reinterpretAsFloats();
  }

  /** {@code ln x} of a positive normal number, to 1e-7 absolutely and relatively. */
  static FloatVector log(FloatVector x) {
    IntVector bits = x.reinterpretAsInts();
    IntVector exponent = bits.lanewise(VectorOperators.LSHR, 23).sub(126);
    FloatVector mantissa = bits.and(MANTISSA).or(HALF_BITS).reinterpretAsFloats();
    // below √½ it is doubled, and the exponent one less
    VectorMask<Float> small = mantissa.compare(VectorOperators.LT, ROOT_HALF);
    FloatVector e = exponent.add(ROUNDER_BITS).reinterpretAsFloats().sub(ROUNDER);
    e = e.blend(e.sub(1), small);
    FloatVector r = mantissa.blend(mantissa.add(mantissa), small).sub(1);
    FloatVector p = r.mul(7.0376836292e-2f).add(-1.1514610310e-1f);
    p = p.mul(r).add(1.1676998740e-1f);
    p = p.mul(r).add(-1.2420140846e-1f);
    p = p.mul(r).add(1.4249322787e-1f);
    p = p.mul(r).add(-1.6668057665e-1f);
    p = p.mul(r).add(2.0000714765e-1f);
    p = p.mul(r).add(-2.4999993993e-1f);
    p = p.mul(r).add(3.3333331174e-1f);
    FloatVector square = r.mul(r);
    FloatVector rest = p.mul(r).mul(square).add(e.mul(LN2_LOW)).sub(square.mul(0.5f));
    return r.add(rest).add(e.mul(LN2_HIGH));
  }
}
