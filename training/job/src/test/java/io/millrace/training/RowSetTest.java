package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RowSetTest {
  @Test
  void holdsRowsOfAnySize() {
    SplittableRandom random = new SplittableRandom(3);
    RowSet rows = new RowSet();
    TreeSet<Long> expected = new TreeSet<>();
    for (int i = 0; i < 2_000; i++) {
      long row = random.nextLong(1L << (1 + random.nextInt(34)));
      if (random.nextInt(3) == 0) {
        rows.remove(row);
        expected.remove(row);
      } else {
        rows.add(row);
        expected.add(row);
      }
    }
    assertThat(rows.toArray()).containsExactly(expected.toArray(Long[]::new));
  }
}
