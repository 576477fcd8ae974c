package io.millrace.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What every table keeps; each implementation's test extends it. */
abstract class EmbeddingTableContract {
  static final long ROWS = 5001;
  static final int WIDTH = 3;
  static final InitialRows INITIAL = new InitialRows(7, 0.5f, 1);

  /** A table of {@link #ROWS} rows in which only these rows are set, to the given values. */
  abstract EmbeddingTable tableWith(long[] rows, float[][] values);

  @Test
  void anUntouchedRowHasItsInitialValueBesideTouchedOnes() {
    EmbeddingTable table = tableWith(new long[] {17}, new float[][] {{1, 2, 3}});
    for (long row : new long[] {0, 16, 18, 31, 32, ROWS - 1}) {
      float[] expected = new float[WIDTH];
      INITIAL.addTo(row, 1, expected, 0, WIDTH);
      assertThat(read(table, row, 1)).as("row %d", row).containsExactly(expected);
      assertThat(expected[0]).isZero();
      assertThat(expected[1]).isNotZero();
    }
    assertThat(read(table, 17, 1)).containsExactly(1, 2, 3);
  }

  @Test
  void addsWithAWeightOntoWhatIsThere() {
    EmbeddingTable table =
        tableWith(new long[] {0, ROWS - 1}, new float[][] {{1, 2, 3}, {4, 5, 6}});
    float[] out = {10, 10, 10, 10, 10};
    table.addRow(0, 2, out, 1);
    table.addRow(ROWS - 1, -1, out, 1);
    assertThat(out).containsExactly(10, 8, 9, 10, 10);
    assertThat(table.rows()).isEqualTo(ROWS);
    assertThat(table.rowWidth()).isEqualTo(WIDTH);
  }

  static float[] read(EmbeddingTable table, long row, float weight) {
    float[] out = new float[table.rowWidth()];
    table.addRow(row, weight, out, 0);
    return out;
  }
}
