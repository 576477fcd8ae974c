package io.millrace.doctor;

/**
 * Something that was looked at.
 *
 * @param level how it is
 * @param what was looked at, in a word or two
 * @param words what was found, and what is expected where it is not well
 */
public record Finding(Level level, String what, String words) {

  /** How something is. */
  public enum Level {
    /** Nothing is wrong. */
    OK,
    /** A platform runs, and may lose something, or be slow. */
    WARNING,
    /** A platform does not start, or not for long. */
    PROBLEM;

    /** As users read it. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  static Finding ok(String what, String words) {
    return new Finding(Level.OK, what, words);
  }

  static Finding warning(String what, String words) {
    return new Finding(Level.WARNING, what, words);
  }

  static Finding problem(String what, String words) {
    return new Finding(Level.PROBLEM, what, words);
  }
}
