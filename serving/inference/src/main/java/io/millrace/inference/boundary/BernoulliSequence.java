package io.millrace.inference.boundary;

import java.util.function.DoubleUnaryOperator;

/**
 * The confidence sequence of a probability from successes and trials, without approximation: those
 * p for which the two-sided beta-binomial mixture of the centred successes stays below 1/α (Howard
 * et al. 2021, section 3.2; Robbins, Annals of Mathematical Statistics 41, 1970).
 *
 * @param alpha error probability of both sides together, over all times
 * @param bestTrials number of trials at which it is tightest
 */
public record BernoulliSequence(double alpha, double bestTrials) {
  public BernoulliSequence {
    if (!(alpha > 0 && alpha < 1) || !(bestTrials > 0)) {
      throw new IllegalArgumentException(
          "a sequence needs alpha between 0 and 1 and trials above 0, but has %s and %s"
              .formatted(alpha, bestTrials));
    }
  }

  /** Ends of an interval. */
  public record Ends(double lower, double upper) {}

  /** The interval after trials of which some were successes; all of [0, 1] without trials. */
  public Ends interval(double successes, long trials) {
    if (trials == 0) {
      return new Ends(0, 1);
    }
    double mean = successes / trials;
    if (!(mean >= 0 && mean <= 1)) {
      throw new IllegalArgumentException(
          "%s successes of %d trials are no share".formatted(successes, trials));
    }
    DoubleUnaryOperator evidence =
        p -> {
          // Successes rule out 0, failures rule out 1.
          if (p <= 0 || p >= 1) {
            return mean == p ? -1 : 1;
          }
          double variance = p * (1 - p);
          return BetaBinomialMixture.at(variance * bestTrials, alpha, p, 1 - p, false)
                  .logSupermartingale((mean - p) * trials, variance * trials)
              + Math.log(alpha);
        };
    return new Ends(
        mean == 0 ? 0 : Roots.bisect(evidence, 0, mean),
        mean == 1 ? 1 : Roots.bisect(evidence, mean, 1));
  }

  /**
   * The interval of treatment's probability less control's, from an interval of each at half of α:
   * one of both misses with probability α at most.
   */
  public Ends difference(
      double controlSuccesses, long controlTrials, double successes, long trials) {
    BernoulliSequence half = new BernoulliSequence(alpha / 2, bestTrials);
    Ends control = half.interval(controlSuccesses, controlTrials);
    Ends treatment = half.interval(successes, trials);
    return new Ends(treatment.lower - control.upper, treatment.upper - control.lower);
  }
}
