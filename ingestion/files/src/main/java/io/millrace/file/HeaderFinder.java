package io.millrace.file;

import io.millrace.feature.MissingMarkers;
import io.millrace.feature.NumberSpelling;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells whether a table's first row names its columns. */
final class HeaderFinder {
  private HeaderFinder() {}

  /**
   * Whether the first row is a header, or null if nothing tells.
   *
   * @param rows the first ones, at least one
   */
  static @Nullable Boolean hasHeader(List<@Nullable String[]> rows) {
    @Nullable String[] first = rows.get(0);
    int numbers = 0;
    Set<String> distinct = new HashSet<>();
    boolean repeated = false;
    for (String cell : first) {
      String text = cell == null ? "" : cell.strip();
      boolean number = !Double.isNaN(NumberSpelling.PLAIN.toDouble(text));
      numbers += number ? 1 : 0;
      repeated |= !text.isEmpty() && !distinct.add(text);
    }
    if (rows.size() == 1) {
      return numbers == 0;
    }
    for (String cell : first) {
      if (numbers == 0 && !repeated && cell != null && LabelFinder.isName(cell)) {
        return true;
      }
    }
    int typed = 0;
    int strange = 0;
    int known = 0;
    for (int c = 0; c < first.length; c++) {
      ColumnProfile below = new ColumnProfile("", first.length);
      for (int r = 1; r < rows.size(); r++) {
        if (c < rows.get(r).length) {
          below.add(rows.get(r)[c], Set.of());
        }
      }
      String cell = first[c] == null ? "" : first[c].strip();
      boolean isText = !MissingMarkers.isMissing(cell) && !one(cell).typed();
      if (below.typed()) {
        typed += isText ? 1 : 0;
      } else if (isText && !below.few(100).isEmpty() && below.rows() >= 10) {
        if (below.values().containsKey(first[c] == null ? "" : first[c])) {
          known++;
        } else {
          strange++;
        }
      }
    }
    if (typed > numbers) {
      return true;
    }
    if (numbers > 0 || repeated || known > strange) {
      return false;
    }
    return strange > known ? Boolean.TRUE : null;
  }

  private static ColumnProfile one(String cell) {
    ColumnProfile profile = new ColumnProfile("", 1);
    profile.add(cell, Set.of());
    return profile;
  }
}
