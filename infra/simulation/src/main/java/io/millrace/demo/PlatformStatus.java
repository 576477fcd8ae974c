package io.millrace.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.metrics.CohortFigures;
import io.millrace.metrics.FigureNames;
import io.millrace.metrics.LateLabelFigures;
import io.millrace.metrics.LearnerFigures;
import java.util.OptionalLong;

/**
 * What a server says about a model. Times are in milliseconds, NaN where nothing is known yet.
 *
 * @param version of the served model
 * @param freshP50Millis from a click to parameters that have learned from it
 * @param figures as the learner published them
 */
record PlatformStatus(
    boolean ready,
    long version,
    double freshP50Millis,
    double freshP99Millis,
    LearnerFigures figures) {

  static final PlatformStatus UNKNOWN =
      new PlatformStatus(false, 0, Double.NaN, Double.NaN, FigureNames.read(0, name -> Double.NaN));

  /** The answers, in cohorts whose labels are final. */
  CohortFigures served() {
    return figures.byLabels() instanceof LateLabelFigures late
        ? late.served()
        : new CohortFigures(
            figures.progressive().served(), null, 0, OptionalLong.empty(), OptionalLong.empty());
  }

  static PlatformStatus of(JsonNode status, String model) {
    JsonNode found = null;
    for (JsonNode candidate : status.path("models")) {
      if (candidate.path("name").asText().equals(model)) {
        found = candidate;
      }
    }
    if (found == null) {
      throw new IllegalArgumentException(
          "model: \"%s\", expected one that the server serves: %s"
              .formatted(model, status.path("models").findValuesAsText("name")));
    }
    JsonNode freshness = found.path("freshness");
    JsonNode metrics = found.path("metrics");
    long version = found.path("version").asLong();
    return new PlatformStatus(
        status.path("ready").asBoolean(),
        version,
        freshness.path("p50Millis").asDouble(Double.NaN),
        freshness.path("p99Millis").asDouble(Double.NaN),
        FigureNames.read(version, name -> metrics.path(name).asDouble(Double.NaN)));
  }
}
