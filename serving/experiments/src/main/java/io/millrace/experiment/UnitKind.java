package io.millrace.experiment;

import java.util.Locale;

/** What is assigned to an arm, and counts as one in an experiment's numbers. */
public enum UnitKind {
  /** A person, for as long as the same name stands for the same one. */
  USER,
  /** A visit. */
  SESSION,
  /** One request. */
  REQUEST;

  /** As users write it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The constant of a word.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static UnitKind of(String word) {
    return Words.of(word, "unit.kind", values(), UnitKind::word);
  }
}
