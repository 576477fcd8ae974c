package io.millrace.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Order by a column, in memory and larger than it. */
class SortedRowsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2_000, 100_000, 100_000_000})
  void isStableWhateverTheMemory(long memory) throws IOException {
    Random random = new Random(3);
    StringBuilder text = new StringBuilder("n,name,clicked\n");
    List<int[]> expected = new ArrayList<>();
    for (int i = 0; i < 1500; i++) {
      int n = random.nextInt(200) - 100;
      expected.add(new int[] {n, i});
      text.append(n)
          .append(",r")
          .append(i)
          .append("é\n,".repeat(0))
          .append(',')
          .append(i % 2)
          .append('\n');
    }
    expected.sort(Comparator.comparingInt(e -> e[0]));
    FilePlan plan = FilesByHand.plan(folder, text.toString());
    Path temporary = folder.resolve("sort");
    List<String> names = new ArrayList<>();
    try (RowReader rows = plan.openOrdered("n", temporary, memory)) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        assertThat(row.label())
            .isEqualTo(Integer.parseInt(String.valueOf(row.values()[1]).substring(1)) % 2);
        names.add(row.values()[1]);
      }
    }
    assertThat(names).isEqualTo(expected.stream().map(e -> "r" + e[1]).toList());
    if (Files.exists(temporary)) {
      try (Stream<Path> left = Files.list(temporary)) {
        assertThat(left).isEmpty();
      }
    }
  }

  @Test
  void rowsWithoutAValueAreRejectedAndColumnsThatAreNotThereAreNamed() throws IOException {
    FilePlan plan =
        FilesByHand.plan(folder, "user,ts,clicked\na,5,1\nb,,0\nc,4,1\nd,x,0\n".replace("x", ""));
    List<String> seen = new ArrayList<>();
    try (RowReader rows = plan.openOrdered("ts", folder, 1)) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        seen.add(row.line() + ": " + (row.rejection() == null ? row.values()[0] : row.problem()));
      }
    }
    assertThat(seen)
        .containsExactly(
            "3: no value in column 'ts' to order by",
            "5: no value in column 'ts' to order by",
            "4: c",
            "2: a");
    assertThatThrownBy(() -> plan.openOrdered("time", folder, 1))
        .hasMessage("--order-by 'time', expected one of [user, ts, clicked]");
  }
}
