package io.millrace.experiment;

/**
 * Units that stay out of all experiments with this holdout, the same ones in each.
 *
 * @param name which is the seed
 * @param share of all units, 0 to 1
 */
public record Holdout(String name, double share) {}
