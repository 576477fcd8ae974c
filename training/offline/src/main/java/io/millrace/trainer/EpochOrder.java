package io.millrace.trainer;

import java.util.SplittableRandom;

/** The order in which an epoch takes its examples. */
final class EpochOrder {
  private EpochOrder() {}

  /** A permutation that depends on size, seed and epoch alone (Fisher and Yates). */
  static int[] of(int size, long seed, int epoch) {
    int[] order = new int[size];
    SplittableRandom random = new SplittableRandom(seed * 1_000_003L + epoch);
    for (int i = 0; i < order.length; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }
}
