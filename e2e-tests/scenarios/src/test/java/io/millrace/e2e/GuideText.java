package io.millrace.e2e;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Output as a page shows it, compared with what came by its shape. A word with a digit in it stands
 * for any other such word, blanks for any blanks, {@code …} for anything within a line, and a line
 * of {@code ...} alone for any lines. An id that the page shows cut, as {@code 5c0e4ad2-…}, is told
 * to the caller whole.
 */
final class GuideText {
  private static final Pattern PIECE =
      Pattern.compile(
          "(?<id>[0-9a-f]{4,}-?…)|(?<any>…|\\.\\.\\.)|(?<blank>\\s+)"
              + "|(?<word>[\\w.,:+-]*\\d[\\w.,:+-]*)|(?<rest>.)");

  private static final String WORD = "[\\w.,:+-]*\\d[\\w.,:+-]*";

  private GuideText() {}

  /** Ids that were cut, by what the page shows of them; empty if the output is not as shown. */
  static Optional<Map<String, String>> ids(List<String> shown, List<String> came) {
    Map<String, String> ids = new LinkedHashMap<>();
    return matches(shown, 0, came, 0, ids) ? Optional.of(ids) : Optional.empty();
  }

  private static boolean matches(
      List<String> shown, int at, List<String> came, int line, Map<String, String> ids) {
    if (at == shown.size()) {
      return line == came.size();
    }
    if (isGap(shown.get(at))) {
      for (int next = line; next <= came.size(); next++) {
        if (matches(shown, at + 1, came, next, ids)) {
          return true;
        }
      }
      return false;
    }
    return line < came.size()
        && matches(shown.get(at), came.get(line), ids)
        && matches(shown, at + 1, came, line + 1, ids);
  }

  /** Whether a line stands for any lines. */
  static boolean isGap(String line) {
    return line.equals("...") || line.equals("…");
  }

  private static boolean matches(String shown, String came, Map<String, String> ids) {
    StringBuilder pattern = new StringBuilder();
    List<String> cut = new ArrayList<>();
    Matcher piece = PIECE.matcher(shown.strip());
    while (piece.find()) {
      if (piece.group("id") != null) {
        cut.add(piece.group());
        pattern.append("([\\w-]+)");
      } else if (piece.group("any") != null) {
        pattern.append(".*");
      } else if (piece.group("blank") != null) {
        pattern.append("\\s+");
      } else if (piece.group("word") != null) {
        word(piece.group(), pattern);
      } else {
        pattern.append(Pattern.quote(piece.group()));
      }
    }
    Matcher matcher = Pattern.compile(pattern.toString()).matcher(came.strip());
    if (!matcher.matches()) {
      return false;
    }
    for (int i = 0; i < cut.size(); i++) {
      ids.putIfAbsent(cut.get(i), matcher.group(i + 1));
    }
    return true;
  }

  /** Stops and colons around a word are as shown. */
  private static void word(String word, StringBuilder pattern) {
    Matcher parts = Pattern.compile("([.,:]*)(.*?)([.,:]*)").matcher(word);
    if (parts.matches()) {
      pattern.append(Pattern.quote(parts.group(1))).append(WORD);
      pattern.append(Pattern.quote(parts.group(3)));
    }
  }
}
