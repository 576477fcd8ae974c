package io.millrace.inference;

/** How a metric is made of its units' values. */
public enum Metric {
  /** Mean of the units' numerators, each over a denominator of 1: orders per user. */
  MEAN,
  /** Share of units whose numerator is 1 among units whose numerator is 0 or 1. */
  PROPORTION,
  /**
   * Sum of numerators by sum of denominators, where a unit has many of both: clicks by impressions,
   * with users as units. Units are independent, impressions of one user are not.
   */
  RATIO
}
