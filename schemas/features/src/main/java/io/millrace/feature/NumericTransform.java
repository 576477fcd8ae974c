package io.millrace.feature;

/** What is done to a number before it becomes a token's weight. */
public sealed interface NumericTransform {
  /** No change. */
  record None() implements NumericTransform {}

  /** ln(1 + x), for x above -1. */
  record Log1p() implements NumericTransform {}

  /** The square root, for x from 0 on. */
  record Sqrt() implements NumericTransform {}

  /** {@code min} to {@code max} becomes 0 to 1; values outside are clamped. */
  record Scale(double min, double max) implements NumericTransform {
    public Scale {
      if (!(min < max) || !Double.isFinite(max - min)) {
        throw new IllegalArgumentException(
            "scale: min " + min + ", max " + max + ", expected finite min below max");
      }
    }
  }

  /** (x - mean) / std. */
  record Standardize(double mean, double std) implements NumericTransform {
    public Standardize {
      if (!(std > 0) || !Double.isFinite(std) || !Double.isFinite(mean)) {
        throw new IllegalArgumentException(
            "standardize: mean " + mean + ", std " + std + ", expected finite, std above 0");
      }
    }
  }

  /** Whether {@link #apply} is defined for a value. */
  default boolean takes(double x) {
    if (this instanceof Log1p) {
      return x > -1 && x < Double.POSITIVE_INFINITY;
    } else if (this instanceof Sqrt) {
      return x >= 0 && x < Double.POSITIVE_INFINITY;
    }
    return Double.isFinite(x);
  }

  /**
   * The transformed value; not finite where the transform is not defined, or where the result of
   * {@link Standardize} is beyond all numbers.
   */
  default double apply(double x) {
    if (this instanceof Log1p) {
      return StrictMath.log1p(x);
    } else if (this instanceof Sqrt) {
      return Math.sqrt(x);
    } else if (this instanceof Scale s) {
      return Math.min(1, Math.max(0, (x - s.min()) / (s.max() - s.min())));
    } else if (this instanceof Standardize s) {
      return (x - s.mean()) / s.std();
    }
    return x;
  }

  /** What {@link #apply} takes, in words. */
  default String domain() {
    if (this instanceof Log1p) {
      return "a finite number above -1 (log1p)";
    } else if (this instanceof Sqrt) {
      return "a finite number from 0 on (sqrt)";
    }
    return "a finite number";
  }
}
