package io.millrace.model;

/** Bounds of an architecture's settings. */
public final class Bounds {
  private Bounds() {}

  /**
   * @throws IllegalArgumentException unless {@code 1 <= value <= max}
   */
  public static void require(String name, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(name + ": " + value + ", expected 1 to " + max);
    }
  }

  /**
   * @throws IllegalArgumentException unless {@code 0 <= rate < 1}
   */
  static void requireDropout(String name, float rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException(name + ": " + rate + ", expected 0 to less than 1");
    }
  }

  /** A row of a factorization machine is a linear weight and factors. */
  static void requireFactors(int dim, int rowWidth) {
    if (rowWidth < 2 || dim % rowWidth != 0) {
      throw new IllegalArgumentException(
          "rowWidth: " + rowWidth + ", expected at least 2 and a divisor of dim " + dim);
    }
  }
}
