package io.millrace.wire;

import java.time.Duration;
import java.time.Instant;

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

  private EventRules() {}

  /** Whether clicks can refer to an impression by this id. */
  public static boolean isId(String id) {
    return !id.isEmpty() && id.length() <= MAX_ID_LENGTH;
  }

  /** Whether an event may have happened at {@code time} if it was written at {@code written}. */
  public static boolean isTime(long time, long written) {
    return time >= EARLIEST_EVENT_TIME && time <= written + MAX_AHEAD_MILLIS;
  }
}
