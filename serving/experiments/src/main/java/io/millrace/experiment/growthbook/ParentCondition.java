package io.millrace.experiment.growthbook;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.experiment.condition.Condition;
import java.util.ArrayList;
import java.util.List;

/**
 * What must hold of another feature's value.
 *
 * @param id key of the other feature
 * @param condition on the attribute {@code value}
 * @param gate whether the whole feature is off where it does not hold, and not one rule alone
 */
record ParentCondition(String id, Condition condition, boolean gate) {
  /** Those of an array of {@code {"id","condition","gate"}}. */
  static List<ParentCondition> all(JsonNode array) {
    List<ParentCondition> parents = new ArrayList<>();
    for (JsonNode json : array) {
      parents.add(
          new ParentCondition(
              json.path("id").asText(),
              Condition.parse(json.path("condition")),
              json.path("gate").asBoolean()));
    }
    return List.copyOf(parents);
  }
}
