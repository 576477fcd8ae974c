package io.millrace.experiment;

import java.util.Arrays;

/**
 * The parts of [0, 1) that fall to each arm: arm i begins where the shares before it end, and is as
 * wide as its share times the traffic. So a unit that is in stays in its arm while the traffic
 * grows. Immutable.
 */
public final class BucketRanges {
  private final double[] from;
  private final double[] to;

  private BucketRanges(double[] from, double[] to) {
    this.from = from;
    this.to = to;
  }

  /**
   * Ranges by share.
   *
   * @param shares one for each arm, of sum 1
   * @param traffic share of all units, 0 to 1
   */
  public static BucketRanges byShare(double[] shares, double traffic) {
    double[] from = new double[shares.length];
    double[] to = new double[shares.length];
    double sum = 0;
    for (int i = 0; i < shares.length; i++) {
      from[i] = sum;
      to[i] = sum + traffic * shares[i];
      sum += shares[i];
    }
    return new BucketRanges(from, to);
  }

  /** Ranges as given: arm i has {@code [from[i], to[i])}. */
  public static BucketRanges of(double[] from, double[] to) {
    return new BucketRanges(from.clone(), to.clone());
  }

  /** The first arm in whose range a hash lies, or -1. */
  public int arm(double hash) {
    for (int i = 0; i < from.length; i++) {
      if (hash >= from[i] && hash < to[i]) {
        return i;
      }
    }
    return -1;
  }

  /** How many arms there are. */
  public int size() {
    return from.length;
  }

  /** Where an arm's range begins. */
  public double from(int arm) {
    return from[arm];
  }

  /** Where an arm's range ends; it is outside. */
  public double to(int arm) {
    return to[arm];
  }

  /** How many of the 10,000 buckets of {@link BucketHash} fall to each arm. */
  int[] buckets() {
    int[] buckets = new int[from.length];
    for (int bucket = 0; bucket < BucketHash.BUCKETS; bucket++) {
      int arm = arm(bucket / (double) BucketHash.BUCKETS);
      if (arm >= 0) {
        buckets[arm]++;
      }
    }
    return buckets;
  }

  @Override
  public String toString() {
    return Arrays.toString(from) + " to " + Arrays.toString(to);
  }
}
