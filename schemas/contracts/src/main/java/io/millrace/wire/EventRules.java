package io.millrace.wire;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * What an event must keep to so that it can be learned from, whoever writes it: the label join
 * turns away what breaks these rules, and the server refuses a ranking that would write it.
 */
public final class EventRules {
  /** Event times before it are absurd; milliseconds since 1970. */
  public static final long EARLIEST_EVENT_TIME =
      Instant.parse("2000-01-01T00:00:00Z").toEpochMilli();

  /** Event times later than this after the event was written are absurd. */
  public static final long MAX_AHEAD_MILLIS = Duration.ofDays(1).toMillis();

  /** Longest impression id in characters. */
  public static final int MAX_ID_LENGTH = 1024;

  /** Longest event in bytes, in wire format, header included. */
  public static final int MAX_EVENT_BYTES = 1 << 20;

  /** The outcome that a {@code Click} is, and that a model predicts unless told otherwise. */
  public static final String CLICK = "click";

  /** What {@link #isOutcome} asks for, in words. */
  public static final String OUTCOME_NAMES = "1 to 32 letters a to z, digits and _, a letter first";

  private static final Pattern OUTCOME = Pattern.compile("[a-z][a-z0-9_]{0,31}");

  /** What a time is, in words that follow "expected". */
  public static final String TIMES =
      "milliseconds since 1970, or a text such as 2026-01-31T12:00:00Z";

  private EventRules() {}

  /**
   * The time that a text in ISO 8601 says, with its zone, in milliseconds since 1970; empty if it
   * says none.
   */
  public static OptionalLong time(String text) {
    try {
      return OptionalLong.of(OffsetDateTime.parse(text).toInstant().toEpochMilli());
    } catch (DateTimeParseException | ArithmeticException e) {
      return OptionalLong.empty();
    }
  }

  /** Whether a platform can join an outcome by this name. */
  public static boolean isOutcome(String name) {
    return OUTCOME.matcher(name).matches();
  }

  /** Whether clicks can refer to an impression by this id. */
  public static boolean isId(String id) {
    return !id.isEmpty() && id.length() <= MAX_ID_LENGTH;
  }

  /** Whether an event may have happened at {@code time} if it was written at {@code written}. */
  public static boolean isTime(long time, long written) {
    return time >= EARLIEST_EVENT_TIME && time <= written + MAX_AHEAD_MILLIS;
  }
}
