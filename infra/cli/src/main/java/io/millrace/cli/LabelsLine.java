package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * What a platform's terminal says of its answers as their labels become final: once when the first
 * will be, then of each newest cohort that is complete, at most every so often. Pure, one object a
 * terminal.
 */
final class LabelsLine {
  private final long everyMillis;
  private boolean announced;
  private double shownUntil = Double.NaN;
  private long nextMillis = Long.MIN_VALUE;

  /**
   * @param everyMillis least time between two lines
   */
  LabelsLine(long everyMillis) {
    this.everyMillis = everyMillis;
  }

  /**
   * The next line, if there is something to say.
   *
   * @param status as {@code /v1/status} answers it; its first model is spoken of
   */
  Optional<String> next(JsonNode status, long nowMillis) {
    JsonNode model = status.path("models").path(0);
    JsonNode metrics = model.path("metrics");
    boolean served = metrics.has("cohort.counted_until") || metrics.has("cohort.next_at");
    String newest = served ? "cohort." : "learner_cohort.";
    double until = metrics.path(newest + "counted_until").asDouble(Double.NaN);
    if (Double.isNaN(until)) {
      double first = metrics.path(newest + "next_at").asDouble(Double.NaN);
      if (announced || Double.isNaN(first)) {
        return Optional.empty();
      }
      announced = true;
      return Optional.of(
          "labels: the first impressions whose windows have ended count at " + time(first));
    }
    if (until == shownUntil || nowMillis < nextMillis || !metrics.has(newest + "examples")) {
      return Optional.empty();
    }
    shownUntil = until;
    nextMillis = nowMillis + everyMillis;
    return Optional.of(
        "labels until %s%s: %s; since the start: %s"
            .formatted(
                time(until),
                served ? "" : " (of the learner, nothing was served)",
                figures(metrics, newest),
                figures(metrics, served ? "served." : "learner.")));
  }

  private static String figures(JsonNode metrics, String prefix) {
    return String.format(
        Locale.ROOT,
        "AUC %s, predicted/actual %s of %,d impressions",
        number(metrics.path(prefix + "auc"), 4),
        number(metrics.path(prefix + "calibration"), 3),
        metrics.path(prefix + "examples").asLong());
  }

  private static String number(JsonNode value, int decimals) {
    return value.isNumber()
        ? String.format(Locale.ROOT, "%." + decimals + "f", value.asDouble())
        : "-";
  }

  private static String time(double millis) {
    return Instant.ofEpochSecond((long) millis / 1000).toString();
  }
}
