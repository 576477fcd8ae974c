package io.millrace.experiment.growthbook;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Which attribute names the unit, and whether units stay where they were.
 *
 * @param attribute name of the attribute
 * @param fallback attribute to take where the first has no value, empty for none; only with sticky
 *     buckets
 * @param sticky whether sticky buckets are used, where there are any
 * @param version of the buckets
 * @param minVersion units with buckets of a lower version are out
 */
record Hashing(String attribute, String fallback, boolean sticky, int version, int minVersion) {
  private static final String DEFAULT_ATTRIBUTE = "id";

  /** Of a rule or an experiment. */
  static Hashing parse(JsonNode json) {
    String attribute = json.path("hashAttribute").asText();
    return new Hashing(
        attribute.isEmpty() ? DEFAULT_ATTRIBUTE : attribute,
        json.path("fallbackAttribute").asText(),
        !json.path("disableStickyBucketing").asBoolean(),
        json.path("bucketVersion").asInt(0),
        json.path("minBucketVersion").asInt(0));
  }
}
