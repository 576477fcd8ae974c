package io.millrace.inference;

/**
 * Sums of 106 bits, each the unevaluated sum of two doubles.
 *
 * <p>TwoSum is Knuth's (The Art of Computer Programming 2, 4.2.2, theorem B); sum and product of
 * pairs are those of Hida, Li and Bailey, "Library for double-double and quad-double arithmetic",
 * 2001, sections 3.2 and 3.3.
 */
final class DoubleDouble {
  final double[] high;
  final double[] low;

  DoubleDouble(int size) {
    high = new double[size];
    low = new double[size];
  }

  /** Adds the pair {@code (otherHigh, otherLow)} to sum {@code i}. */
  void add(int i, double otherHigh, double otherLow) {
    double a = high[i];
    double sum = a + otherHigh;
    double part = sum - a;
    double error = (a - (sum - part)) + (otherHigh - part);

    double b = low[i];
    double lowSum = b + otherLow;
    double lowPart = lowSum - b;
    double lowError = (b - (lowSum - lowPart)) + (otherLow - lowPart);

    error += lowSum;
    double s = sum + error;
    error = error - (s - sum);
    error += lowError;
    high[i] = s + error;
    low[i] = error - (high[i] - s);
  }

  /** Adds {@code sign·a·b} exactly rounded to a pair. */
  void addProduct(int i, double a, double b, double sign) {
    double product = a * b;
    add(i, sign * product, sign * Math.fma(a, b, -product));
  }

  /** {@code n·c − a·b} of sums {@code a}, {@code b}, {@code c}, rounded once to a double. */
  double timesLess(double n, int c, int a, int b) {
    DoubleDouble result = new DoubleDouble(1);
    result.addProduct(0, high[c], n, 1);
    result.addProduct(0, low[c], n, 1);
    result.addProduct(0, high[a], high[b], -1);
    result.addProduct(0, high[a], low[b], -1);
    result.addProduct(0, low[a], high[b], -1);
    return result.high[0] + result.low[0];
  }
}
