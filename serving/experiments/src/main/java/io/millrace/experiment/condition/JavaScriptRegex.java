package io.millrace.experiment.condition;

import java.util.regex.Pattern;

/**
 * Regular expressions of JavaScript, for Java's engine: where the two write the same otherwise,
 * they mean different things by {@code $}, and by {@code [} and {@code &&} inside of brackets.
 */
final class JavaScriptRegex {
  private JavaScriptRegex() {}

  /**
   * Compiles an expression.
   *
   * @throws java.util.regex.PatternSyntaxException if it is none
   */
  static Pattern compile(String regex, boolean anyCase) {
    StringBuilder java = new StringBuilder();
    boolean inClass = false;
    for (int i = 0; i < regex.length(); i++) {
      char c = regex.charAt(i);
      if (c == '\\' && i + 1 < regex.length()) {
        java.append(c).append(regex.charAt(++i));
      } else if (inClass) {
        inClass = c != ']';
        java.append(c == '[' || c == '&' ? "\\" : "").append(c);
      } else if (c == '[' && regex.startsWith("[^]", i)) {
        java.append("[\\s\\S]");
        i += 2;
      } else if (c == '[' && regex.startsWith("[]", i)) {
        java.append("(?!)");
        i++;
      } else if (c == '[') {
        inClass = true;
        java.append(c);
        if (regex.startsWith("^", i + 1)) {
          java.append(regex.charAt(++i));
        }
      } else {
        java.append(c == '$' ? "\\z" : String.valueOf(c));
      }
    }
    return Pattern.compile(
        java.toString(), anyCase ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0);
  }
}
