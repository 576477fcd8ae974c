package io.millrace.inference;

import io.millrace.inference.boundary.NormalMixture;

/**
 * An interval that covers the effect at all times at once, so that it may be looked at after every
 * unit: the asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas,
 * "Time-uniform central limit theory and asymptotic confidence sequences", arXiv 2103.06476v7. With
 * variance σ² of a unit's share of the estimate, after n units,
 *
 * <pre>
 * half width = σ √(2(nρ²+1)/(n²ρ²) · ln(√(nρ²+1)/α))          (section 2)
 * ρ = √((−2 ln α + ln(−2 ln α + 1)) / n*)                      (eq. 161)
 * </pre>
 *
 * <p>It is the two-sided {@link NormalMixture} at V = n, with ρ² for the inverse of its ρ.
 * Asymptotic means: an early look at few units of a skewed metric has the error of the normal
 * approximation.
 *
 * @param tightestAt n*, number of units in both arms at which the interval is tightest
 */
public record AlwaysValid(long tightestAt) implements IntervalMethod {
  public AlwaysValid {
    if (tightestAt < 1) {
      throw new IllegalArgumentException(
          "an always-valid interval is tightest at 1 unit or more, not at " + tightestAt);
    }
  }

  @Override
  public double critical(double alpha, Precision precision) {
    return mixture(alpha).bound(precision.units(), alpha) / Math.sqrt(precision.units());
  }

  @Override
  public double oneSidedCritical(double alpha, Precision precision) {
    return NormalMixture.oneSided(tightestAt, Math.min(0.499, Normal.probability(alpha)))
            .bound(precision.units(), alpha)
        / Math.sqrt(precision.units());
  }

  /** The least α whose interval with this ρ leaves the hypothesis out. */
  @Override
  public double pValue(double statistic, double alpha, Precision precision) {
    double sum = statistic * Math.sqrt(precision.units());
    return Math.min(1, Math.exp(-mixture(alpha).logSupermartingale(sum, precision.units())));
  }

  @Override
  public String describe() {
    return "always-valid: may be looked at any time, tightest at %d units".formatted(tightestAt);
  }

  private NormalMixture mixture(double alpha) {
    return NormalMixture.twoSided(tightestAt, Normal.probability(alpha));
  }
}
