package io.millrace.trainer;

/** Is told how far a training has come. */
@FunctionalInterface
public interface TrainingProgress {

  /** Told after each epoch. */
  void epoch(Epoch epoch);

  /**
   * Told after each step.
   *
   * @param pass what is gone through, for people
   * @param examples of it that are done
   * @param of examples in all
   */
  default void done(String pass, int examples, int of) {}
}
