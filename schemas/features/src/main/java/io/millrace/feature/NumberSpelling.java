package io.millrace.feature;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * How the numbers of a text column are written. Blanks around a number do not count, full-width
 * digits are digits, and an exponent is taken; what only a programming language calls a number
 * ({@code 12d}, {@code 0x1p3}, {@code 1_000}) is none.
 */
public enum NumberSpelling {
  /** {@code 1234.5}. A comma is refused: it may be a decimal comma or one of thousands. */
  PLAIN,
  /** {@code 1,234.5}, also without commas. */
  THOUSANDS_COMMA,
  /** {@code 1.234,5} or {@code 1 234,5}, also without groups. */
  DECIMAL_COMMA;

  /** More digits before the point than any number of 64 bits or any double has. */
  private static final int MOST_DIGITS = 400;

  /**
   * The number in plain form ({@code -1234.5e3}), or null if the text is none. Never longer than
   * the text.
   */
  public @Nullable String plain(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isBlank(text.charAt(from))) {
      from++;
    }
    while (to > from && isBlank(text.charAt(to - 1))) {
      to--;
    }
    if (this == PLAIN && isPlain(text, from, to)) {
      return from == 0 && to == text.length() ? text : text.substring(from, to);
    }
    String narrow = narrow(text, from, to);
    String plain = this == PLAIN ? narrow : ungrouped(narrow);
    return plain != null && isPlain(plain, 0, plain.length()) ? plain : null;
  }

  /** The number, or NaN if the text is none or is beyond all doubles. */
  public double toDouble(String text) {
    String plain = plain(text);
    if (plain == null) {
      return Double.NaN;
    }
    double x = Double.parseDouble(plain);
    return Double.isFinite(x) ? x : Double.NaN;
  }

  /** The whole number, also of {@code 3.0} and {@code 1e3}, or null if the text is none. */
  public @Nullable Long toLong(String text) {
    int length = text.length();
    int from = length > 0 && text.charAt(0) == '-' ? 1 : 0;
    if (length > from && length - from <= 18) {
      long x = 0;
      int i = from;
      for (; i < length; i++) {
        int digit = text.charAt(i) - '0';
        if (digit < 0 || digit > 9) {
          break;
        }
        x = x * 10 + digit;
      }
      if (i == length) {
        return from == 1 ? -x : x;
      }
    }
    String plain = plain(text);
    if (plain == null || plain.length() > MOST_DIGITS) {
      return null;
    }
    try {
      BigDecimal exact = new BigDecimal(plain);
      if (exact.signum() == 0) {
        return 0L;
      }
      // Neither 1e999999999 nor 1e-999999999 is written out digit by digit.
      boolean writable =
          (long) exact.precision() - exact.scale() <= 20 && exact.scale() <= MOST_DIGITS;
      if (!writable) {
        return null;
      }
      return exact.longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      return null;
    }
  }

  /** Whether a text that is no number would be one if the meaning of its comma were known. */
  static boolean commaDecides(String text) {
    return text.indexOf(',') >= 0
        && (THOUSANDS_COMMA.plain(text) != null || DECIMAL_COMMA.plain(text) != null);
  }

  /** What is expected of a text, to follow a kind of number; says so when a comma is in the way. */
  String expectation(String kind, String text) {
    return this == PLAIN && commaDecides(text)
        ? kind
            + " with a decimal point: a comma may be decimal or one of thousands, which nothing"
            + " in the file decides"
        : kind;
  }

  private static boolean isBlank(char c) {
    return c <= ' ' || c == '\u00a0' || c == '\u202f' || c == '\u3000' || c == '\u2009';
  }

  /** [+-] digits [. digits] [e [+-] digits], with a digit before the exponent. */
  private static boolean isPlain(String text, int from, int to) {
    int i = from;
    if (i < to && (text.charAt(i) == '-' || text.charAt(i) == '+')) {
      i++;
    }
    int start = i;
    i = digits(text, i, to);
    int digits = i - start;
    if (i < to && text.charAt(i) == '.') {
      int fraction = digits(text, i + 1, to);
      digits += fraction - i - 1;
      i = fraction;
    }
    if (digits == 0) {
      return false;
    }
    if (i < to && (text.charAt(i) == 'e' || text.charAt(i) == 'E')) {
      i++;
      if (i < to && (text.charAt(i) == '-' || text.charAt(i) == '+')) {
        i++;
      }
      int exponent = digits(text, i, to);
      if (exponent == i || exponent - i > 9) {
        return false;
      }
      i = exponent;
    }
    return i == to;
  }

  private static int digits(String text, int from, int to) {
    int i = from;
    while (i < to && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      i++;
    }
    return i;
  }

  /** Full-width digits, point, comma and signs as ASCII; the typographic minus as one. */
  private static String narrow(String text, int from, int to) {
    StringBuilder narrow = new StringBuilder(to - from);
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      narrow.append(c >= '\uff0b' && c <= '\uff19' ? (char) (c - 0xfee0) : c == '\u2212' ? '-' : c);
    }
    return narrow.toString();
  }

  /** Without groups, with a decimal point; null if groups are not of three digits. */
  private @Nullable String ungrouped(String text) {
    char decimal = this == DECIMAL_COMMA ? ',' : '.';
    StringBuilder plain = new StringBuilder(text.length());
    int group = -1; // digits since the last group mark, -1 before the first
    int lead = 0;
    boolean fraction = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= '0' && c <= '9') {
        plain.append(c);
        if (!fraction && group >= 0) {
          group++;
        } else if (!fraction) {
          lead++;
        }
      } else if (c == decimal) {
        if (fraction || (group >= 0 && group != 3)) {
          return null;
        }
        fraction = true;
        group = -1;
        plain.append('.');
      } else if (isGroupMark(c)) {
        if (fraction || lead == 0 || lead > 3 || (group >= 0 && group != 3)) {
          return null;
        }
        group = 0;
      } else if (c == 'e' || c == 'E') {
        if (group >= 0 && group != 3) {
          return null;
        }
        fraction = true;
        group = -1;
        plain.append(text, i, text.length());
        return plain.toString();
      } else {
        plain.append(c);
      }
    }
    return group < 0 || group == 3 ? plain.toString() : null;
  }

  private boolean isGroupMark(char c) {
    return switch (this) {
      case PLAIN -> false;
      case THOUSANDS_COMMA -> c == ',';
      case DECIMAL_COMMA -> c == '.' || c == ' ' || c == '\u00a0' || c == '\u202f';
    };
  }
}
