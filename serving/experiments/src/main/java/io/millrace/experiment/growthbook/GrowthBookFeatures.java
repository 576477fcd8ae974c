package io.millrace.experiment.growthbook;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.experiment.Arm;
import io.millrace.experiment.Experiment;
import io.millrace.experiment.ExperimentState;
import io.millrace.experiment.Holdout;
import io.millrace.experiment.Layer;
import io.millrace.experiment.condition.JavaScriptValues;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;

/**
 * Experiments as the payload that GrowthBook's SDKs load, so that they assign as {@link
 * io.millrace.experiment.Assigner} does. An experiment is a feature of the same key, whose value is
 * that of the arm: the JSON of a flag, or the name of a model. Who is in no arm gets the control's.
 *
 * <p>Units stay in their arms only in SDKs that are given a service of sticky buckets.
 */
public final class GrowthBookFeatures {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int HASH_VERSION = 2;
  private static final String LAYER_SEED = "__"; // of namespaces, where filters stand for them
  private static final String PHASE = "0";

  private GrowthBookFeatures() {}

  /**
   * The payload: {@code {"status":200,"features":{…},"dateUpdated":"…"}}. Experiments that don't
   * run are features without rules.
   */
  public static ObjectNode payload(Collection<Experiment> experiments) {
    ObjectNode payload = JSON.objectNode().put("status", 200);
    ObjectNode features = payload.putObject("features");
    Instant updated = Instant.EPOCH;
    for (Experiment experiment : experiments) {
      features.set(experiment.key(), feature(experiment));
      Instant changed = experiment.changed().at();
      updated = changed.isAfter(updated) ? changed : updated;
    }
    return payload.put("dateUpdated", updated.toString());
  }

  private static ObjectNode feature(Experiment experiment) {
    ObjectNode feature = JSON.objectNode();
    feature.set(
        "defaultValue", experiment.arm(experiment.control()).orElseThrow().treatment().flag());
    ArrayNode rules = feature.putArray("rules");
    if (experiment.state() == ExperimentState.RUNNING) {
      experiment.arms().forEach(arm -> addForced(experiment, arm, rules));
      write(experiment, rules.addObject());
    }
    return feature;
  }

  /** A rule for the units that are forced into an arm. */
  private static void addForced(Experiment experiment, Arm arm, ArrayNode rules) {
    ArrayNode units = JSON.arrayNode();
    for (Map.Entry<String, String> forced : experiment.forced().entrySet()) {
      if (forced.getValue().equals(arm.name())) {
        units.add(forced.getKey());
        addOtherForms(forced.getKey(), units);
      }
    }
    if (!units.isEmpty()) {
      ObjectNode rule = rules.addObject().put("id", "forced-" + arm.name());
      rule.putObject("condition").putObject(experiment.unit().attribute()).set("$in", units);
      rule.set("force", arm.treatment().flag());
    }
  }

  /** {@code $in} compares strictly: a unit may be given as a number, or a boolean, too. */
  private static void addOtherForms(String unit, ArrayNode units) {
    if (unit.equals("true")) {
      units.add(true);
    } else if (unit.matches("-?\\d{1,15}(\\.\\d{1,10})?") && !unit.matches("-?[0.]*")) {
      double number = Double.parseDouble(unit);
      if (JavaScriptValues.string(number).equals(unit)) {
        units.add(number);
      }
    }
  }

  private static void write(Experiment experiment, ObjectNode rule) {
    rule.put("id", experiment.key());
    rule.put("key", experiment.key());
    rule.put("name", experiment.name());
    rule.put("phase", PHASE);
    rule.put("hashAttribute", experiment.unit().attribute());
    rule.put("hashVersion", HASH_VERSION);
    rule.put("seed", experiment.seed());
    rule.put("coverage", experiment.traffic());
    ArrayNode variations = rule.putArray("variations");
    ArrayNode meta = rule.putArray("meta");
    for (Arm arm : experiment.arms()) {
      variations.add(arm.treatment().flag());
      meta.addObject().put("key", arm.name()).put("name", arm.name());
    }
    ArrayNode weights = rule.putArray("weights");
    for (double share : experiment.shares()) {
      weights.add(share);
    }
    if (!experiment.targeting().isEmpty()) {
      rule.set("condition", experiment.targeting().json());
    }
    writeExclusions(experiment, rule);
    experiment
        .stickiness()
        .ifPresentOrElse(
            sticky ->
                rule.put("bucketVersion", sticky.version())
                    .put("minBucketVersion", sticky.minVersion()),
            () -> rule.put("disableStickyBucketing", true));
  }

  /** A rule with filters has no namespace: the SDKs would not look at it. */
  private static void writeExclusions(Experiment experiment, ObjectNode rule) {
    Holdout holdout = experiment.holdout().orElse(null);
    Layer layer = experiment.layer().orElse(null);
    if (holdout == null) {
      if (layer != null) {
        rule.putArray("namespace").add(layer.name()).add(layer.from()).add(layer.to());
      }
      return;
    }
    ArrayNode filters = rule.putArray("filters");
    filter(experiment, holdout.name(), HASH_VERSION, holdout.share(), 1, filters.addObject());
    if (layer != null) {
      filter(
          experiment, LAYER_SEED + layer.name(), 1, layer.from(), layer.to(), filters.addObject());
    }
  }

  private static void filter(
      Experiment experiment,
      String seed,
      int hashVersion,
      double from,
      double to,
      ObjectNode filter) {
    filter.put("attribute", experiment.unit().attribute());
    filter.put("seed", seed);
    filter.put("hashVersion", hashVersion);
    filter.putArray("ranges").addArray().add(from).add(to);
  }
}
