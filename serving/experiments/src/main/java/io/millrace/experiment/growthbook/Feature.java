package io.millrace.experiment.growthbook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A feature flag.
 *
 * @param defaultValue where no rule decides
 * @param rules in the order in which they are tried
 */
record Feature(JsonNode defaultValue, List<FeatureRule> rules) {
  /** The feature of a key. */
  static Feature parse(JsonNode json, String key) {
    List<FeatureRule> rules = new ArrayList<>();
    json.path("rules").forEach(rule -> rules.add(FeatureRule.parse(rule, key)));
    JsonNode value = json.get("defaultValue");
    return new Feature(value == null ? NullNode.getInstance() : value, List.copyOf(rules));
  }
}
