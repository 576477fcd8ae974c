package io.millrace.inference;

/**
 * The values of one unit (user, session, request).
 *
 * @param numerator what the metric counts
 * @param denominator what it is counted over, 1 for a mean of units
 * @param covariate the numerator before the experiment, 0 where nothing is known
 * @param covariateDenominator the denominator before the experiment, 1 for a mean of units
 * @throws IllegalArgumentException for a value that is not finite or above {@link #LARGEST} in size
 */
public record UnitValues(
    double numerator, double denominator, double covariate, double covariateDenominator) {
  /** Sums of products of larger values could overflow. */
  public static final double LARGEST = 1e100;

  public UnitValues {
    check("numerator", numerator);
    check("denominator", denominator);
    check("covariate", covariate);
    check("covariateDenominator", covariateDenominator);
  }

  /** A unit of a metric that is a mean of units, without a covariate. */
  public static UnitValues of(double value) {
    return new UnitValues(value, 1, 0, 1);
  }

  /** A unit of a metric that is a mean of units. */
  public static UnitValues of(double value, double covariate) {
    return new UnitValues(value, 1, covariate, 1);
  }

  /** A unit of a metric that is a ratio of sums, without a covariate. */
  public static UnitValues ratio(double numerator, double denominator) {
    return new UnitValues(numerator, denominator, 0, 1);
  }

  double get(int part) {
    return switch (part) {
      case 0 -> numerator;
      case 1 -> denominator;
      case 2 -> covariate;
      default -> covariateDenominator;
    };
  }

  private static void check(String name, double value) {
    if (!(Math.abs(value) <= LARGEST)) {
      throw new IllegalArgumentException(
          "a unit's %s is %s, but must be a number of at most %s in size"
              .formatted(name, value, LARGEST));
    }
  }
}
