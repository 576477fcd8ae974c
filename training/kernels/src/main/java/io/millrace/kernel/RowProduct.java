package io.millrace.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Products of rows by rows, {@link Kernels#multiplyRows}: four rows of B at a time, two vectors of
 * each, so that eight sums are under way at once.
 */
final class RowProduct {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private RowProduct() {}

  static void multiply(
      int m,
      int n,
      int k,
      float[] a,
      int ao,
      int ai,
      float[] b,
      int bo,
      int bj,
      float[] d,
      int d0,
      int di,
      float[] c,
      int co,
      int ci) {
    int j = 0;
    for (; j + 4 <= n; j += 4) {
      for (int i = 0; i < m; i++) {
        four(k, a, ao + i * ai, b, bo + j * bj, bj, d, d0 + i * di + j, c, co + i * ci + j);
      }
    }
    for (; j < n; j++) {
      for (int i = 0; i < m; i++) {
        one(k, a, ao + i * ai, b, bo + j * bj, d, d0 + i * di + j, c, co + i * ci + j);
      }
    }
  }

  private static void four(
      int k, float[] a, int ao, float[] b, int b0, int bj, float[] d, int d0, float[] c, int co) {
    int b1 = b0 + bj;
    int b2 = b1 + bj;
    int b3 = b2 + bj;
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = FloatVector.zero(SPECIES);
    FloatVector s2 = FloatVector.zero(SPECIES);
    FloatVector s3 = FloatVector.zero(SPECIES);
    FloatVector t0 = FloatVector.zero(SPECIES);
    FloatVector t1 = FloatVector.zero(SPECIES);
    FloatVector t2 = FloatVector.zero(SPECIES);
    FloatVector t3 = FloatVector.zero(SPECIES);
    int p = 0;
    for (; p + 2 * LANES <= k; p += 2 * LANES) {
      FloatVector x = FloatVector.fromArray(SPECIES, a, ao + p);
      s0 = x.fma(FloatVector.fromArray(SPECIES, b, b0 + p), s0);
      s1 = x.fma(FloatVector.fromArray(SPECIES, b, b1 + p), s1);
      s2 = x.fma(FloatVector.fromArray(SPECIES, b, b2 + p), s2);
      s3 = x.fma(FloatVector.fromArray(SPECIES, b, b3 + p), s3);
      FloatVector y = FloatVector.fromArray(SPECIES, a, ao + p + LANES);
      t0 = y.fma(FloatVector.fromArray(SPECIES, b, b0 + p + LANES), t0);
      t1 = y.fma(FloatVector.fromArray(SPECIES, b, b1 + p + LANES), t1);
      t2 = y.fma(FloatVector.fromArray(SPECIES, b, b2 + p + LANES), t2);
      t3 = y.fma(FloatVector.fromArray(SPECIES, b, b3 + p + LANES), t3);
    }
    if (p + LANES <= k) {
      FloatVector x = FloatVector.fromArray(SPECIES, a, ao + p);
      s0 = x.fma(FloatVector.fromArray(SPECIES, b, b0 + p), s0);
      s1 = x.fma(FloatVector.fromArray(SPECIES, b, b1 + p), s1);
      s2 = x.fma(FloatVector.fromArray(SPECIES, b, b2 + p), s2);
      s3 = x.fma(FloatVector.fromArray(SPECIES, b, b3 + p), s3);
      p += LANES;
    }
    float r0 = s0.add(t0).reduceLanes(VectorOperators.ADD);
    float r1 = s1.add(t1).reduceLanes(VectorOperators.ADD);
    float r2 = s2.add(t2).reduceLanes(VectorOperators.ADD);
    float r3 = s3.add(t3).reduceLanes(VectorOperators.ADD);
    for (; p < k; p++) {
      float x = a[ao + p];
      r0 += x * b[b0 + p];
      r1 += x * b[b1 + p];
      r2 += x * b[b2 + p];
      r3 += x * b[b3 + p];
    }
    c[co] = d[d0] + r0;
    c[co + 1] = d[d0 + 1] + r1;
    c[co + 2] = d[d0 + 2] + r2;
    c[co + 3] = d[d0 + 3] + r3;
  }

  private static void one(
      int k, float[] a, int ao, float[] b, int b0, float[] d, int d0, float[] c, int co) {
    FloatVector s = FloatVector.zero(SPECIES);
    int p = 0;
    for (; p + LANES <= k; p += LANES) {
      s =
          FloatVector.fromArray(SPECIES, a, ao + p)
              .fma(FloatVector.fromArray(SPECIES, b, b0 + p), s);
    }
    float r = s.reduceLanes(VectorOperators.ADD);
    for (; p < k; p++) {
      r += a[ao + p] * b[b0 + p];
    }
    c[co] = d[d0] + r;
  }
}
