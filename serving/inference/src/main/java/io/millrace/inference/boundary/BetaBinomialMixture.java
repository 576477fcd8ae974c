package io.millrace.inference.boundary;

import org.apache.commons.numbers.gamma.LogBeta;
import org.apache.commons.numbers.gamma.RegularizedBeta;

/**
 * For sums of observations of which each is −g to h, with V = gh per observation: mixed over a beta
 * effect (Howard et al. 2021, section 3.2, beta-binomial mixture). With a = (r+V−gS)/(g(g+h)) and b
 * = (r+V+hS)/(h(g+h)),
 *
 * <pre>
 * M = (g+h)^(V/gh) / (g^((V+hS)/(h(g+h))) h^((V−gS)/(g(g+h)))) · B(a, b; x) / B(a₀, b₀; x)
 * </pre>
 *
 * where a₀ and b₀ are a and b at S = V = 0, B the incomplete beta function, and x = 1 for two
 * sides, h/(g+h) for one.
 */
public record BetaBinomialMixture(double r, double below, double above, boolean oneSided)
    implements Mixture {
  /** The one that is tightest at about a time for an error probability. */
  public static BetaBinomialMixture at(
      double bestTime, double alpha, double below, double above, boolean oneSided) {
    double rho = NormalMixture.bestRho(bestTime, oneSided ? 2 * alpha : alpha);
    double product = below * above;
    return new BetaBinomialMixture(Math.max(rho - product, 1e-3 * product), below, above, oneSided);
  }

  @Override
  public double logSupermartingale(double sum, double time) {
    double width = below + above;
    double ups = (time + above * sum) / (above * width);
    double downs = (time - below * sum) / (below * width);
    return time / (below * above) * Math.log(width)
        - ups * Math.log(below)
        - downs * Math.log(above)
        + logBeta(r / (below * width) + downs, r / (above * width) + ups)
        - logBeta(r / (below * width), r / (above * width));
  }

  private double logBeta(double a, double b) {
    double complete = LogBeta.value(a, b);
    return oneSided
        ? complete + Math.log(RegularizedBeta.value(above / (below + above), a, b))
        : complete;
  }

  @Override
  public double largestSum(double time) {
    return time / below;
  }
}
