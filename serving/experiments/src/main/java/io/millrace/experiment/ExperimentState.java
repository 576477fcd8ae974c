package io.millrace.experiment;

import java.util.Locale;

/** What an experiment does. */
public enum ExperimentState {
  /** It is planned; nobody is in it. */
  DRAFT,
  /** It assigns units to its arms. */
  RUNNING,
  /** It is over. Its key is not given again. */
  STOPPED;

  /** As users write it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The constant of a word.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static ExperimentState of(String word) {
    return Words.of(word, "state", values(), ExperimentState::word);
  }
}
