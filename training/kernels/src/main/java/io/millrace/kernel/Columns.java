package io.millrace.kernel;

/**
 * How a row of values lies in memory: groups of equal size, each padded with zeros to a multiple of
 * {@link Kernels#PAD}, so that every group can be worked on in whole vectors.
 *
 * @param groups number of groups, at least 1
 * @param size values of a group, at least 1
 * @param spread whether wide rows are kept an odd number of cache lines apart; rows that are to be
 *     taken for groups of a longer row must not be
 */
public record Columns(int groups, int size, boolean spread) {
  /** Where wider rows begin to fall on few sets of a cache if they are a power of 2 apart. */
  private static final int WIDE = 128;

  /** Floats of a cache line. */
  private static final int LINE = 16;

  /** A row of its own. */
  public static Columns of(int size) {
    return new Columns(1, size, true);
  }

  /** Rows that together can be taken for one row of more groups. */
  public static Columns grouped(int groups, int size) {
    return new Columns(groups, size, false);
  }

  /** Values of a row without padding. */
  public int count() {
    return groups * size;
  }

  /** Floats from one group to the next. */
  public int padded() {
    return (size + Kernels.PAD - 1) / Kernels.PAD * Kernels.PAD;
  }

  /** Floats that a row's groups take, padding included. */
  public int width() {
    return groups * padded();
  }

  /** Floats from one row to the next. */
  public int stride() {
    return spread && width() >= WIDE && width() / LINE % 2 == 0 ? width() + LINE : width();
  }

  /** Spreads {@code from[offset .. offset + count)} over a padded row; padding is left alone. */
  public void pad(float[] from, int offset, float[] row, int at) {
    for (int g = 0; g < groups; g++) {
      System.arraycopy(from, offset + g * size, row, at + g * padded(), size);
    }
  }

  /** The reverse of {@link #pad}. */
  public void compact(float[] row, int at, float[] to, int offset) {
    for (int g = 0; g < groups; g++) {
      System.arraycopy(row, at + g * padded(), to, offset + g * size, size);
    }
  }

  /** Where value {@code i} of a row without padding lies in a padded one. */
  public int place(int i) {
    return i / size * padded() + i % size;
  }
}
