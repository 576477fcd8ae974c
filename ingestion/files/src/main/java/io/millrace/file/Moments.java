package io.millrace.file;

/** Mean and deviation of numbers as they come (Welford 1962, with counts). */
final class Moments {
  private double count;
  private double mean;
  private double squares;

  /** Adds a number as often as it stands there. */
  void add(double x, long times) {
    count += times;
    double from = x - mean;
    mean += from * times / count;
    squares += times * from * (x - mean);
  }

  /** NaN without numbers. */
  double mean() {
    return count == 0 ? Double.NaN : mean;
  }

  /** The standard deviation of the numbers themselves; NaN without any. */
  double deviation() {
    return Math.sqrt(squares / count);
  }
}
