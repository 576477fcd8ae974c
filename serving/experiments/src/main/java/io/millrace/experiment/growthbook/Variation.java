package io.millrace.experiment.growthbook;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What is said of a variation beside its value.
 *
 * @param key its name for machines, empty where its index serves
 * @param name its name for people, empty where it has none
 * @param passthrough whether units in it go on to the next rule
 */
record Variation(String key, String name, boolean passthrough) {
  /** Of which nothing is said. */
  static final Variation PLAIN = new Variation("", "", false);

  /** Those of an experiment's {@code meta}, as many as there are variations. */
  static List<Variation> all(JsonNode meta, int variations) {
    List<Variation> all = new ArrayList<>();
    for (int i = 0; i < variations; i++) {
      JsonNode json = meta.path(i);
      all.add(
          json.isObject()
              ? new Variation(
                  json.path("key").asText(),
                  json.path("name").asText(),
                  json.path("passthrough").asBoolean())
              : PLAIN);
    }
    return List.copyOf(all);
  }
}
