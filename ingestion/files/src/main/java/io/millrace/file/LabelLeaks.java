package io.millrace.file;

import io.millrace.feature.MissingMarkers;
import io.millrace.feature.NumberSpelling;
import io.millrace.feature.Truth;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Columns that have values only where the label is positive, or only where it is negative, as the
 * time of a click or the price of a purchase has: they are written after the label is known, and
 * tell it. So does a column of yes and no that is the label again, or its opposite. Of a column
 * whose numbers are other than 0 only under one label, it can only be said.
 */
final class LabelLeaks {
  /** A column with fewer values says nothing. */
  private static final int LEAST_VALUES = 5;

  /** What happens less often than this by chance is no chance. */
  private static final double CHANCE = 1e-6;

  private final List<Column> columns;
  private final Label label;
  private final Map<Integer, long[]> filled = new HashMap<>();
  private final Map<Integer, long[]> notZero = new TreeMap<>();
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
      boolean zeros =
          switch (column.type()) {
            case WHOLE, NUMBER, BOOLEAN -> true;
            default -> false;
          };
      if (c != label.column() && zeros && !column.empty()) {
        notZero.put(c, new long[2]);
      }
    }
  }

  /**
   * The same columns, each that tells the label marked with where alone it has values.
   *
   * @param notes what may be a column that tells the label is added
   */
  static List<Column> marked(
      List<Column> columns, Label label, ColumnRoles.RowSource rows, List<String> notes)
      throws IOException {
    LabelLeaks leaks = new LabelLeaks(columns, label);
    leaks.count(rows);
    return leaks.marked(notes);
  }

  private void count(ColumnRoles.RowSource source) throws IOException {
    if (filled.isEmpty() && notZero.isEmpty()) {
      return;
    }
    try (RawRows raw = source.open()) {
      for (RawRow row = raw.next();
          row != null && !(filled.isEmpty() && notZero.isEmpty());
          row = raw.next()) {
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
    countWhere(filled, yes, cells, LabelLeaks::isValue);
    countWhere(notZero, yes, cells, cell -> isValue(cell) && !isZero(cell));
  }

  /** One row of the other label acquits a column: soon there is nothing left to count. */
  private static void countWhere(
      Map<Integer, long[]> counts,
      int yes,
      @Nullable String[] cells,
      Predicate<@Nullable String> condition) {
    counts
        .entrySet()
        .removeIf(
            entry -> {
              int c = entry.getKey();
              if (c < cells.length && condition.test(cells[c])) {
                entry.getValue()[yes]++;
              }
              return entry.getValue()[0] > 0 && entry.getValue()[1] > 0;
            });
  }

  /** Whether a number is 0, or a word means no. */
  private static boolean isZero(@Nullable String cell) {
    if (cell == null) {
      return false;
    }
    Boolean truth = Truth.of(cell);
    return truth == null ? NumberSpelling.PLAIN.toDouble(cell) == 0 : !truth;
  }

  private static boolean isValue(@Nullable String cell) {
    return cell != null && !cell.isBlank() && !MissingMarkers.isMissing(cell);
  }

  private List<Column> marked(List<String> notes) {
    List<Column> marked = new ArrayList<>(columns);
    filled.forEach(
        (c, counts) -> {
          int side = counts[1] > 0 ? 1 : 0;
          if (counts[side] >= LEAST_VALUES && !mayBeChance(counts[side], rows[side])) {
            marked.set(c, columns.get(c).onlyWhere(words(side)));
          }
        });
    notZero.forEach(
        (c, counts) -> {
          int side = counts[1] > 0 ? 1 : 0;
          Column column = marked.get(c);
          boolean chance = counts[side] < LEAST_VALUES || mayBeChance(counts[side], rows[side]);
          if (!chance && column.onlyWhere() == null) {
            boolean all = counts[side] == rows[side] && rows[1 - side] > 0;
            if (all && column.distinct() == 2 && column.missing() == 0) {
              marked.set(c, column.onlyWhere("other than 0 " + words(side) + ", and always there"));
            } else {
              notes.add(
                  "column '%s' is other than 0 %s: if it is known only afterwards, take it out of a schema (millrace schema init)"
                      .formatted(column.name(), words(side)));
            }
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
