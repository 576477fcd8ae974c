package io.millrace.inference.boundary;

import org.apache.commons.numbers.gamma.LogGamma;
import org.apache.commons.numbers.gamma.RegularizedGamma;

/**
 * For sub-exponential sums with scale c: mixed over a gamma effect (Howard et al. 2021, section
 * 3.2, gamma-exponential mixture). With r = ρ/c², w = (V+ρ)/c² and x = (cS+V+ρ)/c²,
 *
 * <pre>
 * M = r^r / (Γ(r) P(r, r)) · Γ(w) P(w, x) / x^w · exp((cS+V)/c²)
 * </pre>
 *
 * where P is the lower regularised gamma function.
 */
public record GammaExponentialMixture(double rho, double scale) implements Mixture {
  /** The one that is tightest at about a time for an error probability. */
  public static GammaExponentialMixture at(double bestTime, double alpha, double scale) {
    return new GammaExponentialMixture(NormalMixture.bestRho(bestTime, 2 * alpha), scale);
  }

  @Override
  public double logSupermartingale(double sum, double time) {
    double square = scale * scale;
    double r = rho / square;
    double w = (time + rho) / square;
    double x = (scale * sum + time + rho) / square;
    double start = r * Math.log(r) - LogGamma.value(r) - Math.log(RegularizedGamma.P.value(r, r));
    return start
        + LogGamma.value(w)
        + Math.log(RegularizedGamma.P.value(w, x))
        - w * Math.log(x)
        + x
        - r;
  }
}
