package io.millrace.experiment.growthbook;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.experiment.condition.SavedGroups;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The features of an SDK payload, compiled. Immutable, for use by many evaluations.
 *
 * @see GrowthBookEngine
 */
public final class Features {
  private final Map<String, Feature> features = new HashMap<>();
  private final SavedGroups groups;
  private final JsonNode bandits;

  private Features(JsonNode payload) {
    payload
        .path("features")
        .properties()
        .forEach(
            entry -> features.put(entry.getKey(), Feature.parse(entry.getValue(), entry.getKey())));
    groups = SavedGroups.of(payload.path("savedGroups"));
    bandits = payload.path("contextualBandits").deepCopy();
  }

  /**
   * Reads a payload: {@code {"features":{…},"savedGroups":{…},"contextualBandits":{…}}}.
   *
   * @throws IllegalArgumentException if it targets pages by their addresses
   */
  public static Features parse(JsonNode payload) {
    return new Features(payload);
  }

  Optional<Feature> find(String key) {
    return Optional.ofNullable(features.get(key));
  }

  SavedGroups groups() {
    return groups;
  }

  /** The definition of a contextual bandit, if it is there. */
  Optional<JsonNode> bandit(String name) {
    return Optional.ofNullable(bandits.get(name));
  }
}
