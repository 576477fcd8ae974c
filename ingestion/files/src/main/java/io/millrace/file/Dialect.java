package io.millrace.file;

import io.millrace.file.decoding.UnusableFileException;

/**
 * How a delimited file is written.
 *
 * @param separator between cells; {@link #BLANKS} for runs of blanks and tabs
 * @param quote around cells, or 0 for none
 */
record Dialect(String separator, char quote) {
  /** A separator that stands for any run of blanks and tabs. */
  static final String BLANKS = " ";

  boolean blanks() {
    return separator.equals(BLANKS);
  }

  /** In words, for people. */
  String words() {
    return switch (separator) {
      case "\t" -> "tab";
      case BLANKS -> "blanks";
      case "\u0001" -> "^A";
      default -> "'" + separator + "'";
    };
  }

  /** A separator as people write it on a command line. */
  static String separator(String given) {
    return switch (given) {
      case "\\t", "tab", "TAB" -> "\t";
      case "blank", "blanks", "space", "spaces" -> BLANKS;
      case "comma" -> ",";
      case "semicolon" -> ";";
      case "bar", "pipe" -> "|";
      case "" -> throw new UnusableFileException("--separator '', expected at least one letter");
      default -> given;
    };
  }
}
