package io.millrace.world;

import java.util.SplittableRandom;

/** Ranks 0 to n-1 with probability proportional to 1 / (rank + 1)^exponent. */
final class Zipf {
  private final double[] cumulative;

  Zipf(int n, double exponent) {
    cumulative = new double[n];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += Math.pow(i + 1, -exponent);
      cumulative[i] = sum;
    }
  }

  /** Draws a rank. */
  int next(SplittableRandom random) {
    double x = random.nextDouble() * cumulative[cumulative.length - 1];
    int low = 0;
    int high = cumulative.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (cumulative[middle] > x) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
