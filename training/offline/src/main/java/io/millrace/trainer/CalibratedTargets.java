package io.millrace.trainer;

import java.util.Arrays;

/**
 * Targets for examples, made of the labels of those with like predictions (Liu et al., ICML 2022,
 * arXiv 2111.10734, section 4). Equal predictions keep the order of the examples.
 *
 * <p>Shapes: n examples.
 */
final class CalibratedTargets {
  private CalibratedTargets() {}

  /**
   * Of a config.
   *
   * @param probabilities [n]
   * @param labels [n], 0 or 1
   * @return [n]
   * @throws IllegalArgumentException if the config's kind has none
   */
  static float[] of(CapeConfig config, float[] probabilities, byte[] labels) {
    return switch (config.kind()) {
      case BIN -> bins(probabilities, labels, config.bins());
      case KERNEL -> kernel(probabilities, labels, config.sigma(), config.window());
      case NONE, LABELS ->
          throw new IllegalArgumentException("kind: " + config.kind() + ", expected BIN or KERNEL");
    };
  }

  /** The mean label of the example's bin: bin b of B is [bn/B, (b+1)n/B) in sorted order. */
  static float[] bins(float[] probabilities, byte[] labels, int bins) {
    int[] order = ascending(probabilities);
    int n = order.length;
    float[] targets = new float[n];
    for (int bin = 0; bin < bins; bin++) {
      int from = (int) ((long) bin * n / bins);
      int to = (int) ((long) (bin + 1) * n / bins);
      int positives = 0;
      for (int i = from; i < to; i++) {
        positives += labels[order[i]];
      }
      for (int i = from; i < to; i++) {
        targets[order[i]] = (float) positives / (to - from);
      }
    }
    return targets;
  }

  /**
   * {@code Σ K((p_i − p_j) / σ) y_j / Σ K((p_i − p_j) / σ)} over the j at most {@code window}
   * places from i in sorted order, {@code K(u) = exp(−u²/2)}.
   */
  static float[] kernel(float[] probabilities, byte[] labels, double sigma, int window) {
    int[] order = ascending(probabilities);
    int n = order.length;
    double[] weightSums = new double[n];
    double[] labelSums = new double[n];
    for (int i = 0; i < n; i++) {
      weightSums[i] += 1;
      labelSums[i] += labels[order[i]];
      // the kernel is symmetric: each pair is weighed once
      for (int j = i + 1; j < n && j - i <= window; j++) {
        double u = (probabilities[order[j]] - probabilities[order[i]]) / sigma;
        double weight = StrictMath.exp(-u * u / 2);
        weightSums[i] += weight;
        weightSums[j] += weight;
        labelSums[i] += weight * labels[order[j]];
        labelSums[j] += weight * labels[order[i]];
      }
    }
    float[] targets = new float[n];
    for (int i = 0; i < n; i++) {
      targets[order[i]] = (float) (labelSums[i] / weightSums[i]);
    }
    return targets;
  }

  /** Examples by prediction: what is sorted is (prediction, index) in one long. */
  private static int[] ascending(float[] probabilities) {
    long[] keys = new long[probabilities.length];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = (long) Float.floatToIntBits(probabilities[i]) << 32 | i;
    }
    Arrays.sort(keys);
    int[] order = new int[keys.length];
    for (int i = 0; i < keys.length; i++) {
      order[i] = (int) keys[i];
    }
    return order;
  }
}
