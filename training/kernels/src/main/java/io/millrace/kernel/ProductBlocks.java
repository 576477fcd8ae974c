package io.millrace.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Blocks of a matrix product, by rows of C and vectors of a row: {@code C = D + A·B}, with the
 * arguments of {@link Kernels#multiply}. Every register is a local variable of its own: there are
 * no arrays of vectors without allocation.
 */
final class ProductBlocks {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  private ProductBlocks() {}

  static void block8x3(
      int k,
      float[] a,
      int ao,
      int ai,
      int ap,
      float[] b,
      int bo,
      int bp,
      float[] d,
      int d0,
      int di,
      float[] c,
      int co,
      int ci) {
    FloatVector c00 = FloatVector.fromArray(SPECIES, d, d0);
    FloatVector c01 = FloatVector.fromArray(SPECIES, d, d0 + LANES);
    FloatVector c02 = FloatVector.fromArray(SPECIES, d, d0 + 2 * LANES);
    FloatVector c10 = FloatVector.fromArray(SPECIES, d, d0 + di);
    FloatVector c11 = FloatVector.fromArray(SPECIES, d, d0 + di + LANES);
    FloatVector c12 = FloatVector.fromArray(SPECIES, d, d0 + di + 2 * LANES);
    FloatVector c20 = FloatVector.fromArray(SPECIES, d, d0 + 2 * di);
    FloatVector c21 = FloatVector.fromArray(SPECIES, d, d0 + 2 * di + LANES);
    FloatVector c22 = FloatVector.fromArray(SPECIES, d, d0 + 2 * di + 2 * LANES);
    FloatVector c30 = FloatVector.fromArray(SPECIES, d, d0 + 3 * di);
    FloatVector c31 = FloatVector.fromArray(SPECIES, d, d0 + 3 * di + LANES);
    FloatVector c32 = FloatVector.fromArray(SPECIES, d, d0 + 3 * di + 2 * LANES);
    FloatVector c40 = FloatVector.fromArray(SPECIES, d, d0 + 4 * di);
    FloatVector c41 = FloatVector.fromArray(SPECIES, d, d0 + 4 * di + LANES);
    FloatVector c42 = FloatVector.fromArray(SPECIES, d, d0 + 4 * di + 2 * LANES);
    FloatVector c50 = FloatVector.fromArray(SPECIES, d, d0 + 5 * di);
    FloatVector c51 = FloatVector.fromArray(SPECIES, d, d0 + 5 * di + LANES);
    FloatVector c52 = FloatVector.fromArray(SPECIES, d, d0 + 5 * di + 2 * LANES);
    FloatVector c60 = FloatVector.fromArray(SPECIES, d, d0 + 6 * di);
    FloatVector c61 = FloatVector.fromArray(SPECIES, d, d0 + 6 * di + LANES);
    FloatVector c62 = FloatVector.fromArray(SPECIES, d, d0 + 6 * di + 2 * LANES);
    FloatVector c70 = FloatVector.fromArray(SPECIES, d, d0 + 7 * di);
    FloatVector c71 = FloatVector.fromArray(SPECIES, d, d0 + 7 * di + LANES);
    FloatVector c72 = FloatVector.fromArray(SPECIES, d, d0 + 7 * di + 2 * LANES);
    int at = ao;
    int row = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, row + LANES);
      FloatVector b2 = FloatVector.fromArray(SPECIES, b, row + 2 * LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[at]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      c02 = x.fma(b2, c02);
      x = FloatVector.broadcast(SPECIES, a[at + ai]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      c12 = x.fma(b2, c12);
      x = FloatVector.broadcast(SPECIES, a[at + 2 * ai]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      c22 = x.fma(b2, c22);
      x = FloatVector.broadcast(SPECIES, a[at + 3 * ai]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      c32 = x.fma(b2, c32);
      x = FloatVector.broadcast(SPECIES, a[at + 4 * ai]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      c42 = x.fma(b2, c42);
      x = FloatVector.broadcast(SPECIES, a[at + 5 * ai]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      c52 = x.fma(b2, c52);
      x = FloatVector.broadcast(SPECIES, a[at + 6 * ai]);
      c60 = x.fma(b0, c60);
      c61 = x.fma(b1, c61);
      c62 = x.fma(b2, c62);
      x = FloatVector.broadcast(SPECIES, a[at + 7 * ai]);
      c70 = x.fma(b0, c70);
      c71 = x.fma(b1, c71);
      c72 = x.fma(b2, c72);
      at += ap;
      row += bp;
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + LANES);
    c02.intoArray(c, co + 2 * LANES);
    c10.intoArray(c, co + ci);
    c11.intoArray(c, co + ci + LANES);
    c12.intoArray(c, co + ci + 2 * LANES);
    c20.intoArray(c, co + 2 * ci);
    c21.intoArray(c, co + 2 * ci + LANES);
    c22.intoArray(c, co + 2 * ci + 2 * LANES);
    c30.intoArray(c, co + 3 * ci);
    c31.intoArray(c, co + 3 * ci + LANES);
    c32.intoArray(c, co + 3 * ci + 2 * LANES);
    c40.intoArray(c, co + 4 * ci);
    c41.intoArray(c, co + 4 * ci + LANES);
    c42.intoArray(c, co + 4 * ci + 2 * LANES);
    c50.intoArray(c, co + 5 * ci);
    c51.intoArray(c, co + 5 * ci + LANES);
    c52.intoArray(c, co + 5 * ci + 2 * LANES);
    c60.intoArray(c, co + 6 * ci);
    c61.intoArray(c, co + 6 * ci + LANES);
    c62.intoArray(c, co + 6 * ci + 2 * LANES);
    c70.intoArray(c, co + 7 * ci);
    c71.intoArray(c, co + 7 * ci + LANES);
    c72.intoArray(c, co + 7 * ci + 2 * LANES);
  }

  static void block8x2(
      int k,
      float[] a,
      int ao,
      int ai,
      int ap,
      float[] b,
      int bo,
      int bp,
      float[] d,
      int d0,
      int di,
      float[] c,
      int co,
      int ci) {
    FloatVector c00 = FloatVector.fromArray(SPECIES, d, d0);
    FloatVector c01 = FloatVector.fromArray(SPECIES, d, d0 + LANES);
    FloatVector c10 = FloatVector.fromArray(SPECIES, d, d0 + di);
    FloatVector c11 = FloatVector.fromArray(SPECIES, d, d0 + di + LANES);
    FloatVector c20 = FloatVector.fromArray(SPECIES, d, d0 + 2 * di);
    FloatVector c21 = FloatVector.fromArray(SPECIES, d, d0 + 2 * di + LANES);
    FloatVector c30 = FloatVector.fromArray(SPECIES, d, d0 + 3 * di);
    FloatVector c31 = FloatVector.fromArray(SPECIES, d, d0 + 3 * di + LANES);
    FloatVector c40 = FloatVector.fromArray(SPECIES, d, d0 + 4 * di);
    FloatVector c41 = FloatVector.fromArray(SPECIES, d, d0 + 4 * di + LANES);
    FloatVector c50 = FloatVector.fromArray(SPECIES, d, d0 + 5 * di);
    FloatVector c51 = FloatVector.fromArray(SPECIES, d, d0 + 5 * di + LANES);
    FloatVector c60 = FloatVector.fromArray(SPECIES, d, d0 + 6 * di);
    FloatVector c61 = FloatVector.fromArray(SPECIES, d, d0 + 6 * di + LANES);
    FloatVector c70 = FloatVector.fromArray(SPECIES, d, d0 + 7 * di);
    FloatVector c71 = FloatVector.fromArray(SPECIES, d, d0 + 7 * di + LANES);
    int at = ao;
    int row = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, row + LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[at]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(SPECIES, a[at + ai]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(SPECIES, a[at + 2 * ai]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(SPECIES, a[at + 3 * ai]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      x = FloatVector.broadcast(SPECIES, a[at + 4 * ai]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      x = FloatVector.broadcast(SPECIES, a[at + 5 * ai]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      x = FloatVector.broadcast(SPECIES, a[at + 6 * ai]);
      c60 = x.fma(b0, c60);
      c61 = x.fma(b1, c61);
      x = FloatVector.broadcast(SPECIES, a[at + 7 * ai]);
      c70 = x.fma(b0, c70);
      c71 = x.fma(b1, c71);
      at += ap;
      row += bp;
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + LANES);
    c10.intoArray(c, co + ci);
    c11.intoArray(c, co + ci + LANES);
    c20.intoArray(c, co + 2 * ci);
    c21.intoArray(c, co + 2 * ci + LANES);
    c30.intoArray(c, co + 3 * ci);
    c31.intoArray(c, co + 3 * ci + LANES);
    c40.intoArray(c, co + 4 * ci);
    c41.intoArray(c, co + 4 * ci + LANES);
    c50.intoArray(c, co + 5 * ci);
    c51.intoArray(c, co + 5 * ci + LANES);
    c60.intoArray(c, co + 6 * ci);
    c61.intoArray(c, co + 6 * ci + LANES);
    c70.intoArray(c, co + 7 * ci);
    c71.intoArray(c, co + 7 * ci + LANES);
  }

  static void block8x1(
      int k,
      float[] a,
      int ao,
      int ai,
      int ap,
      float[] b,
      int bo,
      int bp,
      float[] d,
      int d0,
      int di,
      float[] c,
      int co,
      int ci) {
    FloatVector c00 = FloatVector.fromArray(SPECIES, d, d0);
    FloatVector c10 = FloatVector.fromArray(SPECIES, d, d0 + di);
    FloatVector c20 = FloatVector.fromArray(SPECIES, d, d0 + 2 * di);
    FloatVector c30 = FloatVector.fromArray(SPECIES, d, d0 + 3 * di);
    FloatVector c40 = FloatVector.fromArray(SPECIES, d, d0 + 4 * di);
    FloatVector c50 = FloatVector.fromArray(SPECIES, d, d0 + 5 * di);
    FloatVector c60 = FloatVector.fromArray(SPECIES, d, d0 + 6 * di);
    FloatVector c70 = FloatVector.fromArray(SPECIES, d, d0 + 7 * di);
    int at = ao;
    int row = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector x = FloatVector.broadcast(SPECIES, a[at]);
      c00 = x.fma(b0, c00);
      x = FloatVector.broadcast(SPECIES, a[at + ai]);
      c10 = x.fma(b0, c10);
      x = FloatVector.broadcast(SPECIES, a[at + 2 * ai]);
      c20 = x.fma(b0, c20);
      x = FloatVector.broadcast(SPECIES, a[at + 3 * ai]);
      c30 = x.fma(b0, c30);
      x = FloatVector.broadcast(SPECIES, a[at + 4 * ai]);
      c40 = x.fma(b0, c40);
      x = FloatVector.broadcast(SPECIES, a[at + 5 * ai]);
      c50 = x.fma(b0, c50);
      x = FloatVector.broadcast(SPECIES, a[at + 6 * ai]);
      c60 = x.fma(b0, c60);
      x = FloatVector.broadcast(SPECIES, a[at + 7 * ai]);
      c70 = x.fma(b0, c70);
      at += ap;
      row += bp;
    }
    c00.intoArray(c, co);
    c10.intoArray(c, co + ci);
    c20.intoArray(c, co + 2 * ci);
    c30.intoArray(c, co + 3 * ci);
    c40.intoArray(c, co + 4 * ci);
    c50.intoArray(c, co + 5 * ci);
    c60.intoArray(c, co + 6 * ci);
    c70.intoArray(c, co + 7 * ci);
  }

  static void block4x3(
      int k,
      float[] a,
      int ao,
      int ai,
      int ap,
      float[] b,
      int bo,
      int bp,
      float[] d,
      int d0,
      int di,
      float[] c,
      int co,
      int ci) {
    FloatVector c00 = FloatVector.fromArray(SPECIES, d, d0);
    FloatVector c01 = FloatVector.fromArray(SPECIES, d, d0 + LANES);
    FloatVector c02 = FloatVector.fromArray(SPECIES, d, d0 + 2 * LANES);
    FloatVector c10 = FloatVector.fromArray(SPECIES, d, d0 + di);
    FloatVector c11 = FloatVector.fromArray(SPECIES, d, d0 + di + LANES);
    FloatVector c12 = FloatVector.fromArray(SPECIES, d, d0 + di + 2 * LANES);
    FloatVector c20 = FloatVector.fromArray(SPECIES, d, d0 + 2 * di);
    FloatVector c21 = FloatVector.fromArray(SPECIES, d, d0 + 2 * di + LANES);
    FloatVector c22 = FloatVector.fromArray(SPECIES, d, d0 + 2 * di + 2 * LANES);
    FloatVector c30 = FloatVector.fromArray(SPECIES, d, d0 + 3 * di);
    FloatVector c31 = FloatVector.fromArray(SPECIES, d, d0 + 3 * di + LANES);
    FloatVector c32 = FloatVector.fromArray(SPECIES, d, d0 + 3 * di + 2 * LANES);
    int at = ao;
    int row = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, row + LANES);
      FloatVector b2 = FloatVector.fromArray(SPECIES, b, row + 2 * LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[at]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      c02 = x.fma(b2, c02);
      x = FloatVector.broadcast(SPECIES, a[at + ai]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      c12 = x.fma(b2, c12);
      x = FloatVector.broadcast(SPECIES, a[at + 2 * ai]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      c22 = x.fma(b2, c22);
      x = FloatVector.broadcast(SPECIES, a[at + 3 * ai]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      c32 = x.fma(b2, c32);
      at += ap;
      row += bp;
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + LANES);
    c02.intoArray(c, co + 2 * LANES);
    c10.intoArray(c, co + ci);
    c11.intoArray(c, co + ci + LANES);
    c12.intoArray(c, co + ci + 2 * LANES);
    c20.intoArray(c, co + 2 * ci);
    c21.intoArray(c, co + 2 * ci + LANES);
    c22.intoArray(c, co + 2 * ci + 2 * LANES);
    c30.intoArray(c, co + 3 * ci);
    c31.intoArray(c, co + 3 * ci + LANES);
    c32.intoArray(c, co + 3 * ci + 2 * LANES);
  }

  static void block4x2(
      int k,
      float[] a,
      int ao,
      int ai,
      int ap,
      float[] b,
      int bo,
      int bp,
      float[] d,
      int d0,
      int di,
      float[] c,
      int co,
      int ci) {
    FloatVector c00 = FloatVector.fromArray(SPECIES, d, d0);
    FloatVector c01 = FloatVector.fromArray(SPECIES, d, d0 + LANES);
    FloatVector c10 = FloatVector.fromArray(SPECIES, d, d0 + di);
    FloatVector c11 = FloatVector.fromArray(SPECIES, d, d0 + di + LANES);
    FloatVector c20 = FloatVector.fromArray(SPECIES, d, d0 + 2 * di);
    FloatVector c21 = FloatVector.fromArray(SPECIES, d, d0 + 2 * di + LANES);
    FloatVector c30 = FloatVector.fromArray(SPECIES, d, d0 + 3 * di);
    FloatVector c31 = FloatVector.fromArray(SPECIES, d, d0 + 3 * di + LANES);
    int at = ao;
    int row = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, row + LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[at]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(SPECIES, a[at + ai]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(SPECIES, a[at + 2 * ai]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(SPECIES, a[at + 3 * ai]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      at += ap;
      row += bp;
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + LANES);
    c10.intoArray(c, co + ci);
    c11.intoArray(c, co + ci + LANES);
    c20.intoArray(c, co + 2 * ci);
    c21.intoArray(c, co + 2 * ci + LANES);
    c30.intoArray(c, co + 3 * ci);
    c31.intoArray(c, co + 3 * ci + LANES);
  }

  static void block1x3(
      int k,
      float[] a,
      int ao,
      int ap,
      float[] b,
      int bo,
      int bp,
      float[] d,
      int d0,
      float[] c,
      int co) {
    FloatVector c00 = FloatVector.fromArray(SPECIES, d, d0);
    FloatVector c01 = FloatVector.fromArray(SPECIES, d, d0 + LANES);
    FloatVector c02 = FloatVector.fromArray(SPECIES, d, d0 + 2 * LANES);
    int at = ao;
    int row = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, row + LANES);
      FloatVector b2 = FloatVector.fromArray(SPECIES, b, row + 2 * LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[at]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      c02 = x.fma(b2, c02);
      at += ap;
      row += bp;
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + LANES);
    c02.intoArray(c, co + 2 * LANES);
  }

  static void block1x2(
      int k,
      float[] a,
      int ao,
      int ap,
      float[] b,
      int bo,
      int bp,
      float[] d,
      int d0,
      float[] c,
      int co) {
    FloatVector c00 = FloatVector.fromArray(SPECIES, d, d0);
    FloatVector c01 = FloatVector.fromArray(SPECIES, d, d0 + LANES);
    int at = ao;
    int row = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, row + LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[at]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      at += ap;
      row += bp;
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + LANES);
  }

  static void block1x1(
      int k,
      float[] a,
      int ao,
      int ap,
      float[] b,
      int bo,
      int bp,
      float[] d,
      int d0,
      float[] c,
      int co) {
    FloatVector c00 = FloatVector.fromArray(SPECIES, d, d0);
    int at = ao;
    int row = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector x = FloatVector.broadcast(SPECIES, a[at]);
      c00 = x.fma(b0, c00);
      at += ap;
      row += bp;
    }
    c00.intoArray(c, co);
  }

  static void block1x8(
      int k,
      float[] a,
      int ao,
      int ap,
      float[] b,
      int bo,
      int bp,
      float[] d,
      int d0,
      float[] c,
      int co) {
    FloatVector c00 = FloatVector.fromArray(SPECIES, d, d0);
    FloatVector c01 = FloatVector.fromArray(SPECIES, d, d0 + LANES);
    FloatVector c02 = FloatVector.fromArray(SPECIES, d, d0 + 2 * LANES);
    FloatVector c03 = FloatVector.fromArray(SPECIES, d, d0 + 3 * LANES);
    FloatVector c04 = FloatVector.fromArray(SPECIES, d, d0 + 4 * LANES);
    FloatVector c05 = FloatVector.fromArray(SPECIES, d, d0 + 5 * LANES);
    FloatVector c06 = FloatVector.fromArray(SPECIES, d, d0 + 6 * LANES);
    FloatVector c07 = FloatVector.fromArray(SPECIES, d, d0 + 7 * LANES);
    int at = ao;
    int row = bo;
    for (int p = 0; p < k; p++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
      FloatVector b1 = FloatVector.fromArray(SPECIES, b, row + LANES);
      FloatVector b2 = FloatVector.fromArray(SPECIES, b, row + 2 * LANES);
      FloatVector b3 = FloatVector.fromArray(SPECIES, b, row + 3 * LANES);
      FloatVector b4 = FloatVector.fromArray(SPECIES, b, row + 4 * LANES);
      FloatVector b5 = FloatVector.fromArray(SPECIES, b, row + 5 * LANES);
      FloatVector b6 = FloatVector.fromArray(SPECIES, b, row + 6 * LANES);
      FloatVector b7 = FloatVector.fromArray(SPECIES, b, row + 7 * LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[at]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      c02 = x.fma(b2, c02);
      c03 = x.fma(b3, c03);
      c04 = x.fma(b4, c04);
      c05 = x.fma(b5, c05);
      c06 = x.fma(b6, c06);
      c07 = x.fma(b7, c07);
      at += ap;
      row += bp;
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + LANES);
    c02.intoArray(c, co + 2 * LANES);
    c03.intoArray(c, co + 3 * LANES);
    c04.intoArray(c, co + 4 * LANES);
    c05.intoArray(c, co + 5 * LANES);
    c06.intoArray(c, co + 6 * LANES);
    c07.intoArray(c, co + 7 * LANES);
  }
}
