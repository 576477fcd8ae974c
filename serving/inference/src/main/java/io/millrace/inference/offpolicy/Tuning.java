package io.millrace.inference.offpolicy;

import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.DoubleUnaryOperator;

/**
 * Chooses the threshold of {@link Estimator.SwitchDoublyRobust} or the shrinkage of {@link
 * Estimator.ShrunkDoublyRobust} that has the least bound of the mean squared error: Su,
 * Dimakopoulou, Krishnamurthy and Dudík, "Doubly robust off-policy evaluation with shrinkage", ICML
 * 2020. With weights ŵ in the place of w, over T rounds,
 *
 * <pre>
 * variance(terms)/T + bias²
 * bias = |mean((w − ŵ)(r − q))| + √(2 mean(w²) ln(2/δ) / T) + 2 max(w) ln(2/δ) / (3 T)
 * </pre>
 *
 * @param delta δ, the probability with which the bound of the bias fails
 */
public record Tuning(double delta) {
  public Tuning {
    if (!(delta > 0 && delta < 1)) {
      throw new IllegalArgumentException("delta of a tuning lies between 0 and 1, but is " + delta);
    }
  }

  /** The best Switch-DR of these thresholds. */
  public Estimator.SwitchDoublyRobust switching(LoggedRounds log, List<Double> thresholds) {
    return best(
        log,
        thresholds,
        Estimator.SwitchDoublyRobust::new,
        threshold -> new Estimator.SwitchDoublyRobust(threshold)::weight);
  }

  /** The best DRos of these shrinkages. */
  public Estimator.ShrunkDoublyRobust shrinking(LoggedRounds log, List<Double> shrinkages) {
    return best(
        log,
        shrinkages,
        Estimator.ShrunkDoublyRobust::new,
        shrinkage -> new Estimator.ShrunkDoublyRobust(shrinkage)::weight);
  }

  private <E extends Estimator> E best(
      LoggedRounds log,
      List<Double> candidates,
      DoubleFunction<E> make,
      DoubleFunction<DoubleUnaryOperator> weight) {
    if (candidates.isEmpty()) {
      throw new IllegalArgumentException("a tuning needs a candidate, but has none");
    }
    E best = make.apply(candidates.get(0));
    double least = Double.POSITIVE_INFINITY;
    for (double candidate : candidates) {
      E estimator = make.apply(candidate);
      double bound = bound(log, estimator, weight.apply(candidate));
      if (bound < least) {
        least = bound;
        best = estimator;
      }
    }
    return best;
  }

  private double bound(LoggedRounds log, Estimator estimator, DoubleUnaryOperator weight) {
    int rounds = log.rounds();
    double[] terms = estimator.checkedTerms(log).numerator();
    double mean = 0;
    double bias = 0;
    double squares = 0;
    double largest = 0;
    for (int t = 0; t < rounds; t++) {
      double w = log.weight(t);
      mean += terms[t] / rounds;
      bias += (w - weight.applyAsDouble(w)) * (log.reward()[t] - log.predicted()[t]) / rounds;
      squares += w * w / rounds;
      largest = Math.max(largest, w);
    }
    double variance = 0;
    for (double term : terms) {
      variance += (term - mean) * (term - mean) / rounds;
    }
    double logarithm = Math.log(2 / delta);
    double bound =
        Math.abs(bias)
            + Math.sqrt(2 * squares * logarithm / rounds)
            + 2 * largest * logarithm / (3 * rounds);
    return variance / rounds + bound * bound;
  }
}
