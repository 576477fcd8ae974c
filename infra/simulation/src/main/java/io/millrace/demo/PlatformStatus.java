package io.millrace.demo;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What a server says about a model. Times are in milliseconds, NaN where nothing is known yet.
 *
 * @param version of the served model
 * @param freshP50Millis from a click to parameters that have learned from it
 * @param metrics as the learner published them: {@code served.} of the probabilities that were
 *     answered, in cohorts whose labels are final
 */
record PlatformStatus(
    boolean ready,
    long version,
    double freshP50Millis,
    double freshP99Millis,
    Map<String, Double> metrics) {

  static final PlatformStatus UNKNOWN =
      new PlatformStatus(false, 0, Double.NaN, Double.NaN, Map.of());

  /** A metric, or NaN. */
  double metric(String name) {
    return metrics.getOrDefault(name, Double.NaN);
  }

  /** A metric that is a time in milliseconds since the epoch. */
  OptionalLong time(String name) {
    double value = metric(name);
    return Double.isNaN(value) ? OptionalLong.empty() : OptionalLong.of((long) value);
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
    return new PlatformStatus(
        status.path("ready").asBoolean(),
        found.path("version").asLong(),
        freshness.path("p50Millis").asDouble(Double.NaN),
        freshness.path("p99Millis").asDouble(Double.NaN),
        numbers(found.path("metrics")));
  }

  private static Map<String, Double> numbers(JsonNode object) {
    Map<String, Double> numbers = new TreeMap<>();
    object.properties().forEach(e -> numbers.put(e.getKey(), e.getValue().asDouble(Double.NaN)));
    return numbers;
  }
}
