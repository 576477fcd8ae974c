package io.millrace.file;

import java.util.Arrays;
import java.util.List;
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
