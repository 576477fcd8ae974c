package io.millrace.experiment.condition;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Versions as GrowthBook compares them: as strings, once their numbers are padded to five places
 * and a release stands behind its pre-releases.
 */
final class Versions {
  private static final Pattern IGNORED = Pattern.compile("^v|\\+.*$");
  private static final Pattern SEPARATOR = Pattern.compile("[-.]");
  private static final int PLACES = 5;
  private static final int PARTS_OF_RELEASE = 3;

  private Versions() {}

  /** A version in the form whose order as a string is that of versions. */
  static String padded(@Nullable Object value) {
    String text =
        value instanceof Number || value instanceof CharSequence
            ? JavaScriptValues.string(value)
            : "";
    String[] parts =
        SEPARATOR.split(IGNORED.matcher(text.isEmpty() ? "0" : text).replaceAll(""), -1);
    StringBuilder padded = new StringBuilder();
    for (String part : parts) {
      padded.append(padded.isEmpty() ? "" : "-");
      if (isNumber(part)) {
        padded.append(" ".repeat(Math.max(0, PLACES - part.length())));
      }
      padded.append(part);
    }
    // "~" stands behind all letters and digits
    return parts.length == PARTS_OF_RELEASE ? padded.append("-~").toString() : padded.toString();
  }

  private static boolean isNumber(String part) {
    return !part.isEmpty() && part.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
