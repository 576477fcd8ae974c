package io.millrace.learner;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.calibration.CalibrationConfig;
import io.millrace.embedding.scheme.DeepHashConfig;
import io.millrace.embedding.scheme.EmbeddingConfig;
import io.millrace.embedding.scheme.HashConfig;
import io.millrace.embedding.scheme.MixedDimensionConfig;
import io.millrace.embedding.scheme.NarrowConfig;
import io.millrace.embedding.scheme.QuotientRemainderConfig;
import io.millrace.embedding.scheme.RobeConfig;
import io.millrace.embedding.scheme.TensorTrainConfig;
import io.millrace.embedding.scheme.UnifiedConfig;
import io.millrace.feature.NearestName;
import io.millrace.model.Architecture;
import io.millrace.optimizer.Adagrad;
import io.millrace.optimizer.Adam;
import io.millrace.optimizer.Ftrl;
import io.millrace.optimizer.Optimizer;
import io.millrace.optimizer.RowWiseAdagrad;
import io.millrace.wire.EventRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * JSON form of {@link ModelConfig}; optimizers name their rule, {@code {"rule":"adagrad",...}},
 * architectures their kind, {@code {"kind":"mlp",...}}, embeddings their scheme, {@code
 * {"scheme":"unified"}}.
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

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = SCHEME)
  @JsonSubTypes({
    @JsonSubTypes.Type(value = UnifiedConfig.class, name = "unified"),
    @JsonSubTypes.Type(value = HashConfig.class, name = "hash"),
    @JsonSubTypes.Type(value = QuotientRemainderConfig.class, name = "qr"),
    @JsonSubTypes.Type(value = NarrowConfig.class, name = "narrow"),
    @JsonSubTypes.Type(value = MixedDimensionConfig.class, name = "mde"),
    @JsonSubTypes.Type(value = RobeConfig.class, name = "robe"),
    @JsonSubTypes.Type(value = TensorTrainConfig.class, name = "tt"),
    @JsonSubTypes.Type(value = DeepHashConfig.class, name = "dhe")
  })
  private interface EmbeddingMixIn {}

  private static final List<String> SCHEMES =
      Arrays.stream(EmbeddingMixIn.class.getAnnotation(JsonSubTypes.class).value())
          .map(JsonSubTypes.Type::name)
          .toList();

  private static final List<String> RULES =
      Arrays.stream(OptimizerMixIn.class.getAnnotation(JsonSubTypes.class).value())
          .map(JsonSubTypes.Type::name)
          .toList();

  private static final String SCHEME = "scheme";
  private static final String EMBEDDING = "embedding";
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
          .addMixIn(EmbeddingConfig.class, EmbeddingMixIn.class)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .registerSubtypes(
              Arrays.stream(ModelKind.values())
                  .map(kind -> new NamedType(kind.architecture(), kind.toString()))
                  .toArray(NamedType[]::new))
          .build();

  /** By scheme. */
  private static final Map<String, List<String>> OPTIONAL_SETTINGS =
      Map.of("hash", List.of("shares"), "mde", List.of("widths", "shares"));

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

  /** What may be left out: an expert's architecture, and what fields have of a table. */
  private static ModelConfig read(JsonNode settings) throws JsonProcessingException {
    for (JsonNode expert : settings.path(EXPERTS)) {
      if (expert instanceof ObjectNode one && !one.has(ARCHITECTURE)) {
        one.putNull(ARCHITECTURE);
      }
    }
    if (settings.path(EMBEDDING) instanceof ObjectNode embedding) {
      OPTIONAL_SETTINGS
          .getOrDefault(embedding.path(SCHEME).asText(), List.of())
          .forEach(embedding::withObjectProperty);
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
      if (!settings.has(EMBEDDING)) {
        settings.putObject(EMBEDDING).put(SCHEME, SCHEMES.get(0));
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

  /**
   * Whether {@code some} changes settings of the same rule, kind or scheme, instead of naming
   * another.
   */
  private static boolean sameRule(ObjectNode settings, ObjectNode some) {
    return Stream.of("rule", "kind", SCHEME)
        .allMatch(name -> !some.has(name) || some.get(name).equals(settings.get(name)));
  }

  private static IllegalArgumentException failure(JsonProcessingException e) {
    List<String> path = e instanceof JsonMappingException mapping ? path(mapping) : List.of();
    if (e instanceof UnrecognizedPropertyException unknown) {
      String key = unknown.getPropertyName();
      List<String> known = unknown.getKnownPropertyIds().stream().map(String::valueOf).toList();
      String hint = NearestName.hint(key, known);
      return new ModelSettingException(
          path, "unknown" + hint, "model config key \"" + key + "\" is unknown" + hint, e);
    }
    if (e instanceof InvalidTypeIdException unknown) {
      String given = String.valueOf(unknown.getTypeId());
      String what = unknown(unknown.getBaseType(), given);
      return new ModelSettingException(path, what, "model config: " + what, e);
    }
    if (e instanceof MismatchedInputException unusable
        && !(e instanceof ValueInstantiationException)) {
      String said = UnusableSetting.message(unusable);
      String place = String.join(".", path) + ": ";
      String what = said.startsWith(place) ? said.substring(place.length()) : said;
      return new ModelSettingException(path, what, "model config: " + said, e);
    }
    // the constructor's own message says what was expected
    Throwable cause = e.getCause() == null ? e : e.getCause();
    String message = e.getCause() == null ? e.getOriginalMessage() : cause.getMessage();
    return refusal(path, String.valueOf(message), e);
  }

  /** Says of what type there is nothing of that name. */
  private static String unknown(JavaType type, String given) {
    if (type.hasRawClass(Architecture.class)) {
      return ModelKind.unknown(given);
    }
    if (type.hasRawClass(EmbeddingConfig.class)) {
      return "embedding scheme \"%s\" is unknown%s; there are %s"
          .formatted(given, NearestName.hint(given, SCHEMES), String.join(", ", SCHEMES));
    }
    return "rule \"" + given + "\" is unknown" + NearestName.hint(given, RULES);
  }

  /** {@code dim: 0, expected …} of the constructor of what lies at a path. */
  private static ModelSettingException refusal(List<String> path, String message, Exception e) {
    List<String> whole = new ArrayList<>(path);
    int colon = message.indexOf(": ");
    String what = message;
    if (colon > 0 && message.substring(0, colon).matches("[A-Za-z0-9.]+")) {
      List<String> names = List.of(message.substring(0, colon).split("\\.", -1));
      boolean again = !path.isEmpty() && names.get(0).equals(path.get(path.size() - 1));
      whole.addAll(again ? names.subList(1, names.size()) : names);
      what = message.substring(colon + 2);
    }
    return new ModelSettingException(whole, what, "model config: " + message, e);
  }

  private static List<String> path(JsonMappingException e) {
    return e.getPath().stream()
        .map(part -> part.getFieldName() == null ? "" + part.getIndex() : part.getFieldName())
        .toList();
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
