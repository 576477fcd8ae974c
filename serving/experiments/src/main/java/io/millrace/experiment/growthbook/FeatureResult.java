package io.millrace.experiment.growthbook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.experiment.condition.JavaScriptValues;
import java.util.Optional;

/**
 * What a feature is for a user.
 *
 * @param value of the flag
 * @param source what has decided
 * @param ruleId name of the rule that has decided, empty if it has none
 * @param experiment that has decided, as JSON
 * @param experimentResult what it has decided
 */
public record FeatureResult(
    JsonNode value,
    Source source,
    String ruleId,
    Optional<ObjectNode> experiment,
    Optional<ExperimentResult> experimentResult) {

  /** What decides. */
  public enum Source {
    /** There is no such feature. */
    UNKNOWN_FEATURE("unknownFeature"),
    /** No rule fits. */
    DEFAULT_VALUE("defaultValue"),
    /** A rule that forces a value. */
    FORCE("force"),
    /** A rule with an experiment. */
    EXPERIMENT("experiment"),
    /** A feature that this one needs. */
    PREREQUISITE("prerequisite"),
    /** A feature that this one needs, and that needs this one. */
    CYCLIC_PREREQUISITE("cyclicPrerequisite");

    private final String word;

    Source(String word) {
      this.word = word;
    }

    /** As the specification writes it. */
    public String word() {
      return word;
    }
  }

  static FeatureResult of(JsonNode value, Source source, String ruleId) {
    return new FeatureResult(value, source, ruleId, Optional.empty(), Optional.empty());
  }

  static FeatureResult nothing(Source source) {
    return of(NullNode.getInstance(), source, "");
  }

  /** Whether JavaScript takes the value for true. */
  public boolean isOn() {
    return JavaScriptValues.truthy(JavaScriptValues.of(value));
  }

  /** As the specification writes it. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.set("value", value);
    json.put("on", isOn());
    json.put("off", !isOn());
    json.put("source", source.word());
    json.put("ruleId", ruleId);
    experiment.ifPresent(one -> json.set("experiment", one));
    experimentResult.ifPresent(result -> json.set("experimentResult", result.toJson()));
    return json;
  }
}
