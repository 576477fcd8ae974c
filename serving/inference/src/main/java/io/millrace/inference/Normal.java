package io.millrace.inference;

import org.apache.commons.statistics.distribution.NormalDistribution;

/** The standard normal distribution. */
final class Normal {
  static final NormalDistribution STANDARD = NormalDistribution.of(0, 1);

  private Normal() {}

  /** The value that is exceeded with this probability. */
  static double upperQuantile(double probability) {
    return STANDARD.inverseSurvivalProbability(probability(probability));
  }

  /** P(Z > z), exact far out. */
  static double survival(double z) {
    return STANDARD.survivalProbability(z);
  }

  static double density(double z) {
    return STANDARD.density(z);
  }

  static double probability(double alpha) {
    if (!(alpha > 0 && alpha < 1)) {
      throw new IllegalArgumentException(
          "an error probability lies between 0 and 1, but is " + alpha);
    }
    return alpha;
  }
}
