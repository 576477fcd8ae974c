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
 * @param brier mean squared distance of prediction and label
 * @param ece expected calibration error over 15 bins of equal mass: the mean distance of mean
 *     prediction and rate of positives; a constant prediction of the base rate has none
 * @param mce the largest of these distances
 * @param ks Kolmogorov-Smirnov error: the largest |Σ (prediction − label)| / n over the examples up
 *     to some prediction
 */
public record Metrics(
    long examples,
    long positives,
    double auc,
    double logloss,
    double normalizedEntropy,
    double calibration,
    double brier,
    double ece,
    double mce,
    double ks) {
  /** Of no examples. */
  public static final Metrics NONE =
      new Metrics(
          0,
          0,
          Double.NaN,
          Double.NaN,
          Double.NaN,
          Double.NaN,
          Double.NaN,
          Double.NaN,
          Double.NaN,
          Double.NaN);
}
