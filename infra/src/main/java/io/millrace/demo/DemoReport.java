package io.millrace.demo;

import io.millrace.metrics.Metrics;
import io.millrace.metrics.TruthMetrics;
import java.util.Locale;
import java.util.Optional;

/**
 * What a demo came to. Undefined numbers are NaN.
 *
 * @param requests asked in this run, answered or not
 * @param ceiling of the true probabilities, since the data directory began
 * @param learner progressive, over the same time; scored when the label is known
 * @param served of the probabilities that were answered when the ad was shown, those of the first
 *     seconds included
 * @param minuteCeiling of the last minute at full rate
 * @param minuteServed as answered, on the same impressions
 * @param servedAgainstTruth how far the answers of this run are from the true probabilities
 * @param freshP50Millis from a click to parameters that have learned from it
 * @param oneClick what a single click changed, if it was shown
 */
public record DemoReport(
    long requests,
    long impressions,
    long failedRequests,
    long clicks,
    long lateClicks,
    long duplicates,
    long invalidEvents,
    Metrics ceiling,
    Metrics learner,
    Metrics served,
    Metrics minuteCeiling,
    Metrics minuteServed,
    TruthMetrics servedAgainstTruth,
    double freshP50Millis,
    double freshP99Millis,
    long version,
    Optional<OneClickReport> oneClick) {

  /** The public part of the one-click demonstration. */
  public record OneClickReport(
      double before, double after, long versionBefore, long versionAfter, long millis) {}

  /** How far the learner is below the ceiling. */
  public double aucGap() {
    return ceiling.auc() - learner.auc();
  }

  /** How far what was answered in the last minute is below the ceiling. */
  public double servedAucGap() {
    return minuteCeiling.auc() - minuteServed.auc();
  }

  /** How far the learner's predictions are from the truth, estimated from what labels say. */
  public TruthMetrics learnerAgainstTruth() {
    return TruthMetrics.estimate(learner, ceiling);
  }

  /** A table for people. */
  public String table() {
    TruthMetrics learnerTruth = learnerAgainstTruth();
    StringBuilder table = new StringBuilder();
    row(table, "", "learner", "served", "ceiling");
    row(table, "AUC", learner.auc(), served.auc(), ceiling.auc());
    row(table, "AUC, last minute", Double.NaN, minuteServed.auc(), minuteCeiling.auc());
    row(table, "log loss", learner.logloss(), served.logloss(), ceiling.logloss());
    row(
        table,
        "normalized entropy",
        learner.normalizedEntropy(),
        served.normalizedEntropy(),
        ceiling.normalizedEntropy());
    row(
        table,
        "predicted/actual",
        learner.calibration(),
        served.calibration(),
        ceiling.calibration());
    row(table, "Brier", learner.brier(), served.brier(), ceiling.brier());
    row(table, "ECE", learner.ece(), served.ece(), ceiling.ece());
    row(
        table,
        "squared error to p",
        learnerTruth.meanSquaredError(),
        servedAgainstTruth.meanSquaredError(),
        0);
    row(table, "KL to p", learnerTruth.divergence(), servedAgainstTruth.divergence(), 0);
    row(
        table,
        "examples",
        Long.toString(learner.examples()),
        Long.toString(served.examples()),
        Long.toString(ceiling.examples()));
    table.append(
        String.format(
            Locale.ROOT,
            "%nThis run: %d requests (%d failed), %d impressions, %d clicks, %d late clicks,"
                + " %d duplicates, %d invalid events.%n"
                + "From click to served parameters: p50 %s ms, p99 %s ms. Model version %d.%n",
            requests,
            failedRequests,
            impressions,
            clicks,
            lateClicks,
            duplicates,
            invalidEvents,
            LiveLine.number(freshP50Millis, 0),
            LiveLine.number(freshP99Millis, 0),
            version));
    return table.toString();
  }

  private static void row(
      StringBuilder table, String name, double learner, double served, double ceiling) {
    row(
        table,
        name,
        LiveLine.number(learner, 4),
        LiveLine.number(served, 4),
        LiveLine.number(ceiling, 4));
  }

  private static void row(
      StringBuilder table, String name, String learner, String served, String ceiling) {
    table.append(
        String.format(Locale.ROOT, "%-20s %10s %10s %10s%n", name, learner, served, ceiling));
  }
}
