package io.millrace.replay;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How far a topic holds a replay, read from the key of the topic's last record, and the event times
 * of a replay.
 *
 * <p>Keys: {@code r<row>} for the event of a row, {@code p<row>} for the progress mark after all
 * rows below {@code row}, {@code end} for the mark that ends the stream. A topic always holds a
 * prefix of the sequence r0, r1, .., p256, r256, .., end.
 *
 * @param value orders the keys: row i is 2i, the mark before row i is 2i - 1, nothing is -2
 */
record Position(long value) implements Comparable<Position> {
  static final Position NOTHING = new Position(-2);
  static final Position END = new Position(Long.MAX_VALUE);

  /** Rows between two progress marks. */
  static final int MARK_ROWS = 256;

  /** Event time of row 0: 2000-01-01T00:00:00Z. */
  private static final long EPOCH_MILLIS = 946_684_800_000L;

  /** Event time between two rows. */
  static final long ROW_MILLIS = 10;

  /** A click follows its impression by this much, and the attribution window ends after it. */
  static final long CLICK_DELAY_MILLIS = 1;

  static final long WINDOW_MILLIS = 5;

  static Position ofRow(long row) {
    return new Position(2 * row);
  }

  static Position ofMark(long row) {
    return new Position(2 * row - 1);
  }

  /** The event time of a row; distinct and rising. */
  static long rowTime(long row) {
    return EPOCH_MILLIS + row * ROW_MILLIS;
  }

  String key() {
    if (equals(END)) {
      return "end";
    }
    return value % 2 == 0 ? "r" + value / 2 : "p" + (value + 1) / 2;
  }

  /** Parses the key of a topic's last record; null (no record) is {@link #NOTHING}. */
  static Position parse(byte @Nullable [] key) {
    if (key == null) {
      return NOTHING;
    }
    String text = new String(key, StandardCharsets.UTF_8);
    if (text.equals("end")) {
      return END;
    }
    if (!text.matches("[rp][0-9]+")) {
      throw new IllegalStateException(
          "last key '" + text + "', expected one that a replay wrote: r<row>, p<row> or end");
    }
    long row = Long.parseLong(text.substring(1));
    return text.charAt(0) == 'r' ? ofRow(row) : ofMark(row);
  }

  @Override
  public int compareTo(Position other) {
    return Long.compare(value, other.value);
  }
}
