package io.millrace.benchmarks;

import java.util.SplittableRandom;

/** What benchmarks begin with: made-up values, and a check that what they time is right. */
final class Checks {
  private Checks() {}

  static float[] random(SplittableRandom random, int n, double low, double high) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextDouble(low, high);
    }
    return values;
  }

  /**
   * @throws IllegalStateException unless they differ by at most {@code tolerance}
   */
  static void close(String what, double actual, double expected, double tolerance) {
    if (!(Math.abs(actual - expected) <= tolerance)) {
      throw new IllegalStateException(
          "%s: %s, expected %s within %s".formatted(what, actual, expected, tolerance));
    }
  }
}
