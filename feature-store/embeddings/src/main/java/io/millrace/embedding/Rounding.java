package io.millrace.embedding;

import java.util.SplittableRandom;

/** How a number becomes a whole one. */
@FunctionalInterface
public interface Rounding {
  /** To the nearest, ties to even. */
  Rounding NEAREST = Math::rint;

  double round(double value);

  /**
   * Up with the probability of the fraction, else down, so that the mean is the number itself: who
   * learns in few bits needs it, because steps below half a unit would never be taken otherwise
   * (Gupta et al., ICML 2015). Not thread-safe.
   */
  static Rounding stochastic(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return value -> Math.floor(value + random.nextDouble());
  }
}
