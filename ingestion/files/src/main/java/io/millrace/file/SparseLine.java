package io.millrace.file;

import io.millrace.feature.NumberSpelling;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of labels and pairs.
 *
 * @param label as it stands there, or null if the line has none
 * @param importance how often the line counts in Vowpal Wabbit; 1 where it says nothing
 * @param based whether the line has a prediction to begin with, as Vowpal Wabbit's may
 * @param tag a name of the line, or null
 */
record SparseLine(
    @Nullable String label,
    double importance,
    boolean based,
    @Nullable String tag,
    List<Pair> pairs) {
  /**
   * A feature that is there.
   *
   * @param group its field or namespace; empty for libsvm, which has none
   */
  record Pair(String group, String token, double value) {}

  /**
   * Reads a line that is neither empty nor a comment.
   *
   * @throws BadLine if it is not of the format
   */
  static SparseLine parse(FileFormat format, String text) throws BadLine {
    return format == FileFormat.VW ? vw(text) : pairs(format, text);
  }

  /** A line that is not of its format. */
  static final class BadLine extends Exception {
    private static final long serialVersionUID = 1;

    BadLine(String message) {
      super(message, null, false, false);
    }

    String words() {
      return String.valueOf(getMessage());
    }
  }

  /** What is left of a line of pairs without its comment. */
  static String withoutComment(FileFormat format, String text) {
    int at = format == FileFormat.VW ? -1 : text.indexOf('#');
    return (at < 0 ? text : text.substring(0, at)).strip();
  }

  private static SparseLine pairs(FileFormat format, String text) throws BadLine {
    String[] words = text.split("\\s+");
    String label = words[0].indexOf(':') < 0 ? words[0] : null;
    List<Pair> pairs = new ArrayList<>(words.length);
    for (int i = label == null ? 0 : 1; i < words.length; i++) {
      String word = words[i];
      if (word.startsWith("qid:")) {
        continue;
      }
      int first = word.indexOf(':');
      int last = word.lastIndexOf(':');
      boolean two = first > 0 && last == first;
      boolean three = first > 0 && last > first + 1 && word.indexOf(':', first + 1) == last;
      if (format == FileFormat.LIBSVM ? !two : !three) {
        throw new BadLine(
            format == FileFormat.LIBSVM
                ? "pair '%s', expected id:value%s"
                    .formatted(
                        Rejection.shown(word),
                        three ? " (field:feature:value is LIBFFM's format)" : "")
                : "'%s', expected field:feature:value%s"
                    .formatted(Rejection.shown(word), two ? " (id:value is libsvm's format)" : ""));
      }
      double value = NumberSpelling.PLAIN.toDouble(word.substring(last + 1));
      if (Double.isNaN(value)) {
        throw new BadLine(
            "'%s', expected a number behind the last colon".formatted(Rejection.shown(word)));
      }
      if (value != 0) {
        pairs.add(
            format == FileFormat.LIBSVM
                ? new Pair("", word.substring(0, first), value)
                : new Pair(word.substring(0, first), word.substring(first + 1, last), value));
      }
    }
    return new SparseLine(label, 1, false, null, pairs);
  }

  private static SparseLine vw(String text) throws BadLine {
    int bar = text.indexOf('|');
    if (bar < 0) {
      throw new BadLine("no '|', expected label |namespace feature:value ...");
    }
    String head = text.substring(0, bar);
    String[] words = head.strip().isEmpty() ? new String[0] : head.strip().split("\\s+");
    String tag = null;
    int count = words.length;
    if (count > 0) {
      String last = words[count - 1];
      boolean touches = !head.isEmpty() && !Character.isWhitespace(head.charAt(head.length() - 1));
      if (last.startsWith("'") || (touches && count > 1)) {
        tag = last.startsWith("'") ? last.substring(1) : last;
        count--;
      }
    }
    if (count > 3) {
      throw new BadLine(
          "'%s', expected label, importance and base before the '|'"
              .formatted(Rejection.shown(head.strip())));
    }
    String label = count > 0 ? words[0] : null;
    double importance = count > 1 ? NumberSpelling.PLAIN.toDouble(words[1]) : 1;
    if (Double.isNaN(importance)) {
      throw new BadLine("importance '%s', expected a number".formatted(Rejection.shown(words[1])));
    }
    List<Pair> pairs = new ArrayList<>();
    for (String part : text.substring(bar + 1).split("\\|", -1)) {
      boolean named = !part.isEmpty() && !Character.isWhitespace(part.charAt(0));
      String[] features = part.strip().isEmpty() ? new String[0] : part.strip().split("\\s+");
      String group = "";
      double scale = 1;
      if (named && features.length > 0) {
        group = features[0];
        int colon = group.lastIndexOf(':');
        if (colon > 0) {
          scale = number(group, colon);
          group = group.substring(0, colon);
        }
      }
      for (int i = named ? 1 : 0; i < features.length; i++) {
        String feature = features[i];
        int colon = feature.lastIndexOf(':');
        double value = scale * (colon < 0 ? 1 : number(feature, colon));
        String token = colon < 0 ? feature : feature.substring(0, colon);
        if (value != 0) {
          pairs.add(new Pair(group, token, value));
        }
      }
    }
    return new SparseLine(label, importance, count == 3, tag, pairs);
  }

  private static double number(String word, int colon) throws BadLine {
    double value = NumberSpelling.PLAIN.toDouble(word.substring(colon + 1));
    if (Double.isNaN(value)) {
      throw new BadLine(
          "'%s', expected a number behind the colon".formatted(Rejection.shown(word)));
    }
    return value;
  }
}
