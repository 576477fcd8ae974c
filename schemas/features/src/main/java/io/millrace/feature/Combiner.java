package io.millrace.feature;

/** How the vectors of a sequence's n items become one. */
public enum Combiner {
  SUM,
  MEAN,
  /** The sum divided by the square root of n. */
  SQRTN;

  /** The weight of each of {@code n} items. */
  public float weight(int n) {
    return switch (this) {
      case SUM -> 1f;
      case MEAN -> 1f / n;
      case SQRTN -> (float) (1 / Math.sqrt(n));
    };
  }
}
