package io.millrace.trainer;

import io.millrace.metrics.Metrics;

/** Is told how far a training has come. */
@FunctionalInterface
public interface TrainingProgress {

  /**
   * Told before the first epoch.
   *
   * @param settings all of them, those that were left to the data as well
   * @param untrained metrics of the share of positives alone, on the validation set
   */
  default void start(TrainerConfig settings, Metrics untrained) {}

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
