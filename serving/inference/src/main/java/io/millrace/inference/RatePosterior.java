package io.millrace.inference;

import org.apache.commons.statistics.distribution.BetaDistribution;

/**
 * What is believed of two rates after the data: independent beta distributions, from uniform
 * priors. The integrals over control's rate are exact to about 1e-9, by Gauss and Legendre's rule
 * on pieces of its range.
 */
public final class RatePosterior {
  private static final int PIECES = 64;

  /** Gauss and Legendre's nodes and weights of order 8 on [−1, 1] (Abramowitz and Stegun, 25.4). */
  private static final double[] NODES = {
    0.1834346424956498, 0.5255324099163290, 0.7966664774136267, 0.9602898564975363
  };

  private static final double[] WEIGHTS = {
    0.3626837833783620, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763
  };

  private final BetaDistribution control;
  private final BetaDistribution treatment;

  private RatePosterior(BetaDistribution control, BetaDistribution treatment) {
    this.control = control;
    this.treatment = treatment;
  }

  /** From successes of trials in both arms. */
  public static RatePosterior of(
      long controlSuccesses, long controlTrials, long treatmentSuccesses, long treatmentTrials) {
    return new RatePosterior(
        beta("control", controlSuccesses, controlTrials),
        beta("treatment", treatmentSuccesses, treatmentTrials));
  }

  private static BetaDistribution beta(String arm, long successes, long trials) {
    if (successes < 0 || successes > trials) {
      throw new IllegalArgumentException(
          "%s has %d successes of %d trials, which is no share".formatted(arm, successes, trials));
    }
    return BetaDistribution.of(1.0 + successes, 1.0 + trials - successes);
  }

  /** Probability that treatment's rate is higher. */
  public double probabilityToBeat() {
    return Math.min(1, integrate(treatment::survivalProbability));
  }

  /** E max(0, control − treatment). */
  public double expectedLossOfTreatment() {
    return integrate(rate -> shortfall(treatment, rate));
  }

  /** E max(0, treatment − control). */
  public double expectedLossOfControl() {
    return Math.max(0, expectedLossOfTreatment() + treatment.getMean() - control.getMean());
  }

  /** E max(0, rate − X) = rate F(rate; a, b) − a/(a+b) F(rate; a+1, b). */
  private static double shortfall(BetaDistribution beta, double rate) {
    BetaDistribution next = BetaDistribution.of(beta.getAlpha() + 1, beta.getBeta());
    return Math.max(
        0,
        rate * beta.cumulativeProbability(rate)
            - beta.getMean() * next.cumulativeProbability(rate));
  }

  private interface Function {
    double at(double rate);
  }

  /** Over control's distribution, on the range that holds all of it but 1e-14. */
  private double integrate(Function function) {
    double low = control.inverseCumulativeProbability(1e-14);
    double high = control.inverseSurvivalProbability(1e-14);
    double half = (high - low) / PIECES / 2;
    double sum = 0;
    for (int piece = 0; piece < PIECES; piece++) {
      double middle = low + (2 * piece + 1) * half;
      for (int i = 0; i < NODES.length; i++) {
        double up = middle + half * NODES[i];
        double down = middle - half * NODES[i];
        sum +=
            WEIGHTS[i]
                * (control.density(up) * function.at(up)
                    + control.density(down) * function.at(down));
      }
    }
    return sum * half;
  }
}
