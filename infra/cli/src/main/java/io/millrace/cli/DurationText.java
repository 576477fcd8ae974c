package io.millrace.cli;

import io.millrace.standalone.UserError;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as they are written on a command line: 30s, 90m, 12h or 7d. */
final class DurationText {
  private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,8})([smhd])");

  private DurationText() {}

  /**
   * Reads one that may also be a number alone, of seconds.
   *
   * @param given the option with its value, as it was given, for the error
   * @throws UserError if it is none
   */
  static Duration orSeconds(String given, String text) {
    return parse(given, text.matches("[0-9]+") ? text + "s" : text);
  }

  /** Reads one; parameters and error as of {@link #orSeconds}. */
  static Duration parse(String given, String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new UserError(given + ": expected a whole number, 1 or more, and s, m, h or d, as 12h");
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }
}
