package io.millrace.file;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why a row cannot be used.
 *
 * @param field the column or feature that it is about, or null if it is the row as a whole
 * @param value what stood there, or null
 * @param message one sentence that names value and expectation
 */
public record Rejection(Kind kind, @Nullable String field, @Nullable String value, String message) {
  private static final int SHOWN_CHARACTERS = 100;

  /** What is wrong with a row. */
  public enum Kind {
    /** The label is neither yes nor no. */
    LABEL,
    /** A value is not one of its feature. */
    VALUE,
    /** The time is none. */
    TIME,
    /** The row has more or fewer columns than others. */
    WIDTH,
    /** A quote that is not closed, or closed in the middle of a cell. */
    QUOTE,
    /** Bytes that are not of the file's encoding. */
    ENCODING,
    /** A line that is not of the file's format. */
    SYNTAX;

    /** In lower case. */
    public String words() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Rejection of(Kind kind, @Nullable String field, @Nullable String value, String message) {
    return new Rejection(kind, field, value, message);
  }

  /** A row as a whole. */
  static Rejection row(Kind kind, String message) {
    return new Rejection(kind, null, null, message);
  }

  /** A value for a message: shortened, and without what a terminal would act on. */
  static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), SHOWN_CHARACTERS); i++) {
      char c = text.charAt(i);
      shown.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '\ufffd' : c);
    }
    return text.length() <= SHOWN_CHARACTERS
        ? shown.toString()
        : shown + "... (" + text.length() + " characters)";
  }
}
