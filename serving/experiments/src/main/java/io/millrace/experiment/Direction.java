package io.millrace.experiment;

import java.util.Locale;

/** Which way a metric is better. */
public enum Direction {
  /** More is better. */
  UP,
  /** Less is better. */
  DOWN;

  /** As users write it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The constant of a word.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Direction of(String word) {
    return Words.of(word, "better", values(), Direction::word);
  }
}
