package io.millrace.inference;

/** What a treatment does to a metric, or why nobody can say. */
public sealed interface Effect {

  /** In what it is measured. */
  enum Scale {
    /** Treatment's level less control's. */
    DIFFERENCE,
    /** The difference by the size of control's level; its sign is that of the difference. */
    RELATIVE
  }

  /** Why there is no figure. */
  enum Reason {
    TOO_FEW_UNITS,
    NO_VARIATION,
    NOT_A_PROPORTION,
    DENOMINATOR_NEAR_ZERO,
    BASELINE_NEAR_ZERO
  }

  /**
   * An estimate.
   *
   * @param value estimated effect
   * @param variance of the estimate: its standard error squared, above 0
   * @param degreesOfFreedom of Student's distribution, infinite for the normal one
   * @param units in both arms
   * @param controlLevel the metric in control, after adjustment
   * @param treatmentLevel the metric in treatment, after adjustment
   */
  record Known(
      Scale scale,
      double value,
      double variance,
      double degreesOfFreedom,
      long units,
      double controlLevel,
      double treatmentLevel,
      Computation computation)
      implements Effect {
    public double standardError() {
      return Math.sqrt(variance);
    }

    /** Estimate in standard errors. */
    public double statistic() {
      return value / standardError();
    }

    /** What methods of intervals need to know. */
    public Precision precision() {
      return new Precision(units, variance, degreesOfFreedom);
    }

    /**
     * The interval by a method.
     *
     * @param alpha error probability of both sides together
     */
    public Interval interval(IntervalMethod method, double alpha) {
      double reach = method.critical(alpha, precision()) * standardError();
      double probability = method.pValue(statistic(), alpha, precision());
      return new Interval(value - reach, value + reach, probability, alpha, method.describe());
    }
  }

  /**
   * No figure.
   *
   * @param words a sentence for a reader
   */
  record Absent(Reason reason, String words) implements Effect {}
}
