package io.millrace.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Matrix products by blocks that stay in registers: 8 rows of C by three vectors, whose sums take
 * 24 of 32 registers; of B, panels of three vectors stay in the first cache while blocks of rows go
 * by, and rows and inner dimension are cut so that what is read again stays in the second. Other
 * shapes (4 by 4, 8 by 1) were slower by a fifth to a third on JDK 17, which is also why every
 * register is a local variable of its own: there are no arrays of vectors without allocation.
 */
final class Product {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int ROWS = 8;
  private static final int ROW_CHUNK = 128;
  private static final int INNER_CHUNK = 256;
  private static final int INNER_WHOLE = 512;

  private Product() {}

  /** As {@link Kernels#multiply}. */
  static void multiply(
      int m,
      int n,
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
    int chunk = k <= INNER_WHOLE ? k : INNER_CHUNK;
    for (int i = 0; i < m; i += ROW_CHUNK) {
      int rows = Math.min(ROW_CHUNK, m - i);
      int to = co + i * ci;
      panels(rows, n, chunk, a, ao + i * ai, ai, ap, b, bo, bp, d, d0 + i * di, di, c, to, ci);
      for (int p = chunk; p < k; p += chunk) {
        int more = Math.min(chunk, k - p);
        int from = ao + i * ai + p * ap;
        panels(rows, n, more, a, from, ai, ap, b, bo + p * bp, bp, c, to, ci, c, to, ci);
      }
    }
  }

  private static void panels(
      int m,
      int n,
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
    int last = m - ROWS;
    // rows that are left over are computed again with those before them, unless that adds twice
    boolean overlap = last >= 0 && d != c;
    int j = 0;
    // four vectors go better as two and two than as three and one
    for (; j + 3 * LANES <= n && n - j != 4 * LANES; j += 3 * LANES) {
      int i = 0;
      for (; i <= last; i += ROWS) {
        block8x3(
            k,
            a,
            ao + i * ai,
            ai,
            ap,
            b,
            bo + j,
            bp,
            d,
            d0 + i * di + j,
            di,
            c,
            co + i * ci + j,
            ci);
      }
      if (i < m && overlap) {
        block8x3(
            k,
            a,
            ao + last * ai,
            ai,
            ap,
            b,
            bo + j,
            bp,
            d,
            d0 + last * di + j,
            di,
            c,
            co + last * ci + j,
            ci);
        i = m;
      }
      for (; i < m; i++) {
        block1x3(k, a, ao + i * ai, ap, b, bo + j, bp, d, d0 + i * di + j, c, co + i * ci + j);
      }
    }
    for (; j + 2 * LANES <= n; j += 2 * LANES) {
      int i = 0;
      for (; i <= last; i += ROWS) {
        block8x2(
            k,
            a,
            ao + i * ai,
            ai,
            ap,
            b,
            bo + j,
            bp,
            d,
            d0 + i * di + j,
            di,
            c,
            co + i * ci + j,
            ci);
      }
      if (i < m && overlap) {
        block8x2(
            k,
            a,
            ao + last * ai,
            ai,
            ap,
            b,
            bo + j,
            bp,
            d,
            d0 + last * di + j,
            di,
            c,
            co + last * ci + j,
            ci);
        i = m;
      }
      for (; i < m; i++) {
        block1x2(k, a, ao + i * ai, ap, b, bo + j, bp, d, d0 + i * di + j, c, co + i * ci + j);
      }
    }
    if (j < n) {
      int i = 0;
      for (; i <= last; i += ROWS) {
        block8x1(
            k,
            a,
            ao + i * ai,
            ai,
            ap,
            b,
            bo + j,
            bp,
            d,
            d0 + i * di + j,
            di,
            c,
            co + i * ci + j,
            ci);
      }
      if (i < m && overlap) {
        block8x1(
            k,
            a,
            ao + last * ai,
            ai,
            ap,
            b,
            bo + j,
            bp,
            d,
            d0 + last * di + j,
            di,
            c,
            co + last * ci + j,
            ci);
        i = m;
      }
      for (; i < m; i++) {
        block1x1(k, a, ao + i * ai, ap, b, bo + j, bp, d, d0 + i * di + j, c, co + i * ci + j);
      }
    }
  }

  private static void block8x3(
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

  private static void block8x2(
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

  private static void block8x1(
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

  private static void block1x3(
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

  private static void block1x2(
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

  private static void block1x1(
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
}
