package io.millrace.feature;

import java.util.Set;

/** What files write where a value is missing. */
public final class MissingMarkers {
  /**
   * As R, pandas, SQL, Python, spreadsheets and the UCI repository write it. They count in columns
   * of numbers, booleans and times; a text is kept as it is, unless the field's {@code missing}
   * property names it.
   */
  public static final Set<String> COMMON =
      Set.of(
          "", "NA", "N/A", "n/a", "#N/A", "<NA>", "na", "NULL", "null", "Null", "\\N", "nan", "NaN",
          "NAN", "NaT", "None", "none", "?", "-");

  private MissingMarkers() {}

  /** Whether a cell, blanks around it not counted, is one of the {@link #COMMON} ones. */
  public static boolean isMissing(String cell) {
    int length = cell.length();
    if (length == 0) {
      return true;
    }
    char first = cell.charAt(0);
    if (first >= '0' && first <= '9') {
      return false;
    }
    return length <= 16 && COMMON.contains(cell.strip());
  }
}
