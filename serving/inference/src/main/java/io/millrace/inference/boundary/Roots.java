package io.millrace.inference.boundary;

import java.util.function.DoubleUnaryOperator;

/** Roots and minima of functions of one variable. */
public final class Roots {
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

  private Roots() {}

  /**
   * Where a function that is negative at one end and not at the other crosses zero, to the last
   * bits.
   */
  public static double bisect(DoubleUnaryOperator function, double low, double high) {
    boolean lowNegative = function.applyAsDouble(low) < 0;
    for (int i = 0; i < 200; i++) {
      double middle = low + (high - low) / 2;
      if (middle == low || middle == high) {
        break;
      }
      if (function.applyAsDouble(middle) < 0 == lowNegative) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low + (high - low) / 2;
  }

  /**
   * The same for a smooth function, in fewer calls: false position with the Illinois modification
   * (Dowell and Jarratt, BIT 11, 1971), which halves the weight of an end that stays.
   *
   * @param tolerance of the root
   */
  public static double solve(
      DoubleUnaryOperator function, double low, double high, double tolerance) {
    double atLow = function.applyAsDouble(low);
    double atHigh = function.applyAsDouble(high);
    for (int i = 0; i < 100 && high - low > tolerance; i++) {
      double root = high - atHigh * (high - low) / (atHigh - atLow);
      if (!(root > low && root < high)) {
        root = low + (high - low) / 2;
      }
      double at = function.applyAsDouble(root);
      if (Math.abs(at) < 1e-14) {
        return root;
      }
      if (at < 0 == atLow < 0) {
        // Close to the root one end stays where it is; the other's last step says how close.
        if (root - low < tolerance && i > 3) {
          return root;
        }
        low = root;
        atLow = at;
        atHigh /= 2;
      } else {
        if (high - root < tolerance && i > 3) {
          return root;
        }
        high = root;
        atHigh = at;
        atLow /= 2;
      }
    }
    return low + (high - low) / 2;
  }

  /** Least value of a function with one minimum between the ends: golden section. */
  static double minimum(DoubleUnaryOperator function, double low, double high) {
    double a = high - GOLDEN * (high - low);
    double b = low + GOLDEN * (high - low);
    double atA = function.applyAsDouble(a);
    double atB = function.applyAsDouble(b);
    for (int i = 0; i < 80; i++) {
      if (atA <= atB) {
        high = b;
        b = a;
        atB = atA;
        a = high - GOLDEN * (high - low);
        atA = function.applyAsDouble(a);
      } else {
        low = a;
        a = b;
        atA = atB;
        b = low + GOLDEN * (high - low);
        atB = function.applyAsDouble(b);
      }
    }
    return Math.min(atA, atB);
  }
}
