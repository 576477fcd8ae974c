package io.millrace.model;

/** The loss of a logit z against a label y of 0 or 1, in nats, and its derivative. */
public final class BinaryCrossEntropy {
  private BinaryCrossEntropy() {}

  /** {@code ln(1 + e^z) - y z}, stable for any finite z. */
  public static double loss(double z, int y) {
    return Math.max(z, 0) - y * z + StrictMath.log1p(StrictMath.exp(-Math.abs(z)));
  }

  /** Derivative of {@link #loss} with respect to z: {@code sigmoid(z) - y}. */
  public static double gradient(double probability, int y) {
    return probability - y;
  }
}
