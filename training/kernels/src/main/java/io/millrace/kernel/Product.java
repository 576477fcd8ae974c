package io.millrace.kernel;

import jdk.incubator.vector.FloatVector;

/**
 * Matrix products by blocks that stay in registers: 8 rows of C by three vectors where there are 32
 * registers, 4 by three where there are 16; of B, panels of three vectors stay in the first cache
 * while blocks of rows go by, and rows and inner dimension are cut so that what is read again stays
 * in the second. Each element is summed in the order of k whatever the block, so that the choice
 * changes no bit.
 *
 * @param tall whether blocks are 8 rows high
 */
record Product(boolean tall) {
  private static final int LANES = FloatVector.SPECIES_PREFERRED.length();

  /**
   * Vectors of 512 bits come with 32 registers, shorter ones with 16 as far as the JIT uses them.
   */
  private static final int LANES_OF_32_REGISTERS = 16;

  /** Rows of the lowest blocks. */
  private static final int LOW = 4;

  /** Vectors of a row that is multiplied alone: as many sums as are under way at once. */
  private static final int LONG = 8;

  private static final int ROW_CHUNK = 128;
  private static final int INNER_CHUNK = 256;
  private static final int INNER_WHOLE = 512;

  /** By the blocks for this machine. */
  static Product best() {
    return new Product(LANES >= LANES_OF_32_REGISTERS);
  }

  /** As {@link Kernels#multiply}. */
  void multiply(
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
    int whole = n / LANES * LANES;
    if (whole == n) {
      vectors(m, n, k, a, ao, ai, ap, b, bo, bp, d, d0, di, c, co, ci);
    } else if (whole > 0 && !(d == c && d0 == co)) {
      vectors(m, whole, k, a, ao, ai, ap, b, bo, bp, d, d0, di, c, co, ci);
      // columns that are left over are computed again with those before them
      int j = n - LANES;
      vectors(m, LANES, k, a, ao, ai, ap, b, bo + j, bp, d, d0 + j, di, c, co + j, ci);
    } else {
      vectors(m, whole, k, a, ao, ai, ap, b, bo, bp, d, d0, di, c, co, ci);
      columns(whole, m, n, k, a, ao, ai, ap, b, bo, bp, d, d0, di, c, co, ci);
    }
  }

  /** Columns from one on, value by value. */
  private static void columns(
      int first,
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
    for (int i = 0; i < m; i++) {
      for (int j = first; j < n; j++) {
        float sum = d[d0 + i * di + j];
        for (int p = 0; p < k; p++) {
          sum += a[ao + i * ai + p * ap] * b[bo + p * bp + j];
        }
        c[co + i * ci + j] = sum;
      }
    }
  }

  private void vectors(
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

  private void panels(
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
    int vectors;
    for (int j = 0; j < n; j += vectors * LANES) {
      int left = (n - j) / LANES;
      if (m < LOW && left >= LONG) {
        vectors = LONG;
      } else {
        // four vectors go better as two and two than as three and one
        vectors = left == 4 ? 2 : Math.min(left, 3);
      }
      panel(vectors, m, k, a, ao, ai, ap, b, bo + j, bp, d, d0 + j, di, c, co + j, ci);
    }
  }

  private void panel(
      int vectors,
      int m,
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
    int height = tall || vectors == 1 ? 8 : LOW;
    int last = m - height;
    int i = 0;
    for (; i <= last; i += height) {
      block(vectors, k, a, ao + i * ai, ai, ap, b, bo, bp, d, d0 + i * di, di, c, co + i * ci, ci);
    }
    if (i == m) {
      return;
    }
    // rows that are left over are computed again with those before them, unless that adds twice
    if (last >= 0 && !(d == c && d0 == co)) {
      int from = ao + last * ai;
      block(vectors, k, a, from, ai, ap, b, bo, bp, d, d0 + last * di, di, c, co + last * ci, ci);
      return;
    }
    for (; i < m; i++) {
      row(vectors, k, a, ao + i * ai, ap, b, bo, bp, d, d0 + i * di, c, co + i * ci);
    }
  }

  private void block(
      int vectors,
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
    if (vectors == 1) {
      ProductBlocks.block8x1(k, a, ao, ai, ap, b, bo, bp, d, d0, di, c, co, ci);
    } else if (vectors == 2) {
      if (tall) {
        ProductBlocks.block8x2(k, a, ao, ai, ap, b, bo, bp, d, d0, di, c, co, ci);
      } else {
        ProductBlocks.block4x2(k, a, ao, ai, ap, b, bo, bp, d, d0, di, c, co, ci);
      }
    } else if (tall) {
      ProductBlocks.block8x3(k, a, ao, ai, ap, b, bo, bp, d, d0, di, c, co, ci);
    } else {
      ProductBlocks.block4x3(k, a, ao, ai, ap, b, bo, bp, d, d0, di, c, co, ci);
    }
  }

  private static void row(
      int vectors,
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
    if (vectors == 1) {
      ProductBlocks.block1x1(k, a, ao, ap, b, bo, bp, d, d0, c, co);
    } else if (vectors == 2) {
      ProductBlocks.block1x2(k, a, ao, ap, b, bo, bp, d, d0, c, co);
    } else if (vectors == LONG) {
      ProductBlocks.block1x8(k, a, ao, ap, b, bo, bp, d, d0, c, co);
    } else {
      ProductBlocks.block1x3(k, a, ao, ap, b, bo, bp, d, d0, c, co);
    }
  }
}
