package io.millrace.benchmarks;

import org.junit.jupiter.api.Test;

/** What the kernel benchmarks verify before they time anything holds. */
class KernelBenchmarksTest {

  @Test
  void productsAreSumsOfProducts() {
    for (String shape : new String[] {"39x40x8", "1x304x300", "5x17x3"}) {
      ProductBenchmark benchmark = new ProductBenchmark();
      benchmark.shape = shape;
      benchmark.verify();
    }
  }

  @Test
  void sharesAreThoseOfBisection() {
    for (float alpha : new float[] {1, 1.5f, 1.7f, 2}) {
      ShareBenchmark benchmark = new ShareBenchmark();
      benchmark.rows = 10;
      benchmark.alpha = alpha;
      benchmark.verify();
    }
  }

  @Test
  void rowsAreGatheredAndLearned() {
    new RowBenchmark().verify();
  }

  @Test
  void unitsAreAssignedToAllArms() {
    new AssignmentBenchmark().verify();
  }
}
