package io.millrace.file;

import org.jspecify.annotations.Nullable;

/**
 * One row as the reader of a format finds it.
 *
 * @param line where it begins, from 1
 * @param cells one per column, null where there is none; empty if there is a problem
 * @param problem why it is no row, or null
 * @param text of a row with a problem, as it stands in the file
 */
record RawRow(long line, @Nullable String[] cells, @Nullable Rejection problem, String text) {
  private static final String[] NONE = {};

  static RawRow of(long line, @Nullable String[] cells) {
    return new RawRow(line, cells, null, "");
  }

  static RawRow bad(long line, Rejection problem, String text) {
    return new RawRow(line, NONE, problem, text);
  }
}
