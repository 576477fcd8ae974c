package io.millrace.inference;

import io.millrace.inference.boundary.Roots;

/**
 * How many units an experiment needs: by the normal approximation, as in Chow, Shao, Wang and
 * Lokhnygina, "Sample Size Calculations in Clinical Research", 3rd ed., section 3.2. With a method
 * that is looked at before the end the true power is higher: an effect may be seen earlier and lost
 * again.
 *
 * @param mean of the metric in control
 * @param variance of a unit's share of the metric: for a mean its variance, for a proportion
 *     p(1−p), for a ratio that of (y − R n)/mean of n; after adjustment where there is one
 * @param treatmentShare share of the units that get the treatment
 * @param alpha error probability of both sides together
 * @param method by which the experiment is read at the end
 */
public record PowerPlan(
    double mean, double variance, double treatmentShare, double alpha, IntervalMethod method) {
  /** More units than anybody has. */
  public static final long MOST_UNITS = 1_000_000_000_000L;

  public PowerPlan {
    Normal.probability(alpha);
    if (!Double.isFinite(mean)
        || !(variance > 0 && variance < Double.POSITIVE_INFINITY)
        || !(treatmentShare > 0 && treatmentShare < 1)) {
      throw new IllegalArgumentException(
          "a plan needs a mean, a variance above 0 and a share between 0 and 1, but has %s, %s and %s"
              .formatted(mean, variance, treatmentShare));
    }
  }

  /** The plan for units like those of a control arm that is already known, in halves. */
  public static PowerPlan like(
      Moments control, Metric metric, double alpha, IntervalMethod method) {
    double p = control.mean(Part.NUMERATOR) / control.mean(Part.DENOMINATOR);
    double mean = control.mean(Part.DENOMINATOR);
    double variance =
        switch (metric) {
          case MEAN -> control.variance(Part.NUMERATOR);
          case PROPORTION -> p * (1 - p);
          case RATIO ->
              (control.variance(Part.NUMERATOR)
                      - 2 * p * control.covariance(Part.NUMERATOR, Part.DENOMINATOR)
                      + p * p * control.variance(Part.DENOMINATOR))
                  / (mean * mean);
        };
    return new PowerPlan(p, variance, 0.5, alpha, method);
  }

  /** Standard error of the difference with so many units in both arms. */
  public double standardError(double units) {
    return Math.sqrt(variance / units / treatmentShare / (1 - treatmentShare));
  }

  /**
   * Probability that a look at the end sees a difference.
   *
   * @param difference true one, in the metric's own scale
   * @param units in both arms
   */
  public double power(double difference, long units) {
    double error = standardError(units);
    double critical = method.critical(alpha, precision(units));
    double shift = Math.abs(difference) / error;
    return Normal.survival(critical - shift) + Normal.survival(critical + shift);
  }

  /** The least difference that is seen with this power. */
  public double minimumDetectable(double power, long units) {
    checkPower(power);
    double error = standardError(units);
    double most = (method.critical(alpha, precision(units)) + 40) * error;
    return Roots.bisect(difference -> power(difference, units) - power, 0, most);
  }

  /** The same by the size of control's mean; NaN where that is 0. */
  public double minimumDetectableLift(double power, long units) {
    return mean == 0 ? Double.NaN : minimumDetectable(power, units) / Math.abs(mean);
  }

  /**
   * Units in both arms that see a difference with this power.
   *
   * @param difference true one, not 0
   * @throws IllegalArgumentException where more than {@link #MOST_UNITS} would be needed
   */
  public long requiredUnits(double difference, double power) {
    checkPower(power);
    if (!(Math.abs(difference) > 0) || power(difference, MOST_UNITS) < power) {
      throw new IllegalArgumentException(
          "a difference of %s is not seen with power %s by %d units"
              .formatted(difference, power, MOST_UNITS));
    }
    long low = 1;
    long high = MOST_UNITS;
    while (high - low > 1) {
      long middle = low + (high - low) / 2;
      if (power(difference, middle) < power) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /** Whole days until the units are there, at so many new ones a day in both arms. */
  public long requiredDays(double difference, double power, double unitsPerDay) {
    if (!(unitsPerDay > 0)) {
      throw new IllegalArgumentException(
          "an experiment gets more than 0 units a day, not " + unitsPerDay);
    }
    return (long) Math.ceil(requiredUnits(difference, power) / unitsPerDay);
  }

  private Precision precision(long units) {
    double error = standardError(units);
    return new Precision(units, error * error, Double.POSITIVE_INFINITY);
  }

  private static void checkPower(double power) {
    if (!(power > 0 && power < 1)) {
      throw new IllegalArgumentException("a power lies between 0 and 1, but is " + power);
    }
  }
}
