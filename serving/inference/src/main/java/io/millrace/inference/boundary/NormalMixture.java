package io.millrace.inference.boundary;

import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * For sub-Gaussian sums, and asymptotically for all: mixed over a normal effect, or over its upper
 * half.
 *
 * <pre>
 * two-sided  M = √(ρ/(V+ρ)) exp(S²/(2(V+ρ)))          (Howard et al. 2021, eq. 14)
 * one-sided  M = √(4ρ/(V+ρ)) exp(S²/(2(V+ρ))) Φ(S/√(V+ρ))
 * </pre>
 *
 * @param rho precision of the mixed effect, above 0
 * @param oneSided whether only large S count
 */
public record NormalMixture(double rho, boolean oneSided) implements Mixture {
  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

  public NormalMixture {
    if (!(rho > 0)) {
      throw new IllegalArgumentException("rho of a mixture is above 0, but is " + rho);
    }
  }

  /** The one that is tightest at a time for an error probability. */
  public static NormalMixture twoSided(double bestTime, double alpha) {
    return new NormalMixture(bestRho(bestTime, alpha), false);
  }

  /** The one that is tightest at a time for an error probability. */
  public static NormalMixture oneSided(double bestTime, double alpha) {
    return new NormalMixture(bestRho(bestTime, 2 * alpha), true);
  }

  /** ρ = V / (2 ln(1/α) + ln(1 + 2 ln(1/α))): Howard et al. 2021, section 3.5. */
  static double bestRho(double bestTime, double alpha) {
    double evidence = -2 * Math.log(alpha);
    return bestTime / (evidence + Math.log1p(evidence));
  }

  @Override
  public double logSupermartingale(double sum, double time) {
    double total = time + rho;
    double both = Math.log(rho / total) / 2 + sum * sum / (2 * total);
    return oneSided
        ? both + Math.log(2 * NORMAL.cumulativeProbability(sum / Math.sqrt(total)))
        : both;
  }

  @Override
  public double bound(double time, double alpha) {
    return oneSided
        ? Mixture.super.bound(time, alpha)
        : Math.sqrt((time + rho) * (Math.log1p(time / rho) - 2 * Math.log(alpha)));
  }
}
