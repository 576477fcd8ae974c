package io.millrace.inference;

/**
 * What is believed of an effect after the data: a normal distribution, from a normal prior or from
 * none (Gelman et al., "Bayesian Data Analysis", 3rd ed., section 2.5).
 *
 * @param mean of the effect
 * @param deviation standard deviation of the effect, above 0
 */
public record Posterior(double mean, double deviation) {
  public Posterior {
    if (!Double.isFinite(mean) || !(deviation > 0 && deviation < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "a posterior has a mean and a deviation above 0, not %s and %s"
              .formatted(mean, deviation));
    }
  }

  /** Where nothing was believed before. */
  public static Posterior flat(Effect.Known effect) {
    return new Posterior(effect.value(), effect.standardError());
  }

  /**
   * Where the effect was believed to be normal before.
   *
   * @param priorDeviation standard deviation, above 0
   */
  public static Posterior of(Effect.Known effect, double priorMean, double priorDeviation) {
    Posterior prior = new Posterior(priorMean, priorDeviation);
    double before = prior.deviation * prior.deviation;
    double total = before + effect.variance();
    return new Posterior(
        (priorMean * effect.variance() + effect.value() * before) / total,
        prior.deviation * effect.standardError() / Math.sqrt(total));
  }

  /** Probability that treatment is better: that the effect is above 0. */
  public double probabilityToBeat() {
    return Normal.survival(-mean / deviation);
  }

  /**
   * What choosing treatment loses on average where it is worse: E max(0, −effect) = σ (φ(z) − z
   * Φ(−z)) with z = μ/σ.
   */
  public double expectedLossOfTreatment() {
    return shortfall(mean);
  }

  /** What choosing control loses on average where treatment is better: E max(0, effect). */
  public double expectedLossOfControl() {
    return shortfall(-mean);
  }

  /** The central interval that holds the effect with probability 1 − α. */
  public Interval credible(double alpha) {
    double reach = Normal.upperQuantile(alpha / 2) * deviation;
    double tail = 2 * Normal.survival(Math.abs(mean / deviation));
    return new Interval(
        mean - reach,
        mean + reach,
        Math.min(1, tail),
        alpha,
        "credible: central, normal posterior");
  }

  /**
   * E max(0, −(center + deviation N)). Far out one term is nothing, and their product not a number.
   */
  private double shortfall(double center) {
    double z = center / deviation;
    if (Math.abs(z) > 38) {
      return Math.max(0, -center);
    }
    return Math.max(0, deviation * (Normal.density(z) - z * Normal.survival(z)));
  }
}
