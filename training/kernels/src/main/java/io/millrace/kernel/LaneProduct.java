package io.millrace.kernel;

import jdk.incubator.vector.FloatVector;

/**
 * Products of small matrices, one in each lane, by blocks of sums that stay in registers: three
 * rows by eight columns where there are 32 registers, by four where there are 16. A block's
 * operands are vectors as they lie: nothing is broadcast, transposed or summed across a vector, and
 * matrices of any size fill it. Each element is summed in the order of k whatever the block.
 *
 * @param wide whether blocks are eight columns wide
 */
record LaneProduct(boolean wide) {
  private static final int LANES = FloatVector.SPECIES_PREFERRED.length();
  private static final int HEIGHT = 3;

  /** As {@link Kernels#multiplyLanes}. */
  void multiply(
      int m,
      int n,
      int k,
      int lanes,
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
    for (int l = 0; l < lanes; l += LANES) {
      panels(m, n, k, a, ao + l, am, ak, b, bo + l, bn, bk, d, d0 + l, dm, dn, c, co + l, cm, cn);
    }
  }

  private void panels(
      int m,
      int n,
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
    int widest = wide ? 8 : 4;
    int width;
    for (int j = 0; j < n; j += width) {
      int left = n - j;
      width = left;
      int at = j;
      if (left >= widest || (2 * left > widest && n >= widest)) {
        // columns that are left over are computed again with those before them
        width = widest;
        at = Math.min(j, n - width);
      } else if (left >= 4 || (left == 3 && n >= 4)) {
        width = 4;
        at = Math.min(j, n - width);
      } else if (left == 3) {
        width = 2;
      }
      int from = bo + at * bn;
      panel(
          width,
          m,
          k,
          a,
          ao,
          am,
          ak,
          b,
          from,
          bn,
          bk,
          d,
          d0 + at * dn,
          dm,
          dn,
          c,
          co + at * cn,
          cm,
          cn);
    }
  }

  private static void panel(
      int width,
      int m,
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
    if (m < HEIGHT) {
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < width; j++) {
          int from = d0 + i * dm + j * dn;
          int to = co + i * cm + j * cn;
          LaneBlocks.block1x1(
              k, a, ao + i * am, am, ak, b, bo + j * bn, bn, bk, d, from, dm, dn, c, to, cm, cn);
        }
      }
      return;
    }
    for (int next = 0; next < m; next += HEIGHT) {
      // rows that are left over are computed again with those before them
      int i = Math.min(next, m - HEIGHT);
      block(
          width,
          k,
          a,
          ao + i * am,
          am,
          ak,
          b,
          bo,
          bn,
          bk,
          d,
          d0 + i * dm,
          dm,
          dn,
          c,
          co + i * cm,
          cm,
          cn);
    }
  }

  private static void block(
      int width,
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
    if (width == 8) {
      LaneBlocks.block3x8(k, a, ao, am, ak, b, bo, bn, bk, d, d0, dm, dn, c, co, cm, cn);
    } else if (width == 4) {
      LaneBlocks.block3x4(k, a, ao, am, ak, b, bo, bn, bk, d, d0, dm, dn, c, co, cm, cn);
    } else if (width == 2) {
      LaneBlocks.block3x2(k, a, ao, am, ak, b, bo, bn, bk, d, d0, dm, dn, c, co, cm, cn);
    } else {
      LaneBlocks.block3x1(k, a, ao, am, ak, b, bo, bn, bk, d, d0, dm, dn, c, co, cm, cn);
    }
  }
}
