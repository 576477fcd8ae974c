package io.millrace.metrics;

/**
 * What an {@link Evaluation} amounts to. A metric that is not defined (without examples, or with
 * one class only) is NaN.
 *
 * @param examples number of examples
 * @param positives number of examples with label 1
 * @param auc area under the ROC curve, ties count half
 * @param logloss mean binary cross-entropy in nats
 * @param normalizedEntropy logloss over the entropy of the base rate (He et al., ADKDD 2014, eq. 3)
 * @param calibration mean prediction over base rate
 */
public record Metrics(
    long examples,
    long positives,
    double auc,
    double logloss,
    double normalizedEntropy,
    double calibration) {}
