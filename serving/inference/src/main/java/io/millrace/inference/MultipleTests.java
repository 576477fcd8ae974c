package io.millrace.inference;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** p values of many hypotheses, adjusted for their number, so that each is compared with α. */
public final class MultipleTests {
  private MultipleTests() {}

  /**
   * Holds the expected share of false discoveries at α (Benjamini and Hochberg, JRSS B 57(1),
   * 1995).
   *
   * @return as long as, and in the order of, {@code pValues}
   */
  public static double[] benjaminiHochberg(double[] pValues) {
    int[] order = rising(pValues);
    double[] adjusted = new double[pValues.length];
    double least = 1;
    for (int rank = order.length; rank > 0; rank--) {
      int i = order[rank - 1];
      least = Math.min(least, pValues[i] * (order.length / (double) rank));
      adjusted[i] = least;
    }
    return adjusted;
  }

  /**
   * Holds the probability of any false discovery at α (Holm, Scandinavian Journal of Statistics
   * 6(2), 1979).
   *
   * @return as long as, and in the order of, {@code pValues}
   */
  public static double[] holm(double[] pValues) {
    int[] order = rising(pValues);
    double[] adjusted = new double[pValues.length];
    double largest = 0;
    for (int rank = 0; rank < order.length; rank++) {
      int i = order[rank];
      largest = Math.max(largest, Math.min(1, pValues[i] * (order.length - rank)));
      adjusted[i] = largest;
    }
    return adjusted;
  }

  private static int[] rising(double[] pValues) {
    for (double p : pValues) {
      if (!(p >= 0 && p <= 1)) {
        throw new IllegalArgumentException(
            "p values lie between 0 and 1, but are " + Arrays.toString(pValues));
      }
    }
    return IntStream.range(0, pValues.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> pValues[i]))
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
