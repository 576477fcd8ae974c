package io.millrace.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.Arrays;

/** What a task costs: seconds of this thread's CPU time, the median of seven measurements. */
final class CpuTime {
  private static final int MEASUREMENTS = 7;

  private CpuTime() {}

  /** Seconds of this thread's CPU time so far. */
  static double now() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() * 1e-9;
  }

  /**
   * Seconds of one run of a task, after a warm-up.
   *
   * @param seconds for all measurements together, and as many again at most for the warm-up
   */
  static double of(Runnable task, double seconds) {
    repeat(task, seconds / 2);
    double[] measured = new double[MEASUREMENTS];
    for (int m = 0; m < MEASUREMENTS; m++) {
      measured[m] = repeat(task, seconds / MEASUREMENTS);
    }
    return median(measured);
  }

  private static double repeat(Runnable task, double seconds) {
    double start = now();
    long runs = 0;
    double used;
    do {
      task.run();
      runs++;
      used = now() - start;
    } while (used < seconds);
    return used / runs;
  }

  /** Sorted seconds of so many runs of a task, each by itself; it should be warm. */
  static double[] each(Runnable task, int runs) {
    double[] measured = new double[runs];
    for (int i = 0; i < runs; i++) {
      double start = now();
      task.run();
      measured[i] = now() - start;
    }
    Arrays.sort(measured);
    return measured;
  }

  static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
