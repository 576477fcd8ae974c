package io.millrace.experiment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.millrace.deployment.Made;
import io.millrace.experiment.condition.Condition;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * JSON form of {@link Experiment}. Of an arm, {@code model} is the name of a model and {@code
 * value} any JSON; times are milliseconds since 1970.
 */
final class ExperimentJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private static final List<String> WRITTEN_BY_CHANGES =
      List.of("state", "reason", "created", "changed");

  private ExperimentJson() {}

  static ObjectNode write(Experiment experiment) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("key", experiment.key());
    json.put("name", experiment.name());
    json.put("description", experiment.description());
    json.put("state", experiment.state().word());
    json.putObject("unit")
        .put("kind", experiment.unit().kind().word())
        .put("attribute", experiment.unit().attribute());
    json.put("seed", experiment.seed());
    json.put("traffic", experiment.traffic());
    ArrayNode arms = json.putArray("arms");
    experiment.arms().forEach(arm -> write(arm, arms.addObject()));
    json.put("control", experiment.control());
    experiment
        .layer()
        .ifPresentOrElse(
            layer ->
                json.putObject("layer")
                    .put("name", layer.name())
                    .put("from", layer.from())
                    .put("to", layer.to()),
            () -> json.putNull("layer"));
    json.set("targeting", experiment.targeting().json());
    experiment
        .holdout()
        .ifPresentOrElse(
            holdout ->
                json.putObject("holdout").put("name", holdout.name()).put("share", holdout.share()),
            () -> json.putNull("holdout"));
    ObjectNode forced = json.putObject("forced");
    experiment.forced().forEach(forced::put);
    experiment
        .stickiness()
        .ifPresentOrElse(
            sticky ->
                json.putObject("sticky")
                    .put("version", sticky.version())
                    .put("minVersion", sticky.minVersion()),
            () -> json.putNull("sticky"));
    experiment
        .plannedUnits()
        .ifPresentOrElse(
            units -> json.put("plannedUnits", units), () -> json.putNull("plannedUnits"));
    write(experiment.metrics(), json.putArray("metrics"));
    write(experiment.guardRails(), json.putArray("guardRails"));
    json.put("onHarm", experiment.onHarm().word());
    json.put("data", experiment.data().word());
    json.put("reason", experiment.reason().orElse(null));
    write(experiment.created(), json.putObject("created"));
    write(experiment.changed(), json.putObject("changed"));
    return json;
  }

  private static void write(Arm arm, ObjectNode json) {
    json.put("name", arm.name()).put("weight", arm.weight());
    if (arm.treatment() instanceof Treatment.Model model) {
      json.put("model", model.name());
    } else {
      json.set("value", arm.treatment().flag().deepCopy());
    }
  }

  private static void write(List<Metric> metrics, ArrayNode json) {
    for (Metric metric : metrics) {
      ObjectNode one =
          json.addObject()
              .put("name", metric.name())
              .put("kind", metric.kind().word())
              .put("better", metric.better().word());
      metric.margin().ifPresent(margin -> one.put("margin", margin));
    }
  }

  private static void write(Made made, ObjectNode json) {
    json.put("by", made.by()).put("at", made.at().toEpochMilli());
  }

  static Experiment draft(String json, Made made) {
    JsonNode given = tree(json);
    for (String key : WRITTEN_BY_CHANGES) {
      if (given.has(key)) {
        throw JsonFields.expected(key, given.get(key), "none: changes of an experiment write it");
      }
    }
    if (!(given instanceof ObjectNode draft)) {
      throw JsonFields.expected("experiment", given, "an object");
    }
    String key = draft.path("key").asText();
    putIfAbsent(draft, "name", TextNode.valueOf(key));
    putIfAbsent(draft, "description", TextNode.valueOf(""));
    putIfAbsent(draft, "seed", TextNode.valueOf(key));
    putIfAbsent(draft, "traffic", IntNode.valueOf(1));
    putIfAbsent(draft, "control", draft.at("/arms/0/name"));
    putIfAbsent(draft, "data", TextNode.valueOf(DataPolicy.SHARED.word()));
    draft.put("state", ExperimentState.DRAFT.word());
    write(made, draft.putObject("created"));
    write(made, draft.putObject("changed"));
    return read(draft);
  }

  private static void putIfAbsent(ObjectNode json, String key, JsonNode value) {
    if (!json.has(key) && !value.isMissingNode()) {
      json.set(key, value);
    }
  }

  static Experiment read(String json) {
    return read(tree(json));
  }

  private static JsonNode tree(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "experiment: not JSON: %s, expected an object".formatted(e.getOriginalMessage()), e);
    }
  }

  static Experiment read(JsonNode json) {
    return JsonFields.read("", json, ExperimentJson::experiment);
  }

  private static Experiment experiment(JsonFields fields) {
    return new Experiment(
        fields.text("key"),
        fields.text("name"),
        fields.text("description"),
        fields.word("state", ExperimentState::of),
        fields.object(
            "unit", unit -> new Unit(unit.word("kind", UnitKind::of), unit.text("attribute"))),
        fields.text("seed"),
        fields.number("traffic"),
        fields.objects("arms", ExperimentJson::arm),
        fields.text("control"),
        fields.optionalObject(
            "layer",
            layer -> new Layer(layer.text("name"), layer.number("from"), layer.number("to"))),
        fields.find("targeting").map(ExperimentJson::targeting).orElse(Condition.ANY),
        fields.optionalObject(
            "holdout", holdout -> new Holdout(holdout.text("name"), holdout.number("share"))),
        fields.find("forced").map(ExperimentJson::forced).orElse(Map.of()),
        fields.optionalObject(
            "sticky",
            sticky -> new Stickiness(sticky.whole("version"), sticky.whole("minVersion"))),
        fields.optionalWhole("plannedUnits"),
        fields.objects("metrics", ExperimentJson::metric),
        fields.objects("guardRails", ExperimentJson::metric),
        fields.find("onHarm").isPresent() ? fields.word("onHarm", OnHarm::of) : OnHarm.STOP,
        fields.word("data", DataPolicy::of),
        fields.optionalText("reason"),
        fields.object("created", ExperimentJson::made),
        fields.object("changed", ExperimentJson::made));
  }

  private static Condition targeting(JsonNode json) {
    if (!json.isObject()) {
      throw JsonFields.expected("targeting", json, "an object");
    }
    return Condition.parse(json);
  }

  private static Map<String, String> forced(JsonNode json) {
    if (!json.isObject()) {
      throw JsonFields.expected("forced", json, "an object of arms by unit");
    }
    Map<String, String> forced = new LinkedHashMap<>();
    json.properties()
        .forEach(
            entry -> {
              if (!entry.getValue().isTextual()) {
                throw JsonFields.expected(
                    "forced." + entry.getKey(), entry.getValue(), "the name of an arm");
              }
              forced.put(entry.getKey(), entry.getValue().textValue());
            });
    return forced;
  }

  private static Arm arm(JsonFields fields) {
    String name = fields.text("name");
    Optional<String> model = fields.optionalText("model");
    if (model.isPresent() == fields.has("value")) {
      throw new IllegalArgumentException(
          "arm %s: %s of model and value, expected one of them"
              .formatted(name, model.isPresent() ? "both" : "neither"));
    }
    Treatment treatment =
        model.isPresent()
            ? new Treatment.Model(model.get())
            : new Treatment.Value(fields.any("value"));
    return new Arm(name, fields.number("weight"), treatment);
  }

  private static Metric metric(JsonFields fields) {
    OptionalDouble margin = fields.optionalNumber("margin");
    return new Metric(
        fields.text("name"),
        fields.word("kind", MetricKind::of),
        fields.word("better", Direction::of),
        margin);
  }

  private static Made made(JsonFields fields) {
    return new Made(fields.text("by"), Instant.ofEpochMilli(fields.optionalWhole("at").orElse(0)));
  }
}
