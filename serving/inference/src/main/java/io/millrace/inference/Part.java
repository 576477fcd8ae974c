package io.millrace.inference;

/** What is known of one unit: four numbers, in the order of {@link Moments}. */
public enum Part {
  /** What the metric counts: the unit's clicks, orders, seconds. */
  NUMERATOR,
  /** What it is counted over: the unit's impressions; 1 where the metric is a mean of units. */
  DENOMINATOR,
  /** The numerator before the experiment began. */
  COVARIATE,
  /** The denominator before the experiment began; 1 where the covariate is a mean of units. */
  COVARIATE_DENOMINATOR;

  /** How many there are. */
  static final int COUNT = 4;
}
