package io.millrace.experiment;

import java.util.OptionalDouble;

/**
 * What an experiment looks at.
 *
 * @param name of the outcome that it is about
 * @param kind how outcomes become a number
 * @param better which way is better
 * @param margin of a guard rail: the relative change for the worse that is put up with
 */
public record Metric(String name, MetricKind kind, Direction better, OptionalDouble margin) {}
