package io.millrace.inference.offpolicy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How far a log supports statements on a target policy.
 *
 * <p>The mean weight is the target's probability of actions that the log can show, 1 where it can
 * show all. The effective size is (Σ w)² / Σ w² (Kish, "Survey Sampling", 1965): so many rounds of
 * the target itself would tell as much.
 *
 * @param rounds T
 * @param meanWeight mean of w
 * @param meanWeightError its standard error
 * @param effectiveSize at most T; 0 where all weights are 0
 * @param largestWeight the largest w
 * @param largestShare its share of all weights; NaN where all are 0
 * @param warnings sentences on what is wrong; empty where nothing is
 */
public record Support(
    int rounds,
    double meanWeight,
    double meanWeightError,
    double effectiveSize,
    double largestWeight,
    double largestShare,
    List<String> warnings) {
  /** Below this many effective rounds an estimate says nothing. */
  public static final double FEW_EFFECTIVE = 100;

  /** One round should not decide more than this share of an estimate. */
  public static final double LARGE_SHARE = 0.05;

  public Support {
    warnings = List.copyOf(warnings);
  }

  /** Looks at the weights of a log. */
  public static Support of(LoggedRounds log) {
    double sum = 0;
    double squares = 0;
    double largest = 0;
    int rounds = log.rounds();
    for (int t = 0; t < rounds; t++) {
      double w = log.weight(t);
      sum += w;
      squares += w * w;
      largest = Math.max(largest, w);
    }
    double mean = sum / rounds;
    double error = Math.sqrt(Math.max(0, squares / rounds - mean * mean) / Math.max(1, rounds - 1));
    double effective = sum == 0 ? 0 : sum * sum / squares;
    List<String> warnings = new ArrayList<>();
    if (Math.abs(mean - 1) > 3 * error + 1e-9) {
      warnings.add(
          mean < 1
              ? "the weights have mean %s, so the log shows too few of the target's actions: they take %s of its probability, and estimates leave the rest out"
                  .formatted(digits(mean), digits(mean))
              : "the weights have mean %s, which is more than 1 by %s standard errors: propensities or probabilities are wrong"
                  .formatted(digits(mean), digits((mean - 1) / error)));
    }
    if (effective < FEW_EFFECTIVE) {
      warnings.add(
          "the log is worth %s rounds of the target, and fewer than %s say nothing"
              .formatted(digits(effective), digits(FEW_EFFECTIVE)));
    }
    if (largest > LARGE_SHARE * sum) {
      warnings.add(
          "one round has %s of all weight, so that it decides the estimate"
              .formatted(digits(largest / sum)));
    }
    return new Support(rounds, mean, error, effective, largest, largest / sum, warnings);
  }

  private static String digits(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }
}
