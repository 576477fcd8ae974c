package io.millrace.metrics;

/** A running comparison of predictions with true probabilities. Not thread-safe. */
public final class TruthEvaluation {
  private long examples;
  private double squares;
  private double divergence;

  /**
   * Adds one prediction.
   *
   * @param prediction clipped to [1e-7, 1 - 1e-7]
   * @param truth the true probability, in [0, 1]
   */
  public void add(double prediction, double truth) {
    if (!(truth >= 0 && truth <= 1)) {
      throw new IllegalArgumentException("truth: " + truth + ", expected 0 to 1");
    }
    double q = Evaluation.clipped(prediction);
    examples++;
    squares += (q - truth) * (q - truth);
    divergence += part(truth, q) + part(1 - truth, 1 - q);
  }

  /** {@code p ln(p / q)}, 0 where p is. */
  private static double part(double p, double q) {
    return p == 0 ? 0 : p * StrictMath.log(p / q);
  }

  /** As it stands. */
  public TruthMetrics metrics() {
    return new TruthMetrics(examples, squares / examples, divergence / examples);
  }
}
