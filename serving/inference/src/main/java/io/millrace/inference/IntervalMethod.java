package io.millrace.inference;

/**
 * How wide an interval is, in standard errors of the estimate, which is taken as normal or
 * Student's.
 */
public sealed interface IntervalMethod
    permits Fixed, AlwaysValid, MixtureSprt, GroupSequential, Hybrid {
  /**
   * Half the width of a two-sided interval, in standard errors; infinite where nothing can be said.
   *
   * @param alpha error probability of both sides together
   */
  double critical(double alpha, Precision precision);

  /** Reach of a one-sided interval, in standard errors. */
  double oneSidedCritical(double alpha, Precision precision);

  /**
   * Two-sided p value of an estimate that lies so many standard errors from the hypothesis.
   *
   * @param alpha the level that the method is made for; some are tuned to it
   */
  double pValue(double statistic, double alpha, Precision precision);

  /** The method in words, for reports. */
  String describe();
}
