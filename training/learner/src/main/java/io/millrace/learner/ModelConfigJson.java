package io.millrace.learner;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.calibration.CalibrationConfig;
import io.millrace.feature.NearestName;
import io.millrace.model.Architecture;
import io.millrace.optimizer.Adagrad;
import io.millrace.optimizer.Adam;
import io.millrace.optimizer.Ftrl;
import io.millrace.optimizer.Optimizer;
import io.millrace.optimizer.RowWiseAdagrad;
import io.millrace.wire.EventRules;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * JSON form of {@link ModelConfig}; optimizers name their rule, {@code {"rule":"adagrad",...}},
 * architectures their kind, {@code {"kind":"mlp",...}}.
 */
final class ModelConfigJson {
  private ModelConfigJson() {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "rule")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Adagrad.class, name = "adagrad"),
    @JsonSubTypes.Type(value = RowWiseAdagrad.class, name = "row_wise_adagrad"),
    @JsonSubTypes.Type(value = Adam.class, name = "adam"),
    @JsonSubTypes.Type(value = Ftrl.class, name = "ftrl")
  })
  private interface OptimizerMixIn {}

  private static final String CALIBRATION = "calibration";
  private static final String EXPERTS = "experts";
  private static final String MIXER = "mixer";
  private static final String NUMERIC_SCALING = "numericScaling";
  private static final String PRIOR = "prior";
  private static final String OUTCOME = "outcome";
  private static final String ARCHITECTURE = "architecture";

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addMixIn(Optimizer.class, OptimizerMixIn.class)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .registerSubtypes(
              Arrays.stream(ModelKind.values())
                  .map(kind -> new NamedType(kind.architecture(), kind.toString()))
                  .toArray(NamedType[]::new))
          .build();

  static String write(ModelConfig config) {
    try {
      return MAPPER.writeValueAsString(config);
    } catch (JsonProcessingException e) {
      throw new AssertionError("a config of plain values cannot be written", e);
    }
  }

  static ModelConfig read(String json) {
    try {
      return read(withLaterSettings(MAPPER.readTree(json)));
    } catch (JsonProcessingException e) {
      throw failure(e);
    }
  }

  /** An expert's architecture alone may be left out. */
  private static ModelConfig read(JsonNode settings) throws JsonProcessingException {
    for (JsonNode expert : settings.path(EXPERTS)) {
      if (expert instanceof ObjectNode one && !one.has(ARCHITECTURE)) {
        one.putNull(ARCHITECTURE);
      }
    }
    return MAPPER.treeToValue(settings, ModelConfig.class);
  }

  /** Adds what a config stored before there was such a setting meant. */
  private static JsonNode withLaterSettings(JsonNode stored) {
    if (stored instanceof ObjectNode settings) {
      if (!settings.has(CALIBRATION)) {
        settings.set(CALIBRATION, MAPPER.valueToTree(CalibrationConfig.none()));
      }
      if (!settings.has(EXPERTS)) {
        settings.set(EXPERTS, MAPPER.valueToTree(List.of(Expert.plain())));
      }
      if (!settings.has(MIXER)) {
        settings.put(MIXER, false);
      }
      if (!settings.has(NUMERIC_SCALING)) {
        settings.set(NUMERIC_SCALING, MAPPER.valueToTree(NumericScaling.none()));
      }
      if (!settings.has(PRIOR)) {
        settings.put(PRIOR, ModelConfig.EVEN);
      }
      if (!settings.has(OUTCOME)) {
        settings.put(OUTCOME, EventRules.CLICK);
      }
    }
    return stored;
  }

  static ModelConfig override(ModelConfig config, String overrides) {
    try {
      JsonNode changes = MAPPER.readTree(overrides);
      if (!(changes instanceof ObjectNode object)) {
        throw new IllegalArgumentException(
            "model config: " + overrides + ", expected a JSON object");
      }
      ObjectNode all = MAPPER.valueToTree(config);
      merge(object, all);
      return read(all);
    } catch (JsonProcessingException e) {
      throw failure(e);
    }
  }

  private static void merge(ObjectNode changes, ObjectNode into) {
    for (Map.Entry<String, JsonNode> change : changes.properties()) {
      if (into.get(change.getKey()) instanceof ObjectNode settings
          && change.getValue() instanceof ObjectNode some
          && sameRule(settings, some)) {
        merge(some, settings);
      } else {
        into.set(change.getKey(), change.getValue());
      }
    }
  }

  /** Whether {@code some} changes settings of the same rule or kind, instead of naming another. */
  private static boolean sameRule(ObjectNode settings, ObjectNode some) {
    return Stream.of("rule", "kind")
        .allMatch(name -> !some.has(name) || some.get(name).equals(settings.get(name)));
  }

  private static IllegalArgumentException failure(JsonProcessingException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      String key = unknown.getPropertyName();
      List<String> known = unknown.getKnownPropertyIds().stream().map(String::valueOf).toList();
      return new IllegalArgumentException(
          "model config key \"" + key + "\" is unknown" + NearestName.hint(key, known), e);
    }
    if (e instanceof InvalidTypeIdException unknown
        && unknown.getBaseType().hasRawClass(Architecture.class)) {
      return new IllegalArgumentException(
          "model config: " + ModelKind.unknown(String.valueOf(unknown.getTypeId())), e);
    }
    if (e instanceof InvalidFormatException unusable) {
      return new IllegalArgumentException("model config: " + UnusableSetting.message(unusable), e);
    }
    // the constructor's own message says what was expected
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return new IllegalArgumentException("model config: " + cause.getMessage(), e);
  }

  /**
   * The first setting, in the order of the config, that two JSON objects do not agree on; null if
   * they agree on all. The prior is of no meaning for what was stored, which has learned.
   */
  static ModelConfig.@Nullable Difference difference(String stored, String given) {
    try {
      return difference("", withLaterSettings(MAPPER.readTree(stored)), MAPPER.readTree(given));
    } catch (JsonProcessingException e) {
      throw failure(e);
    }
  }

  private static ModelConfig.@Nullable Difference difference(
      String path, JsonNode stored, JsonNode given) {
    if (!(stored instanceof ObjectNode) || !(given instanceof ObjectNode)) {
      return stored.equals(given)
          ? null
          : new ModelConfig.Difference(path, stored.toString(), given.toString());
    }
    Set<String> names = new LinkedHashSet<>();
    given.fieldNames().forEachRemaining(names::add);
    stored.fieldNames().forEachRemaining(names::add);
    if (path.isEmpty()) {
      names.remove(PRIOR);
    }
    String prefix = path.isEmpty() ? "" : path + ".";
    for (String name : names) {
      var inner = difference(prefix + name, stored.path(name), given.path(name));
      if (inner != null) {
        return inner;
      }
    }
    return null;
  }
}
