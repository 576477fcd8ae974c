package io.millrace.calibration;

/**
 * A strictly rising map from logit to logit: lines between knots, the first and last of them
 * continued. Published as a tensor [K, 2] named {@link #TENSOR}, a knot's logit before its value.
 */
public final class CalibrationMap {
  /** Its name among a model's published tensors. */
  public static final String TENSOR = "calibration";

  /** Every logit is its own value. */
  public static final CalibrationMap IDENTITY = line(1, 0);

  private final float[] knots;

  private CalibrationMap(float[] knots) {
    this.knots = knots;
  }

  /**
   * The map through knots.
   *
   * @param knots [K, 2] with K at least 2: logit and value, both strictly rising from knot to knot
   * @throws IllegalArgumentException if they are no such knots
   */
  public static CalibrationMap through(float[] knots) {
    if (knots.length < 4 || knots.length % 2 != 0) {
      throw new IllegalArgumentException(
          "calibration knots: " + knots.length + " values, expected an even number of at least 4");
    }
    for (int i = 0; i < knots.length; i++) {
      if (!Float.isFinite(knots[i]) || (i >= 2 && knots[i] <= knots[i - 2])) {
        throw new IllegalArgumentException(
            "calibration knot %d: %s, expected a finite value above the one before"
                .formatted(i / 2, knots[i]));
      }
    }
    return new CalibrationMap(knots.clone());
  }

  /** The map z ▶ slope·z + shift; the slope is above 0. */
  static CalibrationMap line(double slope, double shift) {
    return through(new float[] {0, (float) shift, 1, (float) (shift + slope)});
  }

  /** The calibrated logit. */
  public double apply(double logit) {
    int low = 0;
    int high = knots.length / 2 - 1;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (knots[2 * middle] <= logit) {
        low = middle;
      } else {
        high = middle;
      }
    }
    double x = knots[2 * low];
    double y = knots[2 * low + 1];
    return y + (logit - x) * ((knots[2 * high + 1] - y) / (knots[2 * high] - x));
  }

  /** A copy of the knots [K, 2]. */
  public float[] knots() {
    return knots.clone();
  }
}
