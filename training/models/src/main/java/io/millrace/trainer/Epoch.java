package io.millrace.trainer;

import io.millrace.metrics.Metrics;

/**
 * What an epoch came to.
 *
 * @param number from 1
 * @param loss mean training loss in nats, in training mode, without the L2 term
 * @param rate factor on the learning rates in this epoch
 * @param valid of the weights after the epoch
 * @param best whether no epoch before had a higher validation AUC
 * @param examplesPerSecond in training
 */
public record Epoch(
    int number, double loss, double rate, Metrics valid, boolean best, double examplesPerSecond) {}
