package io.millrace.inference;

import java.util.List;

/**
 * Means of the four parts in both arms, and how they vary together: the material of the delta
 * method.
 *
 * <p>Index {@code arm · 4 + part}, control first. With strata the means are those of
 * post-stratification: μ = Σ w μ_k with the share w of stratum k in both arms together, and their
 * covariance is Σ w² Σ_k / n_k (Miratrix, Sekhon and Yu, "Adjusting treatment effect estimates by
 * post-stratification in randomized experiments", JRSS B 75(2), 2013). The shares are taken as they
 * are: the effect is that on units with this mix of strata.
 *
 * @param means [8]
 * @param within covariance of the means, [8][8], 0 between arms
 * @param unit covariance of a unit's parts within arms and strata together, [4][4]
 */
record JointMeans(double[] means, double[][] within, double[][] unit) {
  static final int SIZE = 2 * Part.COUNT;

  /**
   * What is left of terms that cancel, such as those of numerators that are k times denominators.
   */
  private static final double ROUNDING = 1e-13;

  static JointMeans of(List<Stratum> strata, Metric metric) {
    double[] means = new double[SIZE];
    double[][] within = new double[SIZE][SIZE];
    double[][] unit = new double[Part.COUNT][Part.COUNT];
    // The variance of a share p is p (1 − p), that of a sample n − 1 in the divisor.
    int lost = metric == Metric.PROPORTION ? 0 : 1;
    double units = strata.stream().mapToLong(Stratum::units).sum();
    for (Stratum stratum : strata) {
      double weight = stratum.units() / units;
      double[] own = new double[SIZE];
      for (int arm = 0; arm < 2; arm++) {
        Moments moments = arm == 0 ? stratum.control() : stratum.treatment();
        double scale = weight * weight / moments.count() / (moments.count() - lost);
        for (Part a : Part.values()) {
          int i = arm * Part.COUNT + a.ordinal();
          own[i] = moments.mean(a);
          means[i] += weight * own[i];
          for (Part b : Part.values()) {
            within[i][arm * Part.COUNT + b.ordinal()] += scale * moments.deviations(a, b);
          }
        }
      }
      Moments both = Moments.sum(stratum.control(), stratum.treatment());
      for (Part a : Part.values()) {
        for (Part b : Part.values()) {
          unit[a.ordinal()][b.ordinal()] += both.deviations(a, b) / (units - strata.size());
        }
      }
    }
    return new JointMeans(means, within, unit);
  }

  double mean(int arm, Part part) {
    return means[arm * Part.COUNT + part.ordinal()];
  }

  /** Variance of the mean of a part in an arm. */
  double varianceOfMean(int arm, Part part) {
    int i = arm * Part.COUNT + part.ordinal();
    return within[i][i];
  }

  /** Variance that the units of one arm bring to a function of the means with this gradient. */
  double variance(int arm, double[] gradient) {
    double sum = 0;
    double size = 0;
    for (int i = arm * Part.COUNT; i < (arm + 1) * Part.COUNT; i++) {
      for (int j = arm * Part.COUNT; j < (arm + 1) * Part.COUNT; j++) {
        double term = gradient[i] * within[i][j] * gradient[j];
        sum += term;
        size += Math.abs(term);
      }
    }
    return sum > ROUNDING * size ? sum : 0;
  }

  /** Variance of a function of the means with this gradient: the delta method. */
  double variance(double[] gradient) {
    return variance(0, gradient) + variance(1, gradient);
  }
}
