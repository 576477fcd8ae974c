package io.millrace.deployment;

/** What a model begins with. */
public sealed interface Origin {

  /** Fresh weights, and the whole log of examples. */
  record Anew() implements Origin {}

  /**
   * The weights that {@code millrace train} wrote.
   *
   * @param path of the folder
   */
  record Trained(String path) implements Origin {}

  /**
   * All that another model's learner knows at a moment.
   *
   * @param source the other model
   */
  record CloneOf(String source) implements Origin {}
}
