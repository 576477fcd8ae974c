package io.millrace.inference;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Sufficient statistics of the units of one arm: how many, the sums of their four {@link Part}s and
 * the sums of the products of each two.
 *
 * <p>Units are added and removed, and moments of disjoint sets of units are merged and subtracted,
 * in any order. Sums are kept in 106 bits. Sums of counts are therefore exact, and the same units
 * give the same bytes whatever the order; other sums differ in the last of these bits at most. The
 * updates of means and squared deviations by Welford (Technometrics 4(3), 1962) and Chan, Golub and
 * LeVeque (1983) would be as good for adding, but lose digits where a large value is removed.
 *
 * <p>Bytes, all big endian, {@value #BYTES} in all:
 *
 * <pre>
 * 0      byte   version, 1
 * 1      long   number of units
 * 9      4 × (double, double)   sums of the parts in the order of {@link Part}: high and low half
 * 73     10 × (double, double)  sums of products: parts 0·0, 0·1, 0·2, 0·3, 1·1, 1·2, 1·3, 2·2, 2·3, 3·3
 * </pre>
 *
 * <p>Not thread safe.
 */
public final class Moments {
  /** Size of {@link #toBytes}. */
  public static final int BYTES = 1 + Long.BYTES + 2 * Double.BYTES * Moments.SUMS;

  private static final byte VERSION = 1;
  private static final int PRODUCTS = Part.COUNT * (Part.COUNT + 1) / 2;
  private static final int SUMS = Part.COUNT + PRODUCTS;

  private long count;
  private final DoubleDouble sums = new DoubleDouble(SUMS);

  /** No units. */
  public Moments() {}

  /** Moments of units of a metric that is a mean of units; for tests and small data. */
  public static Moments ofValues(double... values) {
    Moments moments = new Moments();
    for (double value : values) {
      moments.add(UnitValues.of(value));
    }
    return moments;
  }

  /**
   * Moments of units of a metric that is a mean of units, from sums that somebody else computed.
   *
   * @param count number of units
   * @param sum sum of their values
   * @param sumOfSquares sum of the squares of their values
   */
  public static Moments ofSums(long count, double sum, double sumOfSquares) {
    double[] products = new double[PRODUCTS];
    products[product(0, 0)] = sumOfSquares;
    products[product(0, 1)] = sum;
    products[product(0, 3)] = sum;
    products[product(1, 1)] = count;
    products[product(1, 3)] = count;
    products[product(3, 3)] = count;
    return ofSums(count, new double[] {sum, count, 0, count}, products);
  }

  /**
   * Moments from sums that somebody else computed.
   *
   * @param sums of the parts, [4]
   * @param products sums of products in the order of the bytes, [10]
   */
  public static Moments ofSums(long count, double[] sums, double[] products) {
    if (count < 0 || sums.length != Part.COUNT || products.length != PRODUCTS) {
      throw new IllegalArgumentException(
          "moments need a count of 0 or more, 4 sums and 10 sums of products, but have count %d, %d and %d"
              .formatted(count, sums.length, products.length));
    }
    Moments moments = new Moments();
    moments.count = count;
    for (int i = 0; i < SUMS; i++) {
      double value = i < Part.COUNT ? sums[i] : products[i - Part.COUNT];
      moments.sums.add(i, finite(value), 0);
    }
    return moments;
  }

  /** Adds a unit. */
  public void add(UnitValues unit) {
    change(unit, 1);
    count++;
  }

  /**
   * Removes a unit that was added with these values.
   *
   * @throws IllegalStateException where there is no unit
   */
  public void remove(UnitValues unit) {
    if (count == 0) {
      throw new IllegalStateException("no unit is left to remove");
    }
    change(unit, -1);
    count--;
    settle();
  }

  /** A unit's values become others: as {@link #remove} and {@link #add}. */
  public void replace(UnitValues before, UnitValues after) {
    remove(before);
    add(after);
  }

  /** Adds all units of another set. */
  public void merge(Moments other) {
    combine(other, 1);
  }

  /**
   * Removes all units of another set, which were merged or added before.
   *
   * @throws IllegalStateException where the other has more units
   */
  public void subtract(Moments other) {
    if (other.count > count) {
      throw new IllegalStateException(
          "cannot take %d units away from %d".formatted(other.count, count));
    }
    combine(other, -1);
    settle();
  }

  /** The units of both, leaving both as they are. */
  public static Moments sum(Moments a, Moments b) {
    Moments sum = a.copy();
    sum.merge(b);
    return sum;
  }

  public Moments copy() {
    Moments copy = new Moments();
    copy.combine(this, 1);
    return copy;
  }

  /** The same units with their parts in another order. */
  Moments ordered(Part... parts) {
    Moments other = new Moments();
    other.count = count;
    for (int i = 0; i < Part.COUNT; i++) {
      int from = parts[i].ordinal();
      other.sums.add(i, sums.high[from], sums.low[from]);
      for (int j = i; j < Part.COUNT; j++) {
        int to = parts[j].ordinal();
        int product = Part.COUNT + product(Math.min(from, to), Math.max(from, to));
        other.sums.add(Part.COUNT + product(i, j), sums.high[product], sums.low[product]);
      }
    }
    return other;
  }

  /** Number of units. */
  public long count() {
    return count;
  }

  public double sum(Part part) {
    return sums.high[part.ordinal()];
  }

  /** Mean over units; NaN without units. */
  public double mean(Part part) {
    return sums.high[part.ordinal()] / count;
  }

  /** Variance over units with divisor n − 1; NaN for fewer than two units. */
  public double variance(Part part) {
    return covariance(part, part);
  }

  /** Covariance over units with divisor n − 1; NaN for fewer than two units. */
  public double covariance(Part a, Part b) {
    return count < 2 ? Double.NaN : deviations(a, b) / (count - 1);
  }

  /** Sum over units of the products of the two parts' deviations from their means. */
  double deviations(Part a, Part b) {
    int i = Math.min(a.ordinal(), b.ordinal());
    int j = Math.max(a.ordinal(), b.ordinal());
    double times = sums.timesLess(count, Part.COUNT + product(i, j), i, j);
    return (i == j ? Math.max(0, times) : times) / count;
  }

  /** The bytes that the class describes. */
  public byte[] toBytes() {
    ByteBuffer buffer = ByteBuffer.allocate(BYTES).put(VERSION).putLong(count);
    for (int i = 0; i < SUMS; i++) {
      // A sum of nothing but negative zeros is written as zero.
      buffer.putDouble(sums.high[i] + 0.0).putDouble(sums.low[i] + 0.0);
    }
    return buffer.array();
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws IllegalArgumentException for other bytes
   */
  public static Moments fromBytes(byte[] bytes) {
    if (bytes.length != BYTES || bytes[0] != VERSION) {
      throw new IllegalArgumentException(
          "moments are %d bytes of version %d, but these are %d bytes%s"
              .formatted(
                  BYTES,
                  VERSION,
                  bytes.length,
                  bytes.length == 0 ? "" : " of version " + bytes[0]));
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes, 1, BYTES - 1);
    Moments moments = new Moments();
    moments.count = buffer.getLong();
    if (moments.count < 0) {
      throw new IllegalArgumentException(
          "moments have a count of 0 or more units, but these bytes say " + moments.count);
    }
    for (int i = 0; i < SUMS; i++) {
      moments.sums.high[i] = finite(buffer.getDouble());
      moments.sums.low[i] = finite(buffer.getDouble());
    }
    return moments;
  }

  private void change(UnitValues unit, int sign) {
    for (int i = 0; i < Part.COUNT; i++) {
      double a = unit.get(i);
      sums.add(i, sign * a, 0);
      for (int j = i; j < Part.COUNT; j++) {
        sums.addProduct(Part.COUNT + product(i, j), a, unit.get(j), sign);
      }
    }
  }

  private void combine(Moments other, int sign) {
    for (int i = 0; i < SUMS; i++) {
      sums.add(i, sign * other.sums.high[i], sign * other.sums.low[i]);
    }
    count += sign * other.count;
  }

  /** No units have no sums, not even rounded ones. */
  private void settle() {
    if (count == 0) {
      Arrays.fill(sums.high, 0);
      Arrays.fill(sums.low, 0);
    }
  }

  /** Place of the product of parts i ≤ j. */
  private static int product(int i, int j) {
    return i * Part.COUNT - i * (i - 1) / 2 + j - i;
  }

  private static double finite(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("a sum of moments is %s, not a number".formatted(value));
    }
    return value;
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof Moments other && Arrays.equals(toBytes(), other.toBytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(toBytes());
  }

  @Override
  public String toString() {
    return "Moments[count=%d, means=%s %s %s %s]"
        .formatted(
            count,
            mean(Part.NUMERATOR),
            mean(Part.DENOMINATOR),
            mean(Part.COVARIATE),
            mean(Part.COVARIATE_DENOMINATOR));
  }
}
