package io.millrace.settings;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values with a unit, as people write them: {@code 250ms}, {@code 10m}, {@code 64 MiB}. */
public final class Units {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,12}) ?(ms|s|m|h|d)");
  private static final Pattern BYTES = Pattern.compile("(\\d{1,18})(?: ?(B|KiB|MiB|GiB))?");
  private static final Map<String, Duration> LENGTHS =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));
  private static final Map<String, Integer> SHIFTS =
      Map.of("B", 0, "KiB", 10, "MiB", 20, "GiB", 30);

  /** What is said of a text that is no duration. */
  static final String A_DURATION = "a whole number with a unit, as 250ms, 90s, 10m, 12h or 7d";

  /** What is said of a text that is no number of bytes. */
  static final String BYTE_COUNT =
      "a whole number of bytes, or one with a unit, as 512 KiB, 64 MiB";

  private Units() {}

  /** A duration, or empty if the text is none. */
  static Optional<Duration> duration(String text) {
    Matcher matcher = DURATION.matcher(text);
    return matcher.matches()
        ? Optional.of(
            Duration.ofMillis(
                Math.multiplyExact(
                    Long.parseLong(matcher.group(1)),
                    LENGTHS.getOrDefault(matcher.group(2), Duration.ZERO).toMillis())))
        : Optional.empty();
  }

  /** A number of bytes, or empty if the text is none. */
  static Optional<Long> bytes(String text) {
    Matcher matcher = BYTES.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int shift = matcher.group(2) == null ? 0 : SHIFTS.getOrDefault(matcher.group(2), 0);
    long number = Long.parseLong(matcher.group(1));
    return number > Long.MAX_VALUE >> shift ? Optional.empty() : Optional.of(number << shift);
  }

  /** A duration in its largest whole unit. */
  public static String text(Duration duration) {
    long millis = duration.toMillis();
    for (String unit : new String[] {"d", "h", "m", "s"}) {
      long length = LENGTHS.getOrDefault(unit, Duration.ZERO).toMillis();
      if (millis % length == 0 && millis != 0) {
        return millis / length + unit;
      }
    }
    return millis == 0 ? "0s" : millis + "ms";
  }

  /** A number of bytes in its largest whole unit. */
  static String text(long bytes) {
    for (String unit : new String[] {"GiB", "MiB", "KiB"}) {
      int shift = SHIFTS.getOrDefault(unit, 0);
      if (bytes != 0 && bytes % (1L << shift) == 0) {
        return (bytes >> shift) + " " + unit;
      }
    }
    return String.valueOf(bytes);
  }
}
