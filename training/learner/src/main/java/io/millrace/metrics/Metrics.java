package io.millrace.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;

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

  /** All of them by name, in the order of the record. */
  public Map<String, Double> byName() {
    Map<String, Double> all = new LinkedHashMap<>();
    all.put("examples", (double) examples);
    all.put("positives", (double) positives);
    all.put("auc", auc);
    all.put("logloss", logloss);
    all.put("normalizedEntropy", normalizedEntropy);
    all.put("calibration", calibration);
    all.put("brier", brier);
    all.put("ece", ece);
    all.put("mce", mce);
    all.put("ks", ks);
    return all;
  }

  /**
   * From {@link #byName}'s form.
   *
   * @param value of a name, NaN if there is none
   */
  public static Metrics of(ToDoubleFunction<String> value) {
    return new Metrics(
        Math.round(value.applyAsDouble("examples")),
        Math.round(value.applyAsDouble("positives")),
        value.applyAsDouble("auc"),
        value.applyAsDouble("logloss"),
        value.applyAsDouble("normalizedEntropy"),
        value.applyAsDouble("calibration"),
        value.applyAsDouble("brier"),
        value.applyAsDouble("ece"),
        value.applyAsDouble("mce"),
        value.applyAsDouble("ks"));
  }
}
