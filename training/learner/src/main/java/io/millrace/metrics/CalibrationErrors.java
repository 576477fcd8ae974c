package io.millrace.metrics;

/**
 * How far predictions are from the observed rates, read off histograms of them in ascending order
 * (Liu et al., ICML 2022, arXiv 2111.10734). Examples of one histogram bin count as ties: a border
 * between bins of equal mass that falls among them gives each side its share of their labels. Of
 * few examples, where one more or less in a bin is seen, borders lie between two examples, as in a
 * sorted list of them; of many, a border may lie within one.
 *
 * @param expected ECE: over bins of equal mass, the mean of |mean prediction − rate of positives|
 * @param maximum MCE: the largest of these
 * @param kolmogorovSmirnov KS: the largest |Σ (prediction − label)| / n over the examples up to
 *     some prediction
 */
record CalibrationErrors(double expected, double maximum, double kolmogorovSmirnov) {
  /** With so many examples in a bin, a part of one more is not seen. */
  private static final int MANY_IN_A_BIN = 256;

  /**
   * Of n examples; NaN without any.
   *
   * @param probabilities [h], ascending: what an example of a histogram bin was predicted
   * @param negatives [h] counts
   * @param positives [h] counts
   * @param bins of equal mass, at least 1
   */
  static CalibrationErrors of(
      double[] probabilities, long[] negatives, long[] positives, int bins) {
    long n = 0;
    for (int i = 0; i < probabilities.length; i++) {
      n += negatives[i] + positives[i];
    }
    if (n == 0) {
      return new CalibrationErrors(Double.NaN, Double.NaN, Double.NaN);
    }
    int bin = 1;
    double size = size(bin, n, bins);
    double gaps = 0;
    double largest = 0;
    double ks = 0;
    double excess = 0; // predictions − labels of all examples so far
    double open = 0; // the same of the bin that is being filled
    double missing = size; // until it is full
    for (int i = 0; i < probabilities.length; i++) {
      double left = negatives[i] + positives[i];
      if (left == 0) {
        continue;
      }
      double each = probabilities[i] - positives[i] / left;
      excess += each * left;
      ks = Math.max(ks, Math.abs(excess));
      while (left >= missing && bin <= bins) {
        double gap = Math.abs(open + each * missing);
        gaps += gap;
        largest = size == 0 ? largest : Math.max(largest, gap / size);
        left -= missing;
        open = 0;
        size = size(++bin, n, bins);
        missing = size;
      }
      open += each * left;
      missing -= left;
    }
    // rounding may leave the last bin a hair from full
    gaps += Math.abs(open);
    largest = Math.max(largest, Math.abs(open) / ((double) n / bins));
    return new CalibrationErrors(gaps / n, largest, ks / n);
  }

  /** Examples of a bin, counted from 1. */
  private static double size(int bin, long n, int bins) {
    return n < (long) MANY_IN_A_BIN * bins
        ? Math.rint((double) bin * n / bins) - Math.rint((bin - 1.0) * n / bins)
        : (double) n / bins;
  }
}
