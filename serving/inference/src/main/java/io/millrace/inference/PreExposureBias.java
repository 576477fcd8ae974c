package io.millrace.inference;

/**
 * Whether the arms differed before the experiment: the covariate is compared as a metric of its
 * own. A difference means that units were not assigned at random.
 */
public final class PreExposureBias {
  /** The level at which it closes a read-out. */
  public static final double ALARM = Allocation.ALARM;

  private PreExposureBias() {}

  /** The difference of the covariate between arms; absent where units have no covariate. */
  public static Effect difference(Moments control, Moments treatment) {
    return Comparison.of(Metric.RATIO, covariate(control), covariate(treatment)).difference();
  }

  /** The same units with the covariate as metric. */
  private static Moments covariate(Moments moments) {
    return moments.ordered(
        Part.COVARIATE, Part.COVARIATE_DENOMINATOR, Part.NUMERATOR, Part.DENOMINATOR);
  }
}
