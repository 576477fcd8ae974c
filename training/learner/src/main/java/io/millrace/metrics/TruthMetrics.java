package io.millrace.metrics;

/**
 * How good predictions q are where the true probabilities p are known: the figures that labels
 * drawn from p would give on average, without their noise and without waiting for them. NaN without
 * examples.
 *
 * @param examples number of examples
 * @param auc expected area under the ROC curve of q: each example counts as p of a positive and 1 −
 *     p of a negative
 * @param ceiling that of p itself, which no q exceeds
 * @param logloss expected log loss of q in nats
 * @param floor that of p itself, the mean entropy of p
 * @param calibration sum of q over sum of p
 * @param meanSquaredError mean of (q − p)²
 * @param divergence mean Kullback-Leibler divergence KL(p‖q) in nats
 */
public record TruthMetrics(
    long examples,
    double auc,
    double ceiling,
    double logloss,
    double floor,
    double calibration,
    double meanSquaredError,
    double divergence) {}
