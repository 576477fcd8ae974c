package io.millrace.experiment.growthbook;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets pass the units whose hash lies in one of some ranges.
 *
 * @param seed of the hash
 * @param attribute that is hashed, empty for the usual one
 * @param hashVersion of the hash
 * @param ranges of those that pass
 */
record UnitFilter(String seed, String attribute, int hashVersion, List<BucketRange> ranges) {
  private static final int DEFAULT_VERSION = 2;

  /** Those of an array of {@code {"seed","attribute","hashVersion","ranges"}}. */
  static List<UnitFilter> all(JsonNode array) {
    List<UnitFilter> filters = new ArrayList<>();
    for (JsonNode json : array) {
      filters.add(
          new UnitFilter(
              json.path("seed").asText(),
              json.path("attribute").asText(),
              json.path("hashVersion").asInt(DEFAULT_VERSION),
              BucketRange.all(json.path("ranges"))));
    }
    return List.copyOf(filters);
  }
}
