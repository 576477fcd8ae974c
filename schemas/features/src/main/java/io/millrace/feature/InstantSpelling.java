package io.millrace.feature;

import java.time.DateTimeException;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * How the times of a text column are written. A date and time in ISO 8601 is understood under each
 * of them, with a blank or a {@code T}, with or without seconds, fraction and offset, or as a date
 * alone; without an offset it is in UTC, whatever the machine's zone.
 */
public enum InstantSpelling {
  /** {@code 2017-11-07 09:30:38}, and whole numbers as milliseconds since 1970. */
  ISO("ISO-8601"),
  /** Whole numbers (or with a fraction) are seconds since 1970. */
  SECONDS("seconds since 1970"),
  MILLIS("milliseconds since 1970"),
  MICROS("microseconds since 1970"),
  NANOS("nanoseconds since 1970"),
  /** Each number by its magnitude: seconds below 10¹¹, then milliseconds, from 10¹⁴ on finer. */
  BY_MAGNITUDE("since 1970, each number by its magnitude"),
  /** Digits alone: {@code 20171107} and, longer, {@code 20171107093038123}. */
  COMPACT("YYYYMMDD and on"),
  /** {@code 14102118}: two digits each of year, month, day and hour. */
  YYMMDDHH("YYMMDDHH"),
  /** {@code 11/07/2017 09:30}. */
  MONTH_DAY_YEAR("month/day/year"),
  /** {@code 07/11/2017 09:30} or {@code 07.11.2017}. */
  DAY_MONTH_YEAR("day/month/year");

  /** What a text must be, in words that follow "expected". */
  public static final String EXPECTATION =
      "a date and time (UTC) such as 2017-11-07 09:30:38 or 2017-11-07T09:30:38Z, or milliseconds"
          + " since 1970";

  private static final long SECOND = 1_000L;
  private static final long DAY = 86_400_000L;

  /** Below it a number is taken for seconds: 10¹¹ seconds end in the year 5138. */
  private static final long SECONDS_BELOW = 100_000_000_000L;

  private static final long MILLIS_BELOW = SECONDS_BELOW * 1_000;
  private static final long MICROS_BELOW = MILLIS_BELOW * 1_000;

  private final String words;

  InstantSpelling(String words) {
    this.words = words;
  }

  /** In words, for people. */
  public String words() {
    return words;
  }

  /** The unit that a number's magnitude suggests. */
  public static InstantSpelling byMagnitude(long value) {
    long size = value == Long.MIN_VALUE ? Long.MAX_VALUE : Math.abs(value);
    return size < SECONDS_BELOW
        ? SECONDS
        : size < MILLIS_BELOW ? MILLIS : size < MICROS_BELOW ? MICROS : NANOS;
  }

  /** Milliseconds since 1970, or null if the text is no time in this spelling. */
  public @Nullable Long millis(String given) {
    String text = given.strip();
    try {
      if (text.length() < 5) {
        return number(text);
      }
      return switch (this) {
        case COMPACT -> isDigits(text) ? compact(text) : iso(text);
        case YYMMDDHH -> isDigits(text) ? shortHour(text) : iso(text);
        case MONTH_DAY_YEAR, DAY_MONTH_YEAR -> parts(text);
        default -> {
          Long iso = iso(text);
          yield iso != null ? iso : number(text);
        }
      };
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  private @Nullable Long number(String text) {
    if (this == COMPACT || this == YYMMDDHH || this == MONTH_DAY_YEAR || this == DAY_MONTH_YEAR) {
      return null;
    }
    Long whole = NumberSpelling.PLAIN.toLong(text);
    if (whole == null) {
      // Python's time.time() has a fraction.
      double x = NumberSpelling.PLAIN.toDouble(text);
      InstantSpelling unit = this == BY_MAGNITUDE ? byMagnitude((long) x) : this;
      if (Double.isNaN(x) || unit != SECONDS || Math.abs(x) > SECONDS_BELOW) {
        return null;
      }
      return (long) Math.floor(x * SECOND);
    }
    long x = whole;
    return switch (this == BY_MAGNITUDE ? byMagnitude(x) : this) {
      case SECONDS -> Math.multiplyExact(x, SECOND);
      case MICROS -> Math.floorDiv(x, 1_000L);
      case NANOS -> Math.floorDiv(x, 1_000_000L);
      default -> x;
    };
  }

  private static boolean isDigits(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static int two(String text, int at) {
    return digits(text, at, 2);
  }

  /** A number of exactly so many digits, or -1. */
  private static int digits(String text, int at, int count) {
    if (at + count > text.length()) {
      return -1;
    }
    int x = 0;
    for (int i = at; i < at + count; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      x = x * 10 + digit;
    }
    return x;
  }

  private static long of(int year, int month, int day, int hour, int minute, int second, int ms) {
    if (hour > 23 || minute > 59 || second > 59 || hour < 0 || minute < 0 || second < 0 || ms < 0) {
      throw new DateTimeException("no time of a day");
    }
    return LocalDate.of(year, month, day).toEpochDay() * DAY
        + ((hour * 60L + minute) * 60 + second) * SECOND
        + ms;
  }

  private static @Nullable Long compact(String text) {
    int length = text.length();
    if (length != 8 && length != 10 && length != 12 && length != 14 && length != 17) {
      return null;
    }
    return of(
        digits(text, 0, 4),
        two(text, 4),
        two(text, 6),
        length > 8 ? two(text, 8) : 0,
        length > 10 ? two(text, 10) : 0,
        length > 12 ? two(text, 12) : 0,
        length > 14 ? digits(text, 14, 3) : 0);
  }

  private static @Nullable Long shortHour(String text) {
    return text.length() == 8
        ? of(2000 + two(text, 0), two(text, 2), two(text, 4), two(text, 6), 0, 0, 0)
        : null;
  }

  /** Year, month and day with {@code -} or {@code /} between, then maybe a time. */
  private static @Nullable Long iso(String text) {
    int year = digits(text, 0, 4);
    if (year < 0 || text.length() < 10) {
      return null;
    }
    char between = text.charAt(4);
    int month = two(text, 5);
    int day = two(text, 8);
    if ((between != '-' && between != '/') || text.charAt(7) != between || month < 0 || day < 0) {
      return null;
    }
    return timeOfDay(text, 10, year, month, day);
  }

  /** {@code 11/7/2017 9:30}, day and month as this spelling has them. */
  private @Nullable Long parts(String text) {
    int[] numbers = new int[3];
    int at = 0;
    for (int part = 0; part < 3; part++) {
      int from = at;
      while (at < text.length() && Character.digit(text.charAt(at), 10) >= 0 && at - from < 4) {
        at++;
      }
      numbers[part] = at == from ? -1 : digits(text, from, at - from);
      if (numbers[part] < 0 || (part == 2 ? at - from != 4 : at - from > 2)) {
        return iso(text);
      }
      if (part < 2) {
        if (at >= text.length() || "/.-".indexOf(text.charAt(at)) < 0) {
          return iso(text);
        }
        at++;
      }
    }
    boolean monthFirst = this == MONTH_DAY_YEAR;
    return timeOfDay(
        text, at, numbers[2], numbers[monthFirst ? 0 : 1], numbers[monthFirst ? 1 : 0]);
  }

  /** The rest of a text after its date: nothing, or a time and maybe an offset. */
  private static @Nullable Long timeOfDay(String text, int from, int year, int month, int day) {
    int length = text.length();
    if (from == length) {
      return of(year, month, day, 0, 0, 0, 0);
    }
    char mark = text.charAt(from);
    if (mark != ' ' && mark != 'T' && mark != 't') {
      return null;
    }
    int at = from + 1;
    int hourDigits = at + 1 < length && text.charAt(at + 1) == ':' ? 1 : 2;
    int hour = digits(text, at, hourDigits);
    at += hourDigits;
    if (hour < 0 || at >= length || text.charAt(at) != ':') {
      return null;
    }
    int minute = two(text, at + 1);
    at += 3;
    int second = 0;
    int ms = 0;
    if (minute < 0) {
      return null;
    }
    if (at < length && text.charAt(at) == ':') {
      second = two(text, at + 1);
      at += 3;
      if (second < 0) {
        return null;
      }
      if (at < length && (text.charAt(at) == '.' || text.charAt(at) == ',')) {
        int scale = 100;
        int start = ++at;
        while (at < length && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
          ms += (text.charAt(at) - '0') * scale;
          scale /= 10;
          at++;
        }
        if (at == start) {
          return null;
        }
      }
    }
    Long offset = offset(text.substring(at).strip());
    return offset == null ? null : of(year, month, day, hour, minute, second, ms) - offset;
  }

  /** Milliseconds that a zone is ahead of UTC, or null if the text is no offset. */
  private static @Nullable Long offset(String zone) {
    switch (zone) {
      case "", "Z", "z", "UTC", "utc", "GMT", "+00":
        return 0L;
      default:
    }
    int sign = zone.charAt(0) == '+' ? 1 : zone.charAt(0) == '-' ? -1 : 0;
    int hours = two(zone, 1);
    if (sign == 0 || hours < 0 || hours > 18) {
      return null;
    }
    int minutesAt = zone.length() == 6 && zone.charAt(3) == ':' ? 4 : zone.length() == 5 ? 3 : -1;
    int minutes = zone.length() == 3 ? 0 : minutesAt < 0 ? -1 : two(zone, minutesAt);
    return minutes < 0 || minutes > 59 ? null : sign * (hours * 60L + minutes) * 60 * SECOND;
  }
}
