package io.millrace.experiment.growthbook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What an experiment does with a user.
 *
 * @param experiment its key
 * @param variation index of the user's variation; 0 if they are not in
 * @param key the variation's name for machines
 * @param name the variation's name for people, empty for none
 * @param passthrough whether the user goes on to the feature's next rule
 * @param value that the user gets
 * @param inExperiment whether the user is in
 * @param hashUsed whether the hash, or a kept bucket, has decided
 * @param hashAttribute the attribute that names the unit
 * @param hashValue its value
 * @param feature key of the feature that asks, if one does
 * @param bucket where the unit falls in [0, 1), if that was asked
 * @param stickyBucketUsed whether a kept bucket has decided
 * @param bandit what a contextual bandit has chosen
 */
public record ExperimentResult(
    String experiment,
    int variation,
    String key,
    String name,
    boolean passthrough,
    JsonNode value,
    boolean inExperiment,
    boolean hashUsed,
    String hashAttribute,
    JsonNode hashValue,
    Optional<String> feature,
    OptionalDouble bucket,
    boolean stickyBucketUsed,
    Optional<BanditChoice> bandit) {

  /** As the specification writes it. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("key", key);
    feature.ifPresent(asking -> json.put("featureId", asking));
    json.put("inExperiment", inExperiment);
    json.put("hashUsed", hashUsed);
    json.put("variationId", variation);
    json.set("value", value);
    json.put("hashAttribute", hashAttribute);
    json.set("hashValue", hashValue);
    json.put("stickyBucketUsed", stickyBucketUsed);
    if (!name.isEmpty()) {
      json.put("name", name);
    }
    bucket.ifPresent(place -> json.put("bucket", place));
    if (passthrough) {
      json.put("passthrough", true);
    }
    bandit.ifPresent(choice -> choice.write(json));
    return json;
  }
}
