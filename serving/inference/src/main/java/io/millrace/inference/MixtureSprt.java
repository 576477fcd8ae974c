package io.millrace.inference;

/**
 * The mixture sequential probability ratio test: Zhao, Liu and Deb, "Safely and quickly deploying
 * new features with a staged rollout framework using sequential test and adaptive experimental
 * design", arXiv 1905.10493. With variance V of the estimate and τ of the effects that are
 * expected,
 *
 * <pre>
 * Z* = √((V+τ)/τ · (−2 ln(α/2) − ln(V/(V+τ))))
 * </pre>
 *
 * <p>Its α/2 makes it wider than need be: 1/α would do for the two-sided mixture.
 *
 * @param effectVariance τ, in the scale of the effect squared
 */
public record MixtureSprt(double effectVariance) implements IntervalMethod {
  public MixtureSprt {
    if (!(effectVariance > 0 && effectVariance < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the variance of expected effects is above 0, but is " + effectVariance);
    }
  }

  @Override
  public double critical(double alpha, Precision precision) {
    double total = precision.variance() + effectVariance;
    return Math.sqrt(
        total
            / effectVariance
            * (-2 * Math.log(Normal.probability(alpha) / 2)
                - Math.log(precision.variance() / total)));
  }

  /** That of two sides, which is on the safe side. */
  @Override
  public double oneSidedCritical(double alpha, Precision precision) {
    return critical(alpha, precision);
  }

  @Override
  public double pValue(double statistic, double alpha, Precision precision) {
    double total = precision.variance() + effectVariance;
    double evidence =
        statistic * statistic * effectVariance / total + Math.log(precision.variance() / total);
    return Math.min(1, 2 * Math.exp(-evidence / 2));
  }

  @Override
  public String describe() {
    return "mSPRT: may be looked at any time, for effects of variance " + effectVariance;
  }
}
