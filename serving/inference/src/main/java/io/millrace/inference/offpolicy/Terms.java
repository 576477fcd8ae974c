package io.millrace.inference.offpolicy;

/**
 * What each round brings to an estimate: Σ numerator / Σ denominator.
 *
 * @param numerator [T]
 * @param denominator [T], all 1 where the estimate is a mean
 */
record Terms(double[] numerator, double[] denominator) {
  double value() {
    double top = 0;
    double bottom = 0;
    for (int t = 0; t < numerator.length; t++) {
      top += numerator[t];
      bottom += denominator[t];
    }
    return top / bottom;
  }
}
