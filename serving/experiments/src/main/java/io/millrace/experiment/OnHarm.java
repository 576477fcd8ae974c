package io.millrace.experiment;

import java.util.Locale;

/** What is done when a guard rail shows that an arm harms. */
public enum OnHarm {
  /** The arm gets nobody any more, or the experiment ends where no other treatment is left. */
  STOP,
  /** It is said in the results. */
  SAY;

  /** As users write it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The constant of a word.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static OnHarm of(String word) {
    return Words.of(word, "onHarm", values(), OnHarm::word);
  }
}
