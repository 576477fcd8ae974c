package io.millrace.calibration;

import io.millrace.model.BinaryCrossEntropy;
import io.millrace.model.Sigmoid;

/**
 * The line a·z + b of the lowest log loss, by Newton's method with step halving. A weak pull to the
 * identity, of ½(a−1)² + ½b² beside the summed losses, keeps it finite when the classes can be told
 * apart, and small windows sober.
 */
final class LineFit {
  private static final int MAX_STEPS = 50;
  private static final double TOLERANCE = 1e-9;
  private static final double MIN_SLOPE = 0.01;

  private LineFit() {}

  /** Objective, its gradient and second derivatives at a line. */
  private record Point(
      double a, double b, double value, double da, double db, double daa, double dab, double dbb) {}

  /**
   * Fits.
   *
   * @param shifts whether b is fitted; else it is 0
   * @return a rising line: where scores are worse than chance, one of slope .01
   */
  static CalibrationMap fit(LabeledLogits examples, boolean shifts) {
    Point at = at(examples, 1, 0);
    for (int step = 0; step < MAX_STEPS; step++) {
      double determinant = at.daa * at.dbb - at.dab * at.dab;
      double da = shifts ? (at.dbb * at.da - at.dab * at.db) / determinant : at.da / at.daa;
      double db = shifts ? (at.daa * at.db - at.dab * at.da) / determinant : 0;
      Point next = at(examples, at.a - da, at.b - db);
      for (double half = 0.5; next.value > at.value && half > TOLERANCE; half /= 2) {
        next = at(examples, at.a - half * da, at.b - half * db);
      }
      double gain = at.value - next.value;
      if (!(gain > 0)) { // or not a number
        break;
      }
      at = next;
      if (gain < TOLERANCE * at.value) {
        break;
      }
    }
    return CalibrationMap.line(Math.max(at.a, MIN_SLOPE), at.b);
  }

  private static Point at(LabeledLogits examples, double a, double b) {
    double value = ((a - 1) * (a - 1) + b * b) / 2;
    double da = a - 1;
    double db = b;
    double daa = 1;
    double dab = 0;
    double dbb = 1;
    for (int i = 0, n = examples.size(); i < n; i++) {
      double z = examples.logit(i);
      double p = Sigmoid.of(a * z + b);
      double g = BinaryCrossEntropy.gradient(p, examples.label(i));
      double h = p * (1 - p);
      value += BinaryCrossEntropy.loss(a * z + b, examples.label(i));
      da += g * z;
      db += g;
      daa += h * z * z;
      dab += h * z;
      dbb += h;
    }
    return new Point(a, b, value, da, db, daa, dab, dbb);
  }
}
