package io.millrace.model;

/**
 * The logistic function. By {@link StrictMath}, so that learning gives the same bits on every
 * machine and JIT.
 */
public final class Sigmoid {
  private Sigmoid() {}

  /** {@code 1 / (1 + e^-z)}; only ever exponentiates a non-positive number. */
  public static double of(double z) {
    double e = StrictMath.exp(-Math.abs(z));
    return z >= 0 ? 1 / (1 + e) : e / (1 + e);
  }

  /** Its inverse, the logit {@code ln(p / (1 - p))}. */
  public static double inverse(double p) {
    return StrictMath.log(p) - StrictMath.log1p(-p);
  }
}
