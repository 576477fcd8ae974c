package io.millrace.inference.boundary;

/**
 * A mixture supermartingale of Howard, Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric,
 * nonasymptotic confidence sequences", Annals of Statistics 49(2), 2021 (arXiv 1810.08240), section
 * 3.2 and appendix A.
 */
public sealed interface Mixture
    permits NormalMixture, GammaExponentialMixture, GammaPoissonMixture, BetaBinomialMixture {
  /**
   * ln M(S, V).
   *
   * @param sum S
   * @param time V, at least 0
   */
  double logSupermartingale(double sum, double time);

  /** The largest S that is possible at a time. */
  default double largestSum(double time) {
    return Double.POSITIVE_INFINITY;
  }

  /**
   * The S at which M(S, V) reaches 1/α: with probability 1 − α no S lies above it, at no time.
   *
   * @param time V, above 0
   */
  default double bound(double time, double alpha) {
    double threshold = -Math.log(alpha);
    double high = largestSum(time);
    if (high == Double.POSITIVE_INFINITY) {
      high = time;
      while (logSupermartingale(high, time) < threshold) {
        high *= 2;
      }
    } else if (logSupermartingale(high, time) < threshold) {
      return high;
    }
    return Roots.bisect(sum -> logSupermartingale(sum, time) - threshold, 0, high);
  }
}
