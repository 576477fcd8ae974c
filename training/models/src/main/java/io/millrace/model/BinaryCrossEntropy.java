package io.millrace.model;

/**
 * The loss of a logit z against a target y in [0, 1], a label or not, in nats, and its derivative.
 */
public final class BinaryCrossEntropy {
  private BinaryCrossEntropy() {}

  /** {@code ln(1 + e^z) - y z}, stable for any finite z. */
  public static double loss(double z, double y) {
    return Math.max(z, 0) - y * z + StrictMath.log1p(StrictMath.exp(-Math.abs(z)));
  }

  /** Derivative of {@link #loss} with respect to z: {@code sigmoid(z) - y}. */
  public static double gradient(double probability, double y) {
    return probability - y;
  }
}
