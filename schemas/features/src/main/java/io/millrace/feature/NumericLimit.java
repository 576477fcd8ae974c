package io.millrace.feature;

/**
 * How large a numeric feature's value may be, after its transform, and what becomes of a larger
 * one. A sentinel such as the largest 32-bit float for "missing" would otherwise drown whatever a
 * model has learned.
 *
 * @param limit largest magnitude, above 0, at most {@link #MOST}
 * @param outliers what becomes of a value beyond it
 */
public record NumericLimit(double limit, Outliers outliers) {
  /**
   * The largest limit that can be asked for: squares of what a model makes of such values still are
   * numbers of 32 bits.
   */
  public static final double MOST = 1e18;

  /**
   * Where a schema says nothing. It leaves alone what is common without a transform, be it cents or
   * micros of a currency or microseconds since 1970 (1.8e15), and refuses what stands for a missing
   * value.
   */
  public static final NumericLimit DEFAULT = new NumericLimit(1e16, Outliers.REFUSE);

  /** What becomes of a value beyond the limit. */
  public enum Outliers {
    /** The record is refused, with the feature's name. */
    REFUSE,
    /** The limit is taken in its place, with its sign. */
    CLIP
  }

  public NumericLimit {
    if (!(limit > 0 && limit <= MOST)) {
      throw new IllegalArgumentException(
          "limit: " + limit + ", expected a number above 0, at most " + MOST);
    }
  }

  /** What is taken for a transformed value, which may be infinite; NaN if it is refused. */
  double apply(double transformed) {
    if (Math.abs(transformed) <= limit) {
      return transformed;
    }
    return outliers == Outliers.CLIP ? Math.copySign(limit, transformed) : Double.NaN;
  }

  /**
   * Whether every value that both take is the same to both: what was learned by one then fits the
   * other.
   */
  boolean agreesWith(NumericLimit other) {
    boolean clips = outliers == Outliers.CLIP;
    boolean otherClips = other.outliers == Outliers.CLIP;
    if (clips && otherClips) {
      return limit == other.limit;
    }
    return !(clips && limit < other.limit) && !(otherClips && other.limit < limit);
  }

  /** In words, for example {@code at most 100.0}. */
  String words() {
    return outliers == Outliers.CLIP ? "clipped to ±" + limit : "at most " + limit;
  }
}
