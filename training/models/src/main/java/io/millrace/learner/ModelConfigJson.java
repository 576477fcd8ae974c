package io.millrace.learner;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.optimizer.Adagrad;
import io.millrace.optimizer.Adam;
import io.millrace.optimizer.Ftrl;
import io.millrace.optimizer.Optimizer;
import io.millrace.optimizer.RowWiseAdagrad;

/** JSON form of {@link ModelConfig}; optimizers name their rule, {@code {"rule":"adagrad",...}}. */
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

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .addMixIn(Optimizer.class, OptimizerMixIn.class)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
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
      return MAPPER.readValue(json, ModelConfig.class);
    } catch (JsonProcessingException e) {
      throw failure(e);
    }
  }

  static ModelConfig override(ModelConfig config, String overrides) {
    try {
      JsonNode changes = MAPPER.readTree(overrides);
      if (!(changes instanceof ObjectNode object)) {
        throw new IllegalArgumentException(
            "model config: " + overrides + ", expected a JSON object");
      }
      ObjectNode all = MAPPER.valueToTree(config);
      object
          .properties()
          .forEach(
              change -> {
                JsonNode before = all.get(change.getKey());
                if (before instanceof ObjectNode settings
                    && change.getValue() instanceof ObjectNode some
                    && sameRule(settings, some)) {
                  settings.setAll(some);
                } else {
                  all.set(change.getKey(), change.getValue());
                }
              });
      return MAPPER.treeToValue(all, ModelConfig.class);
    } catch (JsonProcessingException e) {
      throw failure(e);
    }
  }

  /** Whether {@code some} changes settings of the same optimizer, instead of naming another one. */
  private static boolean sameRule(ObjectNode settings, ObjectNode some) {
    return !some.has("rule") || some.get("rule").equals(settings.get("rule"));
  }

  private static IllegalArgumentException failure(JsonProcessingException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      String key = unknown.getPropertyName();
      String nearest =
          unknown.getKnownPropertyIds().stream()
              .map(String::valueOf)
              .min((a, b) -> Integer.compare(distance(key, a), distance(key, b)))
              .orElse("none");
      return new IllegalArgumentException(
          "model config key \"%s\" is unknown, did you mean \"%s\"? Known: %s"
              .formatted(key, nearest, unknown.getKnownPropertyIds()),
          e);
    }
    // the constructor's own message says what was expected
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return new IllegalArgumentException("model config: " + cause.getMessage(), e);
  }

  /** Levenshtein distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitute = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitute, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
