package io.millrace.feature;

/**
 * What is done to an integral value before it is hashed. Results are the same on every JVM
 * (StrictMath).
 */
public enum CategoricalTransform {
  NONE,
  /**
   * Buckets for counts with a long tail: x up to 2, 3 + floor(ln² x) above, so that no bucket holds
   * both. After the preprocessing of the winners of the Criteo display advertising challenge.
   */
  LOG_SQUARE,
  /** 0 to 23 in UTC, from milliseconds since 1970. */
  HOUR_OF_DAY,
  /** 1 (Monday) to 7 in UTC, from milliseconds since 1970. */
  DAY_OF_WEEK;

  private static final long HOUR_MILLIS = 3_600_000;
  private static final long DAY_MILLIS = 24 * HOUR_MILLIS;

  /** Whether it takes milliseconds since 1970. */
  public boolean ofTime() {
    return switch (this) {
      case NONE, LOG_SQUARE -> false;
      case HOUR_OF_DAY, DAY_OF_WEEK -> true;
    };
  }

  /** The value that is hashed in place of {@code value}. */
  public long apply(long value) {
    return switch (this) {
      case NONE -> value;
      case LOG_SQUARE -> {
        if (value <= 2) {
          yield value;
        }
        double ln = StrictMath.log((double) value);
        yield 3 + (long) (ln * ln);
      }
      case HOUR_OF_DAY -> Math.floorMod(Math.floorDiv(value, HOUR_MILLIS), 24L);
      // 1970-01-01 was a Thursday.
      case DAY_OF_WEEK -> Math.floorMod(Math.floorDiv(value, DAY_MILLIS) + 3, 7L) + 1;
    };
  }
}
