package io.millrace.ranking;

import org.jspecify.annotations.Nullable;

/** What a client gave, as a message repeats it. */
public final class ShownValue {
  private static final int MAX_CHARACTERS = 120;

  private ShownValue() {}

  /** A value as text: cut, control characters replaced, strings in quotes. */
  public static String of(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    String text = String.valueOf(value);
    String cut =
        text.length() <= MAX_CHARACTERS
            ? text
            : text.substring(0, MAX_CHARACTERS) + "… (" + text.length() + " characters)";
    String clean = cut.replaceAll("\\p{Cntrl}", "\uFFFD");
    return value instanceof String ? '"' + clean + '"' : clean;
  }
}
