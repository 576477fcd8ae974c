package io.millrace.experiment.growthbook;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A part of [0, 1).
 *
 * @param from where it begins
 * @param to where it ends; it is outside
 */
record BucketRange(double from, double to) {
  /** Of {@code [from, to]}. */
  static BucketRange parse(JsonNode json) {
    return new BucketRange(json.path(0).doubleValue(), json.path(1).doubleValue());
  }

  /** Those of an array. */
  static List<BucketRange> all(JsonNode array) {
    List<BucketRange> ranges = new ArrayList<>();
    array.forEach(range -> ranges.add(parse(range)));
    return List.copyOf(ranges);
  }

  boolean holds(double hash) {
    return hash >= from && hash < to;
  }
}
