package io.millrace.inference;

/**
 * A confidence interval and its p value, which is at most {@code alpha} where 0 lies outside.
 *
 * @param lower infinite where nothing is ruled out yet
 * @param upper infinite where nothing is ruled out yet
 * @param alpha error probability of both sides together
 * @param method in words
 */
public record Interval(double lower, double upper, double pValue, double alpha, String method) {
  public boolean contains(double value) {
    return lower <= value && value <= upper;
  }

  /**
   * What this interval and an earlier one of the same quantity leave. Intervals that hold at all
   * times at once hold together too; empty, with lower above upper, where the quantity itself
   * moved.
   */
  public Interval and(Interval earlier) {
    return new Interval(
        Math.max(lower, earlier.lower),
        Math.min(upper, earlier.upper),
        Math.min(pValue, earlier.pValue),
        alpha,
        method);
  }

  /** Whether no effect is ruled out. */
  public boolean excludesZero() {
    return !contains(0);
  }
}
