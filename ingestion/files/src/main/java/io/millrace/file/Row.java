package io.millrace.file;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One row of a file, not yet typed.
 *
 * @param line where it stands, from 1
 * @param label 0 or 1
 * @param features feature name to text; an empty cell is absent
 * @param problem why the row cannot be used, or null if it can
 * @param text the row as read, for the rejected events
 */
public record Row(
    long line, int label, Map<String, String> features, @Nullable String problem, String text) {

  static Row of(long line, int label, Map<String, String> features, String text) {
    return new Row(line, label, features, null, text);
  }

  static Row unusable(long line, String problem, String text) {
    return new Row(line, 0, Map.of(), problem, text);
  }
}
