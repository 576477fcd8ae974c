package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.metrics.CohortFigures;
import io.millrace.metrics.FigureNames;
import io.millrace.metrics.LateLabelFigures;
import io.millrace.metrics.LearnerFigures;
import io.millrace.metrics.Metrics;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a platform's terminal says of its answers as their labels become final: once when the first
 * will be, then of each newest cohort that is complete, at most every so often. Pure, one object a
 * terminal.
 */
final class LabelsLine {
  private final long everyMillis;
  private boolean announced;
  private OptionalLong shownUntil = OptionalLong.empty();
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
    LearnerFigures figures =
        FigureNames.read(
            model.path("version").asLong(), name -> metrics.path(name).asDouble(Double.NaN));
    return figures.byLabels() instanceof LateLabelFigures late
        ? next(late, nowMillis)
        : Optional.empty();
  }

  private Optional<String> next(LateLabelFigures figures, long nowMillis) {
    boolean served = figures.served().begun();
    CohortFigures cohorts = served ? figures.served() : figures.learner();
    OptionalLong until = cohorts.countedUntil();
    if (until.isEmpty()) {
      if (announced || cohorts.nextAt().isEmpty()) {
        return Optional.empty();
      }
      announced = true;
      return Optional.of(
          "labels: the first impressions whose windows have ended count at "
              + time(cohorts.nextAt().getAsLong()));
    }
    Metrics newest = cohorts.newest();
    if (until.equals(shownUntil) || nowMillis < nextMillis || newest == null) {
      return Optional.empty();
    }
    shownUntil = until;
    nextMillis = nowMillis + everyMillis;
    return Optional.of(
        "labels until %s%s: %s; since the start: %s"
            .formatted(
                time(until.getAsLong()),
                served ? "" : " (of the learner, nothing was served)",
                words(newest),
                words(Objects.requireNonNullElse(cohorts.all(), Metrics.NONE))));
  }

  private static String words(Metrics metrics) {
    return String.format(
        Locale.ROOT,
        "AUC %s, predicted/actual %s of %,d impressions",
        number(metrics.auc(), 4),
        number(metrics.calibration(), 3),
        metrics.examples());
  }

  private static String number(double value, int decimals) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private static String time(long millis) {
    return Instant.ofEpochSecond(millis / 1000).toString();
  }
}
