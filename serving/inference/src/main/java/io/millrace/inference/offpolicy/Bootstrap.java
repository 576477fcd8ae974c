package io.millrace.inference.offpolicy;

import io.millrace.inference.Interval;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Intervals by drawing rounds anew, with replacement: the percentile bootstrap of Efron and
 * Tibshirani, "An Introduction to the Bootstrap", 1993, section 13.3. Rounds count as independent:
 * where one user has many rounds, the interval is too narrow.
 *
 * @param samples how often the log is drawn anew, at least 100
 * @param seed of the draws: the same seed gives the same interval
 */
public record Bootstrap(int samples, long seed) {
  public Bootstrap {
    if (samples < 100) {
      throw new IllegalArgumentException("a bootstrap draws 100 samples or more, not " + samples);
    }
  }

  /**
   * The interval of an estimate.
   *
   * @param alpha error probability of both sides together
   * @return its p value is that of a mean reward of 0: twice the share of samples on the other side
   */
  public Interval interval(Estimator estimator, LoggedRounds log, double alpha) {
    if (!(alpha > 0 && alpha < 1)) {
      throw new IllegalArgumentException(
          "an error probability lies between 0 and 1, but is " + alpha);
    }
    Terms terms = estimator.checkedTerms(log);
    double[] numerator = terms.numerator();
    double[] denominator = terms.denominator();
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[samples];
    for (int s = 0; s < samples; s++) {
      double top = 0;
      double bottom = 0;
      for (int t = 0; t < numerator.length; t++) {
        int drawn = random.nextInt(numerator.length);
        top += numerator[drawn];
        bottom += denominator[drawn];
      }
      // Only weights of 0 were drawn: no reward of the target was seen.
      values[s] = bottom == 0 ? 0 : top / bottom;
    }
    Arrays.sort(values);
    long below = Arrays.stream(values).filter(v -> v <= 0).count();
    long above = Arrays.stream(values).filter(v -> v >= 0).count();
    return new Interval(
        quantile(values, alpha / 2),
        quantile(values, 1 - alpha / 2),
        Math.min(1, 2.0 * Math.min(below, above) / samples),
        alpha,
        "bootstrap: %d samples, seed %d".formatted(samples, seed));
  }

  /** Linear between order statistics, as numpy's. */
  private static double quantile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int low = (int) place;
    int high = Math.min(low + 1, sorted.length - 1);
    return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
  }
}
