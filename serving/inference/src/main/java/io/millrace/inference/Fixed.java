package io.millrace.inference;

import org.apache.commons.statistics.distribution.ContinuousDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * The interval of a sample whose size was fixed beforehand: valid at one look. Student's with
 * Welch's degrees of freedom, and the normal one for proportions.
 */
public record Fixed() implements IntervalMethod {
  @Override
  public double critical(double alpha, Precision precision) {
    return oneSidedCritical(alpha / 2, precision);
  }

  @Override
  public double oneSidedCritical(double alpha, Precision precision) {
    return distribution(precision).inverseSurvivalProbability(Normal.probability(alpha));
  }

  @Override
  public double pValue(double statistic, double alpha, Precision precision) {
    return Math.min(1, 2 * distribution(precision).survivalProbability(Math.abs(statistic)));
  }

  @Override
  public String describe() {
    return "fixed: valid at one look";
  }

  static ContinuousDistribution distribution(Precision precision) {
    return precision.degreesOfFreedom() == Double.POSITIVE_INFINITY
        ? Normal.STANDARD
        : TDistribution.of(precision.degreesOfFreedom());
  }
}
