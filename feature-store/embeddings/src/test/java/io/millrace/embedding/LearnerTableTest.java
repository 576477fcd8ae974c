package io.millrace.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LearnerTableTest extends EmbeddingTableContract {
  private static final int SLOTS = 2;

  /** Adds the gradient; the first slot counts updates, the second remembers the last gradient. */
  private static final LearnerTable.UpdateRule ADD =
      (values, offset, width, slots, slotOffset, gradient, gradientOffset) -> {
        for (int i = 0; i < width; i++) {
          values[offset + i] += gradient[gradientOffset + i];
        }
        slots[slotOffset]++;
        slots[slotOffset + 1] = gradient[gradientOffset];
      };

  @Override
  EmbeddingTable tableWith(long[] rows, float[][] values) {
    LearnerTable table = new LearnerTable(ROWS, WIDTH, SLOTS, INITIAL);
    RowGradients gradients = new RowGradients(WIDTH);
    for (int i = 0; i < rows.length; i++) {
      gradients.add(rows[i], 1, values[i], 0);
    }
    table.update(
        gradients, (v, offset, width, s, so, g, go) -> System.arraycopy(g, go, v, offset, width));
    return table;
  }

  @Test
  void theTwoSetsOfChangesDrainOnTheirOwn() {
    LearnerTable table = table(1, 2, 40);
    assertThat(table.rowsChangedSincePublish()).isEqualTo(3);
    assertThat(changedRows(table)).containsExactly(1L, 2L, 40L);
    assertThat(changedRows(table)).isEmpty();
    update(table, 41, 3);
    assertThat(changedPages(table).keySet()).containsExactly(0, 2);
    assertThat(changedPages(table)).isEmpty();
    assertThat(changedRows(table)).containsExactly(3L, 41L);
    update(table, 3);
    assertThat(changedPages(table).keySet()).containsExactly(0);
    assertThat(changedRows(table)).containsExactly(3L);
    assertThat(table.updatedRows()).isEqualTo(5);
  }

  /** A table of more than 64 MiB loads rows ahead; what it learns is the same. */
  @Test
  void aLargeTableLearnsAsASmallOne() {
    LearnerTable small = new LearnerTable(ROWS, WIDTH, SLOTS, INITIAL);
    LearnerTable large = new LearnerTable(4_000_000, WIDTH, SLOTS, INITIAL);
    for (int count : new int[] {1, 16, 17, 40}) {
      RowGradients gradients = new RowGradients(WIDTH);
      for (int i = 0; i < count; i++) {
        gradients.add(i * 37L, 1, new float[] {i, 1, -i}, 0);
      }
      small.update(gradients, ADD);
      large.update(gradients, ADD);
    }
    for (int row = 0; row < 40 * 37; row++) {
      assertThat(read(large, row, 1)).as("row %d", row).isEqualTo(read(small, row, 1));
    }
  }

  @Test
  void anUpdateInACopyIsTheUpdateOnceItIsTakenOver() {
    LearnerTable table = table(1, 2, 40);
    LearnerTable updated = table(1, 2, 40);
    for (LearnerTable t : List.of(table, updated)) {
      changedPages(t);
      changedRows(t);
    }
    RowGradients gradients = new RowGradients(WIDTH);
    for (long row : new long[] {40, 7, 5000}) {
      float[] gradient = new float[WIDTH];
      java.util.Arrays.fill(gradient, row);
      gradients.add(row, 1, gradient, 0);
    }
    float[] staged = new float[3 * table.stride()];
    table.stage(gradients, ADD, staged);
    assertThat(changedPages(table)).isEmpty();
    assertThat(changedRows(table)).isEmpty();
    assertThat(table.updatedRows()).isEqualTo(3);
    assertThat(read(table, 40, 1)).isEqualTo(read(updated, 40, 1));

    table.takeOver(gradients, staged);
    updated.update(gradients, ADD);
    assertThat(table.updatedRows()).isEqualTo(5);
    Map<Integer, byte[]> expected = changedPages(updated);
    Map<Integer, byte[]> actual = changedPages(table);
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach((page, bytes) -> assertThat(actual.get(page)).isEqualTo(bytes));
    assertThat(changedRows(table)).containsExactly(7L, 40L, 5000L);
  }

  @Test
  void theLargestValueIsOfRowsAndNotOfSlots() {
    LearnerTable table = new LearnerTable(ROWS, WIDTH, SLOTS, new InitialRows(3, 0.5f, 0));
    assertThat(table.largest()).isZero();
    int before = table.replacements();
    RowGradients gradients = new RowGradients(WIDTH);
    float[] gradient = new float[WIDTH];
    gradient[WIDTH - 1] = -70;
    gradients.add(33, 1, gradient, 0);
    table.update(
        gradients,
        (values, offset, width, slots, slotOffset, g, at) -> {
          System.arraycopy(g, at, values, offset, width);
          slots[slotOffset] = 1e9f;
        });
    assertThat(table.largest()).isEqualTo(70);
    assertThat(table.replacements()).isEqualTo(before);
    gradient[0] = Float.NaN;
    table.put(40, gradient, 0);
    assertThat(table.largest()).isNaN();
    assertThat(table.replacements()).isNotEqualTo(before);
  }

  @Test
  void publishedValuesAreTheRowsWithoutTheirSlots() {
    LearnerTable table = table(33);
    List<float[]> published = new ArrayList<>();
    table.forEachRowChangedSincePublish(
        (row, values, offset) -> {
          float[] copy = new float[WIDTH];
          System.arraycopy(values, offset, copy, 0, WIDTH);
          published.add(copy);
        });
    assertThat(published).hasSize(1);
    assertThat(published.get(0)).containsExactly(read(table, 33, 1));
  }

  @Test
  void restoredPagesHoldValuesSlotsAndWhatWasNotPublished() {
    LearnerTable table = table(1, 2, 40, 5000);
    changedRows(table);
    update(table, 2, 5000);
    Map<Integer, byte[]> pages = changedPages(table);
    LearnerTable restored = new LearnerTable(ROWS, WIDTH, SLOTS, INITIAL);
    pages.forEach(restored::restorePage);
    assertThat(restored.updatedRows()).isEqualTo(4);
    assertThat(changedPages(restored)).as("restored is checkpointed").isEmpty();
    assertThat(restored.rowsChangedSincePublish()).isEqualTo(2);
    for (LearnerTable t : List.of(table, restored)) {
      update(t, 1, 2, 3);
    }
    Map<Integer, byte[]> left = changedPages(table);
    Map<Integer, byte[]> right = changedPages(restored);
    assertThat(right.keySet()).isEqualTo(left.keySet());
    left.forEach((page, bytes) -> assertThat(right.get(page)).isEqualTo(bytes));
    assertThat(changedRows(restored)).containsExactly(1L, 2L, 3L, 5000L);
    restored.markAllUnpublished();
    assertThat(changedRows(restored)).containsExactly(1L, 2L, 3L, 40L, 5000L);
  }

  @Test
  void allPagesThatWereEverUpdatedMakeTheSameTable() {
    LearnerTable table = table(1, 40, 5000);
    changedPages(table);
    update(table, 2);
    Map<Integer, byte[]> pages = new TreeMap<>();
    table.forEachUpdatedPage(pages::put);
    LearnerTable restored = new LearnerTable(ROWS, WIDTH, SLOTS, INITIAL);
    pages.forEach(restored::restorePage);

    assertThat(pages.keySet()).containsExactly(0, 2, 312);
    for (LearnerTable t : List.of(table, restored)) {
      update(t, 1, 2, 40, 5000);
    }
    Map<Integer, byte[]> left = changedPages(table);
    Map<Integer, byte[]> right = changedPages(restored);
    left.forEach((page, bytes) -> assertThat(right.get(page)).isEqualTo(bytes));
  }

  @Test
  void anEditedRowCountsAsUpdated() {
    LearnerTable table = table(1);
    changedPages(table);
    changedRows(table);
    table.edit(
        37,
        (values, offset, slots, slotOffset) -> {
          assertThat(slotOffset).isEqualTo(offset + WIDTH);
          values[offset + 1] = 5;
          slots[slotOffset + 1] = 8;
        });

    assertThat(read(table, 37, 1)[1]).isEqualTo(5);
    assertThat(changedRows(table)).containsExactly(37L);
    assertThat(changedPages(table).keySet()).containsExactly(2);
    table.edit(37, (values, offset, slots, at) -> assertThat(slots[at + 1]).isEqualTo(8));
  }

  @Test
  void aPageHasTheDocumentedBytes() {
    LearnerTable table = new LearnerTable(16, 1, 1, new InitialRows(0, 0, 0));
    RowGradients gradients = new RowGradients(1);
    gradients.add(3, 1, new float[] {0.5f}, 0);
    table.update(gradients, (v, o, w, s, so, g, go) -> v[o] = s[so] = g[go]);
    byte[] bytes = Objects.requireNonNull(changedPages(table).get(0));
    assertThat(HexFormat.of().formatHex(bytes))
        .isEqualTo("01" + "0800" + "0800" + "00".repeat(24) + "0000003f0000003f" + "00".repeat(96));
  }

  @Test
  void anotherFormatOrSizeIsRefused() {
    LearnerTable table = table(1);
    byte[] good = Objects.requireNonNull(changedPages(table).get(0));
    byte[] wrong = good.clone();
    wrong[0] = 2;
    assertThatThrownBy(() -> table.restorePage(0, wrong))
        .hasMessageContaining("of format 2, expected page 0 to 312: 325 bytes of format 1");
    assertThatThrownBy(() -> table.restorePage(0, new byte[0]))
        .hasMessageContaining("page 0: 0 bytes");
    assertThatThrownBy(() -> table.restorePage(313, good)).hasMessageContaining("page 313");
  }

  private static LearnerTable table(long... rows) {
    LearnerTable table = new LearnerTable(ROWS, WIDTH, SLOTS, INITIAL);
    update(table, rows);
    return table;
  }

  private static void update(LearnerTable table, long... rows) {
    RowGradients gradients = new RowGradients(WIDTH);
    for (long row : rows) {
      gradients.add(row, 1, new float[] {row, 1, -1}, 0);
    }
    table.update(gradients, ADD);
  }

  private static List<Long> changedRows(LearnerTable table) {
    List<Long> rows = new ArrayList<>();
    table.forEachRowChangedSincePublish((row, values, offset) -> rows.add(row));
    return rows;
  }

  private static Map<Integer, byte[]> changedPages(LearnerTable table) {
    Map<Integer, byte[]> pages = new TreeMap<>();
    table.forEachPageChangedSinceCheckpoint(pages::put);
    return pages;
  }
}
