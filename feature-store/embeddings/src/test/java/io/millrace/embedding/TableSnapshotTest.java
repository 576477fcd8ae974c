package io.millrace.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TableSnapshotTest extends EmbeddingTableContract {

  @Override
  EmbeddingTable tableWith(long[] rows, float[][] values) {
    TableSnapshot.Builder builder = TableSnapshot.initial(ROWS, WIDTH, INITIAL).with();
    for (int i = 0; i < rows.length; i++) {
      builder.put(rows[i], values[i], 0);
    }
    return builder.build();
  }

  @Test
  void versionsDoNotSeeEachOthersRows() {
    TableSnapshot one =
        TableSnapshot.initial(ROWS, WIDTH, INITIAL).with().put(5, new float[] {1, 1, 1}, 0).build();
    TableSnapshot.Builder builder = one.with();
    builder.put(5, new float[] {2, 2, 2}, 0).put(6, new float[] {0, 3, 3, 3}, 1);
    TableSnapshot two = builder.build();
    assertThat(read(one, 5, 1)).containsExactly(1, 1, 1);
    assertThat(read(two, 5, 1)).containsExactly(2, 2, 2);
    assertThat(read(two, 6, 1)).containsExactly(3, 3, 3);
    assertThat(read(one, 6, 1)).isNotEqualTo(read(two, 6, 1));
  }

  /** Every version ever built still equals the plain array that was copied when it was built. */
  @Test
  void manyVersionsEqualCopiesOfAPlainArray() {
    SplittableRandom random = new SplittableRandom(5);
    TableSnapshot[] versions = new TableSnapshot[20];
    float[][] copies = new float[20][];
    float[] plain = new float[(int) ROWS * WIDTH];
    for (int r = 0; r < ROWS; r++) {
      INITIAL.addTo(r, 1, plain, r * WIDTH, WIDTH);
    }
    TableSnapshot current = TableSnapshot.initial(ROWS, WIDTH, INITIAL);
    for (int v = 0; v < versions.length; v++) {
      TableSnapshot.Builder builder = current.with();
      for (int i = 0; i < 200; i++) {
        int row = random.nextInt((int) ROWS);
        for (int j = 0; j < WIDTH; j++) {
          plain[row * WIDTH + j] = random.nextInt();
        }
        builder.put(row, RowCodec.FP32, RowCodec.FP32.encode(plain, row * WIDTH, WIDTH));
      }
      current = builder.build();
      versions[v] = current;
      copies[v] = plain.clone();
    }
    for (int v = 0; v < versions.length; v++) {
      float[] all = new float[plain.length];
      for (int r = 0; r < ROWS; r++) {
        versions[v].addRow(r, 1, all, r * WIDTH);
      }
      assertThat(all).as("version %d", v).isEqualTo(copies[v]);
    }
  }

  @Test
  void aRowOutsideTheTableIsRefused() {
    TableSnapshot.Builder builder = TableSnapshot.initial(ROWS, WIDTH, INITIAL).with();
    assertThatThrownBy(() -> builder.put(ROWS, new float[WIDTH], 0))
        .hasMessage("row: 5001, expected 0 to 5000");
    assertThatThrownBy(() -> builder.put(-1, new float[WIDTH], 0))
        .hasMessage("row: -1, expected 0 to 5000");
  }

  @Test
  void itsBytesAreThoseOfPagesWithAnUpdatedRow() {
    TableSnapshot empty = TableSnapshot.initial(10_000, 8, new InitialRows(1, 0.25f, 0));
    assertThat(empty.bytes()).isZero();
    TableSnapshot two =
        empty
            .with()
            .put(3, new float[8], 0)
            .put(4, new float[8], 0)
            .put(9_999, new float[8], 0)
            .build();
    assertThat(two.bytes()).isEqualTo(2 * 16 * 8 * 4);
  }
}
