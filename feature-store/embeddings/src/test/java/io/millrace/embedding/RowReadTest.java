package io.millrace.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A row is read as it is added to zeros, and nothing beside it is written. */
class RowReadTest {

  @Test
  void getsWhatAddingToZerosGives() {
    for (int width = 1; width <= 20; width++) {
      LearnerTable learned = new LearnerTable(100, width, 3, new InitialRows(5, 1, 0));
      TableSnapshot.Builder served =
          TableSnapshot.initial(100, width, new InitialRows(5, 1, 0)).with();
      float[] row = new float[width];
      for (int r : new int[] {17, 31, 99}) {
        for (int i = 0; i < width; i++) {
          row[i] = r + i;
        }
        learned.put(r, row, 0);
        served.put(r, row, 0);
      }
      TableSnapshot snapshot = served.build();
      for (long r : new long[] {0, 16, 17, 31, 64, 99}) {
        for (float weight : new float[] {1, -0.3f}) {
          compare(learned, r, weight);
          for (RowFormat format : RowFormat.values()) {
            compare(snapshot.in(format), r, weight);
          }
        }
      }
    }
  }

  @Test
  void getsManyAsOneByOne() {
    TableSnapshot exact =
        TableSnapshot.initial(1000, 3, new InitialRows(5, 1, 0))
            .with()
            .put(7, new float[] {1, 2, 3}, 0)
            .put(900, new float[] {4, 5, 6}, 0)
            .build();
    LearnerTable learned = new LearnerTable(1000, 3, 1, new InitialRows(5, 1, 0));
    long[] rows = new long[40];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i % 3 == 0 ? 7 : i % 3 == 1 ? 900 : i * 25L;
    }
    many(learned, rows);
    for (RowFormat format : RowFormat.values()) {
      many(exact.in(format), rows);
    }
  }

  private static void many(EmbeddingTable table, long[] rows) {
    for (int count : new int[] {0, 1, 15, 16, 17, 39}) {
      float[] expected = new float[rows.length * 3];
      float[] actual = new float[rows.length * 3];
      for (int i = 0; i < count; i++) {
        table.getRow(rows[i], 1, expected, i * 3);
      }
      table.getRows(rows, count, actual);
      assertThat(actual).as("%d rows", count).isEqualTo(expected);
    }
  }

  private static void compare(EmbeddingTable table, long row, float weight) {
    int width = table.rowWidth();
    float[] expected = new float[width + 9];
    float[] actual = new float[width + 9];
    Arrays.fill(expected, 8);
    Arrays.fill(actual, 8);
    Arrays.fill(expected, 4, 4 + width, 0);
    table.addRow(row, weight, expected, 4);
    table.getRow(row, weight, actual, 4);
    assertThat(actual).as("row %d of %d values", row, width).isEqualTo(expected);
  }
}
