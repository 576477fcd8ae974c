package io.millrace.metrics;

/**
 * How far predictions are from the observed rates, read off histograms of them in ascending order
 * (Liu et al., ICML 2022, arXiv 2111.10734). Examples of one histogram bin count as ties: a border
 * between bins of equal mass that falls among them gives each side its share of their labels.
 *
 * @param expected ECE: over bins of equal mass, the mean of |mean prediction − rate of positives|
 * @param maximum MCE: the largest of these
 * @param kolmogorovSmirnov KS: the largest |Σ (prediction − label)| / n over the examples up to
 *     some prediction
 */
record CalibrationErrors(double expected, double maximum, double kolmogorovSmirnov) {

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
    double size = (double) n / bins;
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
      while (left >= missing) {
        double gap = Math.abs(open + each * missing);
        gaps += gap;
        largest = Math.max(largest, gap);
        left -= missing;
        open = 0;
        missing = size;
      }
      open += each * left;
      missing -= left;
    }
    // rounding may leave the last bin a hair from full
    gaps += Math.abs(open);
    largest = Math.max(largest, Math.abs(open));
    return new CalibrationErrors(gaps / n, largest / size, ks / n);
  }
}
