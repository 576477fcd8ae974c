package io.millrace.file;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One row of a file, not yet typed. */
public final class Row {
  /** The label of a row of a file that has none. */
  public static final int NO_LABEL = -1;

  /** The time of a row that has none. */
  public static final long NO_TIME = Long.MIN_VALUE;

  private static final String[] NONE = {};

  private final long line;
  private final int label;
  private final long time;
  private final List<String> columns;
  private final @Nullable String[] values;
  private final @Nullable Rejection rejection;
  private final String text;

  Row(
      long line,
      int label,
      long time,
      List<String> columns,
      @Nullable String[] values,
      @Nullable Rejection rejection,
      String text) {
    this.line = line;
    this.label = label;
    this.time = time;
    this.columns = columns;
    this.values = values;
    this.rejection = rejection;
    this.text = text;
  }

  static Row of(long line, int label, Map<String, String> features, String text) {
    List<String> names = List.copyOf(features.keySet());
    return new Row(
        line,
        label,
        NO_TIME,
        names,
        names.stream().map(features::get).toArray(String[]::new),
        null,
        text);
  }

  static Row unusable(long line, String problem, String text) {
    return unusable(line, Rejection.row(Rejection.Kind.SYNTAX, problem), text);
  }

  static Row unusable(long line, Rejection rejection, String text) {
    return new Row(line, 0, NO_TIME, List.of(), NONE, rejection, text);
  }

  /** Where it stands, from 1. */
  public long line() {
    return line;
  }

  /** 0 or 1, or {@link #NO_LABEL}. */
  public int label() {
    return label;
  }

  /** The file's own time in milliseconds since 1970, or {@link #NO_TIME}. */
  public long time() {
    return time;
  }

  /**
   * The cells in the order of the plan's columns, the label's among them; null where there is none.
   */
  public @Nullable String[] values() {
    return values;
  }

  /** Column name to text, without cells that are empty. */
  public Map<String, String> features() {
    Map<String, String> features = new HashMap<>(values.length * 2);
    for (int c = 0; c < values.length; c++) {
      String value = values[c];
      if (value != null && !value.isEmpty()) {
        features.put(columns.get(c), value);
      }
    }
    return features;
  }

  /** Why the row cannot be used, or null if it can. */
  public @Nullable Rejection rejection() {
    return rejection;
  }

  /** Why the row cannot be used, in words, or null if it can. */
  public @Nullable String problem() {
    return rejection == null ? null : rejection.message();
  }

  /** The row as it stands in the file, or its cells with commas between. */
  public String text() {
    if (!text.isEmpty() || values.length == 0) {
      return text;
    }
    return String.join(",", Arrays.stream(values).map(v -> v == null ? "" : v).toList());
  }
}
