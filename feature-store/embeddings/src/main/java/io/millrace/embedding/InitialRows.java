package io.millrace.embedding;

import io.millrace.bits.SplitMix64;

/**
 * Initial values of rows: a pure function of (seed, row), uniform in [-scale, scale); or ones.
 *
 * @param seed of the model
 * @param scale bound of the values, at least 0
 * @param zeroColumns leading columns that start at 0 instead (linear weights)
 * @param copies a row consists of so many equal parts, each with leading columns
 * @param ones rows from this one on hold ones: factors that change nothing yet
 */
public record InitialRows(long seed, float scale, int zeroColumns, int copies, long ones) {
  public InitialRows {
    if (!(scale >= 0) || Float.isInfinite(scale)) {
      throw new IllegalArgumentException("scale: " + scale + ", expected a finite value >= 0");
    }
    if (zeroColumns < 0) {
      throw new IllegalArgumentException("zeroColumns: " + zeroColumns + ", expected at least 0");
    }
    if (copies < 1) {
      throw new IllegalArgumentException("copies: " + copies + ", expected at least 1");
    }
  }

  /** Rows of which none holds ones. */
  public InitialRows(long seed, float scale, int zeroColumns, int copies) {
    this(seed, scale, zeroColumns, copies, Long.MAX_VALUE);
  }

  /** Rows of a single part. */
  public InitialRows(long seed, float scale, int zeroColumns) {
    this(seed, scale, zeroColumns, 1);
  }

  /** No row's value is of a larger magnitude. */
  public float largest() {
    return ones == Long.MAX_VALUE ? scale : Math.max(1, scale);
  }

  /**
   * Adds {@code weight} times the row's initial values to {@code out[offset .. offset + width)}.
   */
  public void addTo(long row, float weight, float[] out, int offset, int width) {
    if (row >= ones) {
      for (int i = offset; i < offset + width; i++) {
        out[i] += weight;
      }
      return;
    }
    if (scale == 0) {
      return;
    }
    int part = width / copies;
    long first =
        SplitMix64.mix(seed ^ SplitMix64.mix(row + SplitMix64.GOLDEN))
            + zeroColumns * SplitMix64.GOLDEN;
    for (int from = offset; from < offset + width; from += part) {
      long state = first;
      for (int i = zeroColumns; i < part; i++) {
        state += SplitMix64.GOLDEN;
        // the top 24 bits give every multiple of 2^-23 in [-1, 1): exact in fp32
        float unit = (SplitMix64.mix(state) >>> 40) * 0x1p-23f - 1;
        out[from + i] += weight * (unit * scale);
      }
    }
  }
}
