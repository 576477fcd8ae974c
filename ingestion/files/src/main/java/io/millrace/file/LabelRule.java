package io.millrace.file;

import io.millrace.feature.NumberSpelling;
import io.millrace.feature.Truth;
import org.jspecify.annotations.Nullable;

/**
 * How a label's text is yes or no. Without a value and a threshold by {@link Truth}'s spellings. A
 * point behind a text is none of it: {@code >50K.} is {@code >50K}.
 *
 * @param positive the text that counts as positive, or null
 * @param negative the text that counts as negative, or null for all others; only with {@code
 *     positive}
 * @param from the number from which on a label is positive, or NaN
 */
public record LabelRule(@Nullable String positive, @Nullable String negative, double from) {
  /** By the usual spellings of yes and no. */
  public static final LabelRule SPELLED = new LabelRule(null, null, Double.NaN);

  static LabelRule value(String positive, @Nullable String negative) {
    return new LabelRule(positive, negative, Double.NaN);
  }

  static LabelRule threshold(double from) {
    return new LabelRule(null, null, from);
  }

  /** 1 or 0, or -1 for a text that is neither. */
  public int apply(@Nullable String text) {
    if (text == null) {
      return -1;
    }
    if (positive != null) {
      String stripped = text.strip();
      if (stripped.isEmpty()) {
        return -1;
      }
      if (stripped.equals(positive)) {
        return 1;
      } else if (stripped.equals(negative)) {
        return 0;
      } else if (withoutPoint(stripped).equals(withoutPoint(positive))) {
        return 1;
      }
      return negative == null || withoutPoint(stripped).equals(withoutPoint(negative)) ? 0 : -1;
    }
    if (!Double.isNaN(from)) {
      double x = NumberSpelling.PLAIN.toDouble(text);
      return Double.isNaN(x) ? -1 : x >= from ? 1 : 0;
    }
    Boolean truth = Truth.of(text);
    return truth == null ? -1 : truth ? 1 : 0;
  }

  private static String withoutPoint(String text) {
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  /** What a label must be, in words that follow "expected". */
  public String expectation() {
    if (positive != null) {
      return negative == null ? "any text" : "'" + positive + "' or '" + negative + "'";
    }
    return Double.isNaN(from) ? Truth.EXPECTATION : "a number";
  }

  /** In words, for comparison: each rule has its own; empty where there is nothing to say. */
  public String exactly() {
    String words = words();
    String others =
        positive == null ? "" : negative == null ? ", all others not" : ", not '" + negative + "'";
    return words.isEmpty() ? "" : " (" + words + others + ")";
  }

  /** In words, for people; empty where there is nothing to say. */
  String words() {
    return positive != null
        ? "positive is '" + positive + "'"
        : Double.isNaN(from)
            ? ""
            : "positive from "
                + (from == Math.rint(from) ? String.valueOf((long) from) : String.valueOf(from));
  }
}
