package io.millrace.trainer;

import io.millrace.metrics.Metrics;

/**
 * What an epoch came to.
 *
 * @param number from 1
 * @param targets what it learned from
 * @param loss mean training loss against these in nats, in training mode, without the L2 term
 * @param rate factor on the learning rates in this epoch
 * @param valid of the weights after the epoch
 * @param best whether its weights are the best so far: by the {@link TrainerConfig.Criterion}, with
 *     CaPE by log loss
 * @param examplesPerSecond in training
 */
public record Epoch(
    int number,
    Targets targets,
    double loss,
    double rate,
    Metrics valid,
    boolean best,
    double examplesPerSecond) {

  /** What an epoch learns from. */
  public enum Targets {
    LABELS,
    /** Those of {@link CapeConfig}. */
    CALIBRATED
  }
}
