package io.millrace.trainer;

import io.millrace.embedding.RowGradients;

/** Limits on the gradients of a step, over embedding rows and weights together. */
final class GradientClip {
  private GradientClip() {}

  /** Cuts every element to [-limit, limit]. */
  static void byValue(RowGradients rows, float[][] weights, float limit) {
    byValue(rows.values(), rows.size() * rows.width(), limit);
    for (float[] weight : weights) {
      byValue(weight, weight.length, limit);
    }
  }

  private static void byValue(float[] values, int n, float limit) {
    for (int i = 0; i < n; i++) {
      values[i] = Math.max(-limit, Math.min(limit, values[i]));
    }
  }

  /** Scales all down so that their common Euclidean norm is at most the limit. */
  static void byNorm(RowGradients rows, float[][] weights, double limit) {
    int rowValues = rows.size() * rows.width();
    double square = sumOfSquares(rows.values(), rowValues);
    for (float[] weight : weights) {
      square += sumOfSquares(weight, weight.length);
    }
    double norm = Math.sqrt(square);
    if (norm > limit) {
      float factor = (float) (limit / norm);
      scale(rows.values(), rowValues, factor);
      for (float[] weight : weights) {
        scale(weight, weight.length, factor);
      }
    }
  }

  private static double sumOfSquares(float[] values, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += (double) values[i] * values[i];
    }
    return sum;
  }

  private static void scale(float[] values, int n, float factor) {
    for (int i = 0; i < n; i++) {
      values[i] *= factor;
    }
  }
}
