package io.millrace.file;

import io.millrace.file.decoding.UnusableFileException;
import java.util.Locale;

/** What the cells of a column are. */
public enum ColumnType {
  TEXT("text"),
  WHOLE("whole number"),
  NUMBER("number"),
  BOOLEAN("boolean"),
  INSTANT("time"),
  LIST("list");

  private final String words;

  ColumnType(String words) {
    this.words = words;
  }

  /** In words, for people. */
  public String words() {
    return words;
  }

  static ColumnType named(String column, String given) {
    for (ColumnType type : values()) {
      String name = given.strip().toLowerCase(Locale.ROOT);
      if (type.name().toLowerCase(Locale.ROOT).equals(name) || type.words.equals(name)) {
        return type;
      }
    }
    throw new UnusableFileException(
        "--types %s=%s, expected text, whole, number, boolean, instant or list"
            .formatted(column, given));
  }
}
