package io.millrace.feature;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Yes and no as files write them, for labels and boolean features alike: {@code true}, {@code t},
 * {@code yes}, {@code y}, {@code on} and every spelling of the number 1 against {@code false},
 * {@code f}, {@code no}, {@code n}, {@code off} and every spelling of 0 and -1. Case and blanks
 * around do not count.
 */
public final class Truth {
  /** What a text must be, in words that follow "expected". */
  public static final String EXPECTATION = "yes or no (1/0, +1/-1, true/false, t/f, yes/no, y/n)";

  private Truth() {}

  /** What a text says, or null if it says neither. */
  public static @Nullable Boolean of(String text) {
    if (text.length() == 1) {
      switch (text.charAt(0)) {
        case '0':
          return false;
        case '1':
          return true;
        default:
      }
    }
    String word = text.strip().toLowerCase(Locale.ROOT);
    switch (word) {
      case "true", "t", "yes", "y", "on":
        return true;
      case "false", "f", "no", "n", "off":
        return false;
      default:
    }
    double x = NumberSpelling.PLAIN.toDouble(word);
    if (x == 1) {
      return true;
    }
    return x == 0 || x == -1 ? Boolean.FALSE : null;
  }
}
