package io.millrace.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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
        builder.put(row, RowFormat.FP32, RowFormat.FP32.encode(plain, row * WIDTH, WIDTH));
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

  @ParameterizedTest
  @EnumSource
  void bytesOfTheWrongLengthAreRefused(RowFormat format) {
    TableSnapshot.Builder builder = TableSnapshot.initial(ROWS, WIDTH, INITIAL).in(format).with();
    assertThatThrownBy(() -> builder.put(5, format, new byte[format.bytes(WIDTH) + 1]))
        .hasMessageContaining(
            "expected %d (3 values in %s)".formatted(format.bytes(WIDTH), format));
  }

  @Test
  void aRowOutsideTheTableIsRefused() {
    TableSnapshot.Builder builder = TableSnapshot.initial(ROWS, WIDTH, INITIAL).with();
    assertThatThrownBy(() -> builder.put(ROWS, new float[WIDTH], 0))
        .hasMessage("row: 5001, expected 0 to 5000");
    assertThatThrownBy(() -> builder.put(-1, new float[WIDTH], 0))
        .hasMessage("row: -1, expected 0 to 5000");
  }

  /** A directory of three blocks of 256 pages, of which two are there; two pages. */
  @ParameterizedTest
  @CsvSource({"FP32,512", "FP16,256", "INT8,160", "INT4,96"})
  void itsBytesAreThoseOfPagesAndDirectory(RowFormat format, int page) {
    TableSnapshot empty = TableSnapshot.initial(10_000, 8, new InitialRows(1, 0.25f, 0)).in(format);
    assertThat(empty.bytes()).isEqualTo(16 + 16);
    TableSnapshot two =
        empty
            .with()
            .put(3, new float[8], 0)
            .put(4, new float[8], 0)
            .put(9_999, new float[8], 0)
            .build();
    assertThat(two.bytes()).isEqualTo(16 + 16 + 2 * (16 + 256 * 4) + 2 * (16 + page));
  }

  /** Whatever the format: each version keeps its rows, and reads what the format makes of them. */
  @ParameterizedTest
  @EnumSource
  void versionsInEachFormat(RowFormat format) {
    SplittableRandom random = new SplittableRandom(5);
    TableSnapshot current = TableSnapshot.initial(ROWS, WIDTH, INITIAL).in(format);
    assertThat(current.format()).isEqualTo(format);
    float[][] plain = new float[(int) ROWS][];
    List<TableSnapshot> versions = new ArrayList<>();
    List<float[][]> copies = new ArrayList<>();
    for (int v = 0; v < 5; v++) {
      TableSnapshot.Builder builder = current.with();
      for (int i = 0; i < 200; i++) {
        int row = random.nextInt((int) ROWS);
        float[] values = {random.nextInt(9) - 4, (float) random.nextDouble(), 0, 7};
        int offset = i & 1;
        byte[] bytes = format.encode(values, offset, WIDTH);
        float[] expected = new float[WIDTH];
        format.decode(bytes, expected, 0, WIDTH);
        plain[row] = expected;
        if (i % 4 < 2) {
          builder.put(row, values, offset);
        } else {
          builder.put(row, format, bytes);
        }
      }
      current = builder.build();
      versions.add(current);
      copies.add(plain.clone());
    }
    for (int v = 0; v < versions.size(); v++) {
      for (int r = 0; r < ROWS; r++) {
        float[] expected = copies.get(v)[r];
        if (expected != null) {
          assertThat(read(versions.get(v), r, 1)).isEqualTo(expected);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void anUntouchedRowIsItsInitialOneWithinTheErrorBound(RowFormat format) {
    TableSnapshot table =
        TableSnapshot.initial(ROWS, WIDTH, INITIAL)
            .in(format)
            .with()
            .put(17, new float[WIDTH], 0)
            .build();
    for (long row : new long[] {16, 18, 31, ROWS - 1}) {
      float[] expected = new float[WIDTH];
      INITIAL.addTo(row, 1, expected, 0, WIDTH);
      assertThat(read(table, row, 1))
          .containsExactly(expected, Offset.offset(format.errorBound(0.5f) + 1e-9f));
    }
    assertThat(read(table, 17, 1)).containsOnly(0);
  }

  @ParameterizedTest
  @EnumSource
  void addsOntoWhatIsThere(RowFormat format) {
    TableSnapshot table =
        TableSnapshot.initial(ROWS, WIDTH, INITIAL)
            .in(format)
            .with()
            .put(5, new float[] {7, -3, 1}, 0)
            .build();
    float[] out = {10, 20, 30, 40, 50};
    table.addRow(5, 2, out, 1);
    float[] row = new float[WIDTH];
    table.getRow(5, 2, row, 0);
    assertThat(out).containsExactly(10, 20 + row[0], 30 + row[1], 40 + row[2], 50);
    assertThat(row)
        .containsExactly(new float[] {14, -6, 2}, Offset.offset(2 * format.errorBound(7)));
  }

  @ParameterizedTest
  @EnumSource
  void rowsInAnotherFormatAreTheSameWithinItsErrorBound(RowFormat format) {
    TableSnapshot exact =
        TableSnapshot.initial(ROWS, WIDTH, INITIAL)
            .with()
            .put(5, new float[] {1, -2, 0.1f}, 0)
            .put(ROWS - 1, new float[] {3, 0, 0}, 0)
            .build();
    TableSnapshot other = exact.in(format);
    for (long row = 0; row < ROWS; row++) {
      assertThat(read(other, row, 1))
          .containsExactly(read(exact, row, 1), Offset.offset(format.errorBound(3) + 1e-9f));
    }
    assertThat(other.in(RowFormat.FP32).format()).isEqualTo(RowFormat.FP32);
    assertThat(exact.in(RowFormat.FP32)).isSameAs(exact);
  }

  /** The server looks for faults, and must find them in what it holds. */
  @ParameterizedTest
  @EnumSource
  void aRowThatIsNotFiniteIsKeptAsSuch(RowFormat format) {
    float[] faulty = {1, Float.NaN, 2};
    TableSnapshot table =
        TableSnapshot.initial(ROWS, WIDTH, INITIAL)
            .in(format)
            .with()
            .put(5, RowFormat.FP32, RowFormat.FP32.encode(faulty, 0, WIDTH))
            .build();
    assertThat(read(table, 5, 1)[1]).isNaN();
  }
}
