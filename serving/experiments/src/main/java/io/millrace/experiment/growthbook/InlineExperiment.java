package io.millrace.experiment.growthbook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.experiment.BucketRanges;
import io.millrace.experiment.condition.Condition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An experiment in GrowthBook's form. Immutable.
 *
 * @param json as the specification writes it
 * @param key its name
 * @param seed of its hash
 * @param hashVersion of its hash
 * @param hashing which attribute names the unit
 * @param values of its variations
 * @param variations what else is said of them
 * @param ranges of each variation
 * @param filters that units must pass; a namespace counts only without them
 * @param namespace that units must lie in
 * @param condition on attributes
 * @param parents conditions on features
 * @param active whether it assigns
 * @param force the variation of everybody who is in
 * @param bandit what was chosen for the context, if its weights depend on it
 */
record InlineExperiment(
    ObjectNode json,
    String key,
    String seed,
    int hashVersion,
    Hashing hashing,
    List<JsonNode> values,
    List<Variation> variations,
    BucketRanges ranges,
    List<UnitFilter> filters,
    Optional<Namespace> namespace,
    Condition condition,
    List<ParentCondition> parents,
    boolean active,
    OptionalInt force,
    Optional<BanditChoice> bandit) {

  /** Key of the variations of a contextual bandit. */
  static final String CONTEXTUAL = "contextualVariations";

  private static final String WEIGHTS = "weights";
  private static final Set<String> OF_RULES =
      Set.of(
          "coverage",
          WEIGHTS,
          "hashAttribute",
          "fallbackAttribute",
          "disableStickyBucketing",
          "bucketVersion",
          "minBucketVersion",
          "namespace",
          "meta",
          "ranges",
          "name",
          "phase",
          "seed",
          "hashVersion",
          "filters",
          "condition");

  /**
   * Reads an experiment.
   *
   * @throws IllegalArgumentException if it targets pages by their addresses, which this engine does
   *     not do
   */
  static InlineExperiment parse(JsonNode json) {
    if (json.has("urlPatterns") || json.has("url")) {
      throw new IllegalArgumentException(
          "experiment %s: urlPatterns, expected none: pages are not known here"
              .formatted(json.path("key").asText()));
    }
    JsonNode variations = json.path("variations");
    List<JsonNode> values = List.copyOf(elements(variations));
    String key = json.path("key").asText();
    return new InlineExperiment(
        json.deepCopy(),
        key,
        json.path("seed").asText(key),
        json.path("hashVersion").asInt(1),
        Hashing.parse(json),
        values,
        Variation.all(json.path("meta"), values.size()),
        ranges(json, values.size()),
        UnitFilter.all(json.path("filters")),
        Optional.of(json.path("namespace")).filter(JsonNode::isArray).map(Namespace::parse),
        Condition.parse(json.path("condition")),
        ParentCondition.all(json.path("parentConditions")),
        json.path("active").asBoolean(true) && !json.path("status").asText().equals("draft"),
        json.path("force").isInt()
            ? OptionalInt.of(json.path("force").intValue())
            : OptionalInt.empty(),
        Optional.empty());
  }

  private static List<JsonNode> elements(JsonNode array) {
    List<JsonNode> elements = new ArrayList<>();
    array.forEach(elements::add);
    return elements;
  }

  private static BucketRanges ranges(JsonNode json, int variations) {
    if (json.path("ranges").isArray()) {
      List<BucketRange> ranges = BucketRange.all(json.path("ranges"));
      return BucketRanges.of(
          ranges.stream().mapToDouble(BucketRange::from).toArray(),
          ranges.stream().mapToDouble(BucketRange::to).toArray());
    }
    return Bucketing.ranges(
        variations, json.path("coverage").asDouble(1), weights(json.path(WEIGHTS)));
  }

  private static double @Nullable [] weights(JsonNode json) {
    return json.isArray()
        ? elements(json).stream().mapToDouble(JsonNode::doubleValue).toArray()
        : null;
  }

  /**
   * The experiment of a feature's rule.
   *
   * @param rule with {@code variations} or {@code contextualVariations}
   */
  static InlineExperiment ofRule(JsonNode rule, String feature) {
    ObjectNode json = rule.deepCopy();
    JsonNode variations = rule.path(rule.has("variations") ? "variations" : CONTEXTUAL);
    json.retain(OF_RULES);
    json.set("variations", variations);
    json.put("key", rule.path("key").asText(feature));
    return parse(json);
  }

  /** The same with the weights that were chosen for a context. */
  InlineExperiment with(BanditChoice choice) {
    ObjectNode weighted = json.deepCopy();
    ArrayNode weights = weighted.putArray(WEIGHTS);
    choice.weights().forEach(weights::add);
    return parse(weighted).choosing(choice);
  }

  private InlineExperiment choosing(BanditChoice choice) {
    return new InlineExperiment(
        json,
        key,
        seed,
        hashVersion,
        hashing,
        values,
        variations,
        ranges,
        filters,
        namespace,
        condition,
        parents,
        active,
        force,
        Optional.of(choice));
  }

  /** Its weights, equal ones where it has none. */
  List<Double> weights() {
    double[] weights = weights(json.path(WEIGHTS));
    return Arrays.stream(weights == null ? Bucketing.equalWeights(values.size()) : weights)
        .boxed()
        .toList();
  }

  /** As JSON; what a bandit has chosen is told only of those whom it has decided. */
  ObjectNode toJson(boolean decided) {
    ObjectNode written = json.deepCopy();
    if (decided) {
      bandit.ifPresent(choice -> choice.write(written.putObject("contextualBandit")));
    }
    return written;
  }
}
