package io.millrace.inference.boundary;

import org.apache.commons.numbers.gamma.LogGamma;
import org.apache.commons.numbers.gamma.RegularizedGamma;

/**
 * For sub-Poisson sums with scale c: mixed over a gamma effect (Howard et al. 2021, section 3.2,
 * gamma-Poisson mixture). With r = ρ/c², w = (V+ρ)/c² and x = S/c + w,
 *
 * <pre>
 * M = r^r / (Γ(r) Q(r, r)) · Γ(x) Q(x, w) / w^x · exp(V/c²)
 * </pre>
 *
 * where Q is the upper regularised gamma function.
 */
public record GammaPoissonMixture(double rho, double scale) implements Mixture {
  /** The one that is tightest at about a time for an error probability. */
  public static GammaPoissonMixture at(double bestTime, double alpha, double scale) {
    return new GammaPoissonMixture(NormalMixture.bestRho(bestTime, 2 * alpha), scale);
  }

  @Override
  public double logSupermartingale(double sum, double time) {
    double square = scale * scale;
    double r = rho / square;
    double w = (time + rho) / square;
    double x = sum / scale + w;
    double start = r * Math.log(r) - LogGamma.value(r) - Math.log(RegularizedGamma.Q.value(r, r));
    return start
        + LogGamma.value(x)
        + Math.log(RegularizedGamma.Q.value(x, w))
        - x * Math.log(w)
        + time / square;
  }
}
