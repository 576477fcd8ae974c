package io.millrace.file;

import io.millrace.feature.MissingMarkers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Columns that have values only where the label is positive, or only where it is negative, as the
 * time of a click or the price of a purchase has: they are written after the label is known, and
 * tell it.
 */
final class LabelLeaks {
  /** A column with fewer values says nothing. */
  private static final int LEAST_VALUES = 5;

  /** What happens less often than this by chance is no chance. */
  private static final double CHANCE = 1e-6;

  private final List<Column> columns;
  private final Label label;
  private final Map<Integer, long[]> filled = new HashMap<>();
  private final long[] rows = new long[2];
  private final @Nullable String[] labels = new String[2];

  private LabelLeaks(List<Column> columns, Label label) {
    this.columns = columns;
    this.label = label;
    for (int c = 0; c < columns.size(); c++) {
      Column column = columns.get(c);
      boolean gaps = column.missing() > 0 || !column.markers().isEmpty();
      if (c != label.column() && gaps && !column.empty()) {
        filled.put(c, new long[2]);
      }
    }
  }

  /** The same columns, each that tells the label marked with where alone it has values. */
  static List<Column> marked(List<Column> columns, Label label, ColumnRoles.RowSource rows)
      throws IOException {
    LabelLeaks leaks = new LabelLeaks(columns, label);
    leaks.count(rows);
    return leaks.marked();
  }

  private void count(ColumnRoles.RowSource source) throws IOException {
    if (filled.isEmpty()) {
      return;
    }
    try (RawRows raw = source.open()) {
      for (RawRow row = raw.next(); row != null && !filled.isEmpty(); row = raw.next()) {
        if (row.problem() == null && label.column() < row.cells().length) {
          count(row.cells());
        }
      }
    }
  }

  private void count(@Nullable String[] cells) {
    int yes = label.rule().apply(cells[label.column()]);
    if (yes < 0) {
      return;
    }
    rows[yes]++;
    labels[yes] = labels[yes] == null ? cells[label.column()] : labels[yes];
    // One row of the other label acquits a column: soon there is nothing left to count.
    filled
        .entrySet()
        .removeIf(
            entry -> {
              int c = entry.getKey();
              if (c < cells.length && isValue(cells[c])) {
                entry.getValue()[yes]++;
              }
              return entry.getValue()[0] > 0 && entry.getValue()[1] > 0;
            });
  }

  private static boolean isValue(@Nullable String cell) {
    return cell != null && !cell.isBlank() && !MissingMarkers.isMissing(cell);
  }

  private List<Column> marked() {
    List<Column> marked = new ArrayList<>(columns);
    filled.forEach(
        (c, counts) -> {
          int side = counts[1] > 0 ? 1 : 0;
          if (counts[side] >= LEAST_VALUES && !mayBeChance(counts[side], rows[side])) {
            marked.set(c, columns.get(c).onlyWhere(words(side)));
          }
        });
    return marked;
  }

  /**
   * Whether {@code values} rows may all be among the {@code side} rows of one label by chance: of
   * all ways to choose as many rows, the share of those is the product of (side - i) / (all - i)
   * (hypergeometric distribution).
   */
  private boolean mayBeChance(long values, long side) {
    double chance = 1;
    for (long i = 0; i < values && chance >= CHANCE; i++) {
      chance *= (double) (side - i) / (rows[0] + rows[1] - i);
    }
    return chance >= CHANCE;
  }

  private String words(int side) {
    boolean threshold = !Double.isNaN(label.rule().from());
    String text = labels[side];
    return "only where %s is %s"
        .formatted(
            label.name(),
            threshold || text == null
                ? side == 1 ? "positive" : "negative"
                : Rejection.shown(text.strip()));
  }
}
