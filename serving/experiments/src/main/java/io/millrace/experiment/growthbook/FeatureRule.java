package io.millrace.experiment.growthbook;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.experiment.condition.Condition;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One rule of a feature: it forces a value, runs an experiment, or is a gate.
 *
 * @param id its name, empty for none
 * @param condition on attributes
 * @param parents conditions on features
 * @param filters that units must pass
 * @param force the value that it forces
 * @param experiment that it runs
 * @param bandit name of the contextual bandit that chooses the experiment's weights, empty for none
 * @param coverage share of the units for whom it forces
 * @param range of the units for whom it forces, before the coverage
 * @param seed of their hash
 * @param hashVersion of their hash
 * @param hashing which attribute names the unit
 */
record FeatureRule(
    String id,
    Condition condition,
    List<ParentCondition> parents,
    List<UnitFilter> filters,
    Optional<JsonNode> force,
    Optional<InlineExperiment> experiment,
    String bandit,
    OptionalDouble coverage,
    Optional<BucketRange> range,
    String seed,
    int hashVersion,
    Hashing hashing) {

  /** A rule of a feature. */
  static FeatureRule parse(JsonNode json, String feature) {
    boolean runs = json.has("variations") || json.has(InlineExperiment.CONTEXTUAL);
    return new FeatureRule(
        json.path("id").asText(),
        Condition.parse(json.path("condition")),
        ParentCondition.all(json.path("parentConditions")),
        UnitFilter.all(json.path("filters")),
        Optional.ofNullable(json.get("force")),
        runs ? Optional.of(InlineExperiment.ofRule(json, feature)) : Optional.empty(),
        json.path("contextualBanditRef").asText(),
        json.path("coverage").isNumber()
            ? OptionalDouble.of(json.path("coverage").doubleValue())
            : OptionalDouble.empty(),
        Optional.of(json.path("range")).filter(JsonNode::isArray).map(BucketRange::parse),
        json.path("seed").asText(feature),
        json.path("hashVersion").asInt(1),
        Hashing.parse(json));
  }
}
