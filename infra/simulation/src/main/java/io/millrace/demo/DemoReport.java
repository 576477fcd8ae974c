package io.millrace.demo;

import io.millrace.metrics.Metrics;
import io.millrace.metrics.TruthMetrics;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a demo came to. Undefined numbers are NaN.
 *
 * @param requests asked in this run, answered or not
 * @param served the answers of this run against the true probabilities
 * @param minute those of the last minute at full rate
 * @param byLabels the answers against their labels, in cohorts whose labels are final
 * @param labelsUntil event time up to which cohorts are complete, if any are
 * @param labelsNext event time at which the next one will be, if one has begun
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
    TruthMetrics served,
    TruthMetrics minute,
    Metrics byLabels,
    OptionalLong labelsUntil,
    OptionalLong labelsNext,
    double freshP50Millis,
    double freshP99Millis,
    long version,
    Optional<OneClickReport> oneClick) {

  /** The public part of the one-click demonstration. */
  public record OneClickReport(
      double before, double after, long versionBefore, long versionAfter, long millis) {}

  /** A table for people. */
  public String table() {
    StringBuilder table = new StringBuilder();
    row(table, "as answered, against the truth", "this run", "possible", "last minute", "possible");
    row(table, "AUC", served.auc(), served.ceiling(), minute.auc(), minute.ceiling());
    row(table, "predicted/true", served.calibration(), 1, minute.calibration(), 1);
    row(table, "log loss", served.logloss(), served.floor(), minute.logloss(), minute.floor());
    row(table, "squared error to p", served.meanSquaredError(), 0, minute.meanSquaredError(), 0);
    row(
        table,
        "impressions",
        Long.toString(served.examples()),
        "",
        Long.toString(minute.examples()),
        "");
    table.append(String.format("%n%s%n", labels()));
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

  /** What the labels say, which are all that a platform has where nobody knows the truth. */
  private String labels() {
    if (labelsUntil.isPresent()) {
      return String.format(
          Locale.ROOT,
          "By labels, of the %d impressions before %s, whose windows have ended: AUC %s,"
              + " predicted/actual %s, log loss %s.",
          byLabels.examples(),
          time(labelsUntil.getAsLong()),
          LiveLine.number(byLabels.auc(), 4),
          LiveLine.number(byLabels.calibration(), 3),
          LiveLine.number(byLabels.logloss(), 4));
    }
    return "By labels nothing can be said yet: the first impressions whose windows have ended"
        + (labelsNext.isPresent()
            ? " count at " + time(labelsNext.getAsLong()) + "."
            : " are still to come.");
  }

  private static String time(long millis) {
    return Instant.ofEpochMilli(millis).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static void row(
      StringBuilder table, String name, double all, double best, double last, double lastBest) {
    row(
        table,
        name,
        LiveLine.number(all, 4),
        LiveLine.number(best, 4),
        LiveLine.number(last, 4),
        LiveLine.number(lastBest, 4));
  }

  private static void row(
      StringBuilder table, String name, String all, String best, String last, String lastBest) {
    table.append(
        String.format(Locale.ROOT, "%-32s %10s %10s %12s %10s%n", name, all, best, last, lastBest));
  }
}
