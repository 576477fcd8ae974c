package io.millrace.metrics;

/**
 * How far predictions q are from the true probabilities p, where these are known. NaN without
 * examples. Where labels are drawn from p, the expected Brier score is {@code meanSquaredError + E
 * p(1−p)} and the expected log loss {@code divergence} plus the entropy of p: so the difference to
 * the scores of p itself on the same labels estimates both for a model whose predictions are not at
 * hand.
 *
 * @param examples number of examples
 * @param meanSquaredError mean of (q − p)²
 * @param divergence mean Kullback-Leibler divergence KL(p‖q) in nats
 */
public record TruthMetrics(long examples, double meanSquaredError, double divergence) {

  /**
   * The estimate from scores on the same labels.
   *
   * @param model scores of q
   * @param truth scores of p
   */
  public static TruthMetrics estimate(Metrics model, Metrics truth) {
    return new TruthMetrics(
        model.examples(), model.brier() - truth.brier(), model.logloss() - truth.logloss());
  }
}
