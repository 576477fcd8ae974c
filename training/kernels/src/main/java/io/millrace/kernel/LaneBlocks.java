package io.millrace.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Blocks of as many products of matrices as a vector has lanes, by rows and columns of the results,
 * with the arguments of {@link Kernels#multiplyLanes}. Every register is a local variable of its
 * own, as in {@link ProductBlocks}.
 */
final class LaneBlocks {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  private LaneBlocks() {}

  static void block3x8(
      int k,
      float[] a,
      int ao,
      int am,
      int ak,
      float[] b,
      int bo,
      int bn,
      int bk,
      float[] d,
      int d0,
      int dm,
      int dn,
      float[] c,
      int co,
      int cm,
      int cn) {
    FloatVector c00 = FloatVector.zero(SPECIES);
    FloatVector c01 = FloatVector.zero(SPECIES);
    FloatVector c02 = FloatVector.zero(SPECIES);
    FloatVector c03 = FloatVector.zero(SPECIES);
    FloatVector c04 = FloatVector.zero(SPECIES);
    FloatVector c05 = FloatVector.zero(SPECIES);
    FloatVector c06 = FloatVector.zero(SPECIES);
    FloatVector c07 = FloatVector.zero(SPECIES);
    FloatVector c10 = FloatVector.zero(SPECIES);
    FloatVector c11 = FloatVector.zero(SPECIES);
    FloatVector c12 = FloatVector.zero(SPECIES);
    FloatVector c13 = FloatVector.zero(SPECIES);
    FloatVector c14 = FloatVector.zero(SPECIES);
    FloatVector c15 = FloatVector.zero(SPECIES);
    FloatVector c16 = FloatVector.zero(SPECIES);
    FloatVector c17 = FloatVector.zero(SPECIES);
    FloatVector c20 = FloatVector.zero(SPECIES);
    FloatVector c21 = FloatVector.zero(SPECIES);
    FloatVector c22 = FloatVector.zero(SPECIES);
    FloatVector c23 = FloatVector.zero(SPECIES);
    FloatVector c24 = FloatVector.zero(SPECIES);
    FloatVector c25 = FloatVector.zero(SPECIES);
    FloatVector c26 = FloatVector.zero(SPECIES);
    FloatVector c27 = FloatVector.zero(SPECIES);
    if (d != Kernels.NOTHING) {
      c00 = FloatVector.fromArray(SPECIES, d, d0);
      c01 = FloatVector.fromArray(SPECIES, d, d0 + dn);
      c02 = FloatVector.fromArray(SPECIES, d, d0 + 2 * dn);
      c03 = FloatVector.fromArray(SPECIES, d, d0 + 3 * dn);
      c04 = FloatVector.fromArray(SPECIES, d, d0 + 4 * dn);
      c05 = FloatVector.fromArray(SPECIES, d, d0 + 5 * dn);
      c06 = FloatVector.fromArray(SPECIES, d, d0 + 6 * dn);
      c07 = FloatVector.fromArray(SPECIES, d, d0 + 7 * dn);
      c10 = FloatVector.fromArray(SPECIES, d, d0 + dm);
      c11 = FloatVector.fromArray(SPECIES, d, d0 + dm + dn);
      c12 = FloatVector.fromArray(SPECIES, d, d0 + dm + 2 * dn);
      c13 = FloatVector.fromArray(SPECIES, d, d0 + dm + 3 * dn);
      c14 = FloatVector.fromArray(SPECIES, d, d0 + dm + 4 * dn);
      c15 = FloatVector.fromArray(SPECIES, d, d0 + dm + 5 * dn);
      c16 = FloatVector.fromArray(SPECIES, d, d0 + dm + 6 * dn);
      c17 = FloatVector.fromArray(SPECIES, d, d0 + dm + 7 * dn);
      c20 = FloatVector.fromArray(SPECIES, d, d0 + 2 * dm);
      c21 = FloatVector.fromArray(SPECIES, d, d0 + 2 * dm + dn);
      c22 = FloatVector.fromArray(SPECIES, d, d0 + 2 * dm + 2 * dn);
      c23 = FloatVector.fromArray(SPECIES, d, d0 + 2 * dm + 3 * dn);
      c24 = FloatVector.fromArray(SPECIES, d, d0 + 2 * dm + 4 * dn);
      c25 = FloatVector.fromArray(SPECIES, d, d0 + 2 * dm + 5 * dn);
      c26 = FloatVector.fromArray(SPECIES, d, d0 + 2 * dm + 6 * dn);
      c27 = FloatVector.fromArray(SPECIES, d, d0 + 2 * dm + 7 * dn);
    }
    int left = ao;
    int right = bo;
    for (int p = 0; p < k; p++) {
      FloatVector a0 = FloatVector.fromArray(SPECIES, a, left);
      FloatVector a1 = FloatVector.fromArray(SPECIES, a, left + am);
      FloatVector a2 = FloatVector.fromArray(SPECIES, a, left + 2 * am);
      FloatVector x = FloatVector.fromArray(SPECIES, b, right);
      c00 = a0.fma(x, c00);
      c10 = a1.fma(x, c10);
      c20 = a2.fma(x, c20);
      x = FloatVector.fromArray(SPECIES, b, right + bn);
      c01 = a0.fma(x, c01);
      c11 = a1.fma(x, c11);
      c21 = a2.fma(x, c21);
      x = FloatVector.fromArray(SPECIES, b, right + 2 * bn);
      c02 = a0.fma(x, c02);
      c12 = a1.fma(x, c12);
      c22 = a2.fma(x, c22);
      x = FloatVector.fromArray(SPECIES, b, right + 3 * bn);
      c03 = a0.fma(x, c03);
      c13 = a1.fma(x, c13);
      c23 = a2.fma(x, c23);
      x = FloatVector.fromArray(SPECIES, b, right + 4 * bn);
      c04 = a0.fma(x, c04);
      c14 = a1.fma(x, c14);
      c24 = a2.fma(x, c24);
      x = FloatVector.fromArray(SPECIES, b, right + 5 * bn);
      c05 = a0.fma(x, c05);
      c15 = a1.fma(x, c15);
      c25 = a2.fma(x, c25);
      x = FloatVector.fromArray(SPECIES, b, right + 6 * bn);
      c06 = a0.fma(x, c06);
      c16 = a1.fma(x, c16);
      c26 = a2.fma(x, c26);
      x = FloatVector.fromArray(SPECIES, b, right + 7 * bn);
      c07 = a0.fma(x, c07);
      c17 = a1.fma(x, c17);
      c27 = a2.fma(x, c27);
      left += ak;
      right += bk;
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + cn);
    c02.intoArray(c, co + 2 * cn);
    c03.intoArray(c, co + 3 * cn);
    c04.intoArray(c, co + 4 * cn);
    c05.intoArray(c, co + 5 * cn);
    c06.intoArray(c, co + 6 * cn);
    c07.intoArray(c, co + 7 * cn);
    c10.intoArray(c, co + cm);
    c11.intoArray(c, co + cm + cn);
    c12.intoArray(c, co + cm + 2 * cn);
    c13.intoArray(c, co + cm + 3 * cn);
    c14.intoArray(c, co + cm + 4 * cn);
    c15.intoArray(c, co + cm + 5 * cn);
    c16.intoArray(c, co + cm + 6 * cn);
    c17.intoArray(c, co + cm + 7 * cn);
    c20.intoArray(c, co + 2 * cm);
    c21.intoArray(c, co + 2 * cm + cn);
    c22.intoArray(c, co + 2 * cm + 2 * cn);
    c23.intoArray(c, co + 2 * cm + 3 * cn);
    c24.intoArray(c, co + 2 * cm + 4 * cn);
    c25.intoArray(c, co + 2 * cm + 5 * cn);
    c26.intoArray(c, co + 2 * cm + 6 * cn);
    c27.intoArray(c, co + 2 * cm + 7 * cn);
  }

  static void block3x4(
      int k,
      float[] a,
      int ao,
      int am,
      int ak,
      float[] b,
      int bo,
      int bn,
      int bk,
      float[] d,
      int d0,
      int dm,
      int dn,
      float[] c,
      int co,
      int cm,
      int cn) {
    FloatVector c00 = FloatVector.zero(SPECIES);
    FloatVector c01 = FloatVector.zero(SPECIES);
    FloatVector c02 = FloatVector.zero(SPECIES);
    FloatVector c03 = FloatVector.zero(SPECIES);
    FloatVector c10 = FloatVector.zero(SPECIES);
    FloatVector c11 = FloatVector.zero(SPECIES);
    FloatVector c12 = FloatVector.zero(SPECIES);
    FloatVector c13 = FloatVector.zero(SPECIES);
    FloatVector c20 = FloatVector.zero(SPECIES);
    FloatVector c21 = FloatVector.zero(SPECIES);
    FloatVector c22 = FloatVector.zero(SPECIES);
    FloatVector c23 = FloatVector.zero(SPECIES);
    if (d != Kernels.NOTHING) {
      c00 = FloatVector.fromArray(SPECIES, d, d0);
      c01 = FloatVector.fromArray(SPECIES, d, d0 + dn);
      c02 = FloatVector.fromArray(SPECIES, d, d0 + 2 * dn);
      c03 = FloatVector.fromArray(SPECIES, d, d0 + 3 * dn);
      c10 = FloatVector.fromArray(SPECIES, d, d0 + dm);
      c11 = FloatVector.fromArray(SPECIES, d, d0 + dm + dn);
      c12 = FloatVector.fromArray(SPECIES, d, d0 + dm + 2 * dn);
      c13 = FloatVector.fromArray(SPECIES, d, d0 + dm + 3 * dn);
      c20 = FloatVector.fromArray(SPECIES, d, d0 + 2 * dm);
      c21 = FloatVector.fromArray(SPECIES, d, d0 + 2 * dm + dn);
      c22 = FloatVector.fromArray(SPECIES, d, d0 + 2 * dm + 2 * dn);
      c23 = FloatVector.fromArray(SPECIES, d, d0 + 2 * dm + 3 * dn);
    }
    int left = ao;
    int right = bo;
    for (int p = 0; p < k; p++) {
      FloatVector a0 = FloatVector.fromArray(SPECIES, a, left);
      FloatVector a1 = FloatVector.fromArray(SPECIES, a, left + am);
      FloatVector a2 = FloatVector.fromArray(SPECIES, a, left + 2 * am);
      FloatVector x = FloatVector.fromArray(SPECIES, b, right);
      c00 = a0.fma(x, c00);
      c10 = a1.fma(x, c10);
      c20 = a2.fma(x, c20);
      x = FloatVector.fromArray(SPECIES, b, right + bn);
      c01 = a0.fma(x, c01);
      c11 = a1.fma(x, c11);
      c21 = a2.fma(x, c21);
      x = FloatVector.fromArray(SPECIES, b, right + 2 * bn);
      c02 = a0.fma(x, c02);
      c12 = a1.fma(x, c12);
      c22 = a2.fma(x, c22);
      x = FloatVector.fromArray(SPECIES, b, right + 3 * bn);
      c03 = a0.fma(x, c03);
      c13 = a1.fma(x, c13);
      c23 = a2.fma(x, c23);
      left += ak;
      right += bk;
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + cn);
    c02.intoArray(c, co + 2 * cn);
    c03.intoArray(c, co + 3 * cn);
    c10.intoArray(c, co + cm);
    c11.intoArray(c, co + cm + cn);
    c12.intoArray(c, co + cm + 2 * cn);
    c13.intoArray(c, co + cm + 3 * cn);
    c20.intoArray(c, co + 2 * cm);
    c21.intoArray(c, co + 2 * cm + cn);
    c22.intoArray(c, co + 2 * cm + 2 * cn);
    c23.intoArray(c, co + 2 * cm + 3 * cn);
  }

  static void block3x2(
      int k,
      float[] a,
      int ao,
      int am,
      int ak,
      float[] b,
      int bo,
      int bn,
      int bk,
      float[] d,
      int d0,
      int dm,
      int dn,
      float[] c,
      int co,
      int cm,
      int cn) {
    FloatVector c00 = FloatVector.zero(SPECIES);
    FloatVector c01 = FloatVector.zero(SPECIES);
    FloatVector c10 = FloatVector.zero(SPECIES);
    FloatVector c11 = FloatVector.zero(SPECIES);
    FloatVector c20 = FloatVector.zero(SPECIES);
    FloatVector c21 = FloatVector.zero(SPECIES);
    if (d != Kernels.NOTHING) {
      c00 = FloatVector.fromArray(SPECIES, d, d0);
      c01 = FloatVector.fromArray(SPECIES, d, d0 + dn);
      c10 = FloatVector.fromArray(SPECIES, d, d0 + dm);
      c11 = FloatVector.fromArray(SPECIES, d, d0 + dm + dn);
      c20 = FloatVector.fromArray(SPECIES, d, d0 + 2 * dm);
      c21 = FloatVector.fromArray(SPECIES, d, d0 + 2 * dm + dn);
    }
    int left = ao;
    int right = bo;
    for (int p = 0; p < k; p++) {
      FloatVector a0 = FloatVector.fromArray(SPECIES, a, left);
      FloatVector a1 = FloatVector.fromArray(SPECIES, a, left + am);
      FloatVector a2 = FloatVector.fromArray(SPECIES, a, left + 2 * am);
      FloatVector x = FloatVector.fromArray(SPECIES, b, right);
      c00 = a0.fma(x, c00);
      c10 = a1.fma(x, c10);
      c20 = a2.fma(x, c20);
      x = FloatVector.fromArray(SPECIES, b, right + bn);
      c01 = a0.fma(x, c01);
      c11 = a1.fma(x, c11);
      c21 = a2.fma(x, c21);
      left += ak;
      right += bk;
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + cn);
    c10.intoArray(c, co + cm);
    c11.intoArray(c, co + cm + cn);
    c20.intoArray(c, co + 2 * cm);
    c21.intoArray(c, co + 2 * cm + cn);
  }

  static void block3x1(
      int k,
      float[] a,
      int ao,
      int am,
      int ak,
      float[] b,
      int bo,
      int bn,
      int bk,
      float[] d,
      int d0,
      int dm,
      int dn,
      float[] c,
      int co,
      int cm,
      int cn) {
    FloatVector c00 = FloatVector.zero(SPECIES);
    FloatVector c10 = FloatVector.zero(SPECIES);
    FloatVector c20 = FloatVector.zero(SPECIES);
    if (d != Kernels.NOTHING) {
      c00 = FloatVector.fromArray(SPECIES, d, d0);
      c10 = FloatVector.fromArray(SPECIES, d, d0 + dm);
      c20 = FloatVector.fromArray(SPECIES, d, d0 + 2 * dm);
    }
    int left = ao;
    int right = bo;
    for (int p = 0; p < k; p++) {
      FloatVector a0 = FloatVector.fromArray(SPECIES, a, left);
      FloatVector a1 = FloatVector.fromArray(SPECIES, a, left + am);
      FloatVector a2 = FloatVector.fromArray(SPECIES, a, left + 2 * am);
      FloatVector x = FloatVector.fromArray(SPECIES, b, right);
      c00 = a0.fma(x, c00);
      c10 = a1.fma(x, c10);
      c20 = a2.fma(x, c20);
      left += ak;
      right += bk;
    }
    c00.intoArray(c, co);
    c10.intoArray(c, co + cm);
    c20.intoArray(c, co + 2 * cm);
  }

  static void block1x1(
      int k,
      float[] a,
      int ao,
      int am,
      int ak,
      float[] b,
      int bo,
      int bn,
      int bk,
      float[] d,
      int d0,
      int dm,
      int dn,
      float[] c,
      int co,
      int cm,
      int cn) {
    FloatVector c00 = FloatVector.zero(SPECIES);
    if (d != Kernels.NOTHING) {
      c00 = FloatVector.fromArray(SPECIES, d, d0);
    }
    int left = ao;
    int right = bo;
    for (int p = 0; p < k; p++) {
      FloatVector a0 = FloatVector.fromArray(SPECIES, a, left);
      FloatVector x = FloatVector.fromArray(SPECIES, b, right);
      c00 = a0.fma(x, c00);
      left += ak;
      right += bk;
    }
    c00.intoArray(c, co);
  }
}
