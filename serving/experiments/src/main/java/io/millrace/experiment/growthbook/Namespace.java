package io.millrace.experiment.growthbook;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A part of a namespace.
 *
 * @param id of the namespace
 * @param from where it begins in [0, 1)
 * @param to where it ends
 */
record Namespace(String id, double from, double to) {
  /** Of {@code [id, from, to]}. */
  static Namespace parse(JsonNode json) {
    return new Namespace(
        json.path(0).asText(), json.path(1).doubleValue(), json.path(2).doubleValue());
  }
}
