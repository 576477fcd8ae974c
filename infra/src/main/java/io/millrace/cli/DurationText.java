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
   * Reads one.
   *
   * @param option that it was given with, for the error
   * @throws UserError if it is none
   */
  static Duration parse(String option, String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new UserError(
          "%s %s: expected a whole number and s, m, h or d, as 12h".formatted(option, text));
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
