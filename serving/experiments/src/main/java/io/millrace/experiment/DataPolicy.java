package io.millrace.experiment;

import java.util.Locale;

/** Which examples the models of an experiment's arms learn from. */
public enum DataPolicy {
  /** Every arm's model learns from all examples, those of the other arms too. */
  SHARED,
  /** An arm's model learns from the examples of its own arm. */
  OWN,
  /** No arm's model learns while the experiment runs. */
  FROZEN,
  /**
   * Every arm's model learns from all examples, each weighted by the odds with which its context is
   * assigned to the arm (Si, arXiv 2310.17496).
   */
  WEIGHTED;

  /** As users write it. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The constant of a word.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static DataPolicy of(String word) {
    return Words.of(word, "data", values(), DataPolicy::word);
  }
}
