package io.millrace.offline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.millrace.feature.NearestName;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.UnusableSetting;
import io.millrace.standalone.UserError;
import io.millrace.trainer.PretrainingConfig;
import io.millrace.trainer.TrainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A configuration file (YAML): section {@code model} overrides settings of {@link ModelConfig},
 * section {@code training} those of {@link TrainerConfig}, section {@code pretraining} those of
 * {@link PretrainingConfig}; what is not there keeps its default.
 *
 * @param model overrides as a JSON object
 * @param training all settings
 * @param pretraining all settings
 */
public record TrainingFile(String model, TrainerConfig training, PretrainingConfig pretraining) {
  private static final List<String> SECTIONS = List.of("model", "training", "pretraining");
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .build();

  /** No overrides. */
  public static final TrainingFile NONE =
      new TrainingFile("{}", TrainerConfig.defaults(), PretrainingConfig.defaults());

  /**
   * Reads a file.
   *
   * @throws UserError naming the file and the key, with the nearest known one
   */
  public static TrainingFile read(Path file) {
    try {
      JsonNode root = new YAMLMapper().readTree(Files.readString(file));
      if (!(root instanceof ObjectNode sections)) {
        throw new UserError(file + ": expected sections " + SECTIONS);
      }
      for (Map.Entry<String, JsonNode> section : sections.properties()) {
        String name = section.getKey();
        if (!SECTIONS.contains(name) || !section.getValue().isObject()) {
          throw new UserError(
              "%s: section '%s', expected one of %s with settings below it%s"
                  .formatted(file, name, SECTIONS, NearestName.hint(name, SECTIONS)));
        }
      }
      JsonNode model = sections.path("model");
      return new TrainingFile(
          model.isObject() ? model.toString() : "{}",
          section(file, sections, "training", TrainerConfig.defaults(), TrainerConfig.class),
          section(
              file,
              sections,
              "pretraining",
              PretrainingConfig.defaults(),
              PretrainingConfig.class));
    } catch (JsonProcessingException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new UserError(file + ": " + cause.getMessage());
    } catch (IOException e) {
      throw new UserError("cannot read " + file + ": " + e);
    }
  }

  private static <T> T section(
      Path file, ObjectNode sections, String name, T defaults, Class<T> type) throws IOException {
    ObjectNode settings = JSON.valueToTree(defaults);
    if (sections.get(name) instanceof ObjectNode some) {
      settings = JSON.readerForUpdating(settings).readValue(some);
    }
    try {
      return JSON.treeToValue(settings, type);
    } catch (UnrecognizedPropertyException e) {
      List<String> known = e.getKnownPropertyIds().stream().map(String::valueOf).toList();
      throw new UserError(
          "%s: key '%s' of section %s is unknown%s; there are %s"
              .formatted(
                  file,
                  e.getPropertyName(),
                  name,
                  NearestName.hint(e.getPropertyName(), known),
                  String.join(", ", known)));
    } catch (InvalidFormatException e) {
      throw new UserError("%s: %s.%s".formatted(file, name, UnusableSetting.message(e)));
    }
  }

  /**
   * A config with the file's overrides.
   *
   * @throws UserError if one is unknown or out of range
   */
  public ModelConfig applyTo(ModelConfig config) {
    try {
      return config.with(model);
    } catch (IllegalArgumentException e) {
      throw new UserError("section model: " + e.getMessage());
    }
  }
}
