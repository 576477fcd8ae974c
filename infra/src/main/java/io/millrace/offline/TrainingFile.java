package io.millrace.offline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.millrace.feature.NearestName;
import io.millrace.learner.ModelConfig;
import io.millrace.standalone.UserError;
import io.millrace.trainer.TrainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A configuration file (YAML): section {@code model} overrides settings of {@link ModelConfig},
 * section {@code training} those of {@link TrainerConfig}; what is not there keeps its default.
 *
 * @param model overrides as a JSON object
 * @param training all settings
 */
public record TrainingFile(String model, TrainerConfig training) {
  private static final List<String> SECTIONS = List.of("model", "training");
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .build();

  /** No overrides. */
  public static final TrainingFile NONE = new TrainingFile("{}", TrainerConfig.defaults());

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
      ObjectNode training = JSON.valueToTree(TrainerConfig.defaults());
      if (sections.get("training") instanceof ObjectNode some) {
        training = JSON.readerForUpdating(training).readValue(some);
      }
      JsonNode model = sections.path("model");
      return new TrainingFile(
          model.isObject() ? model.toString() : "{}",
          JSON.treeToValue(training, TrainerConfig.class));
    } catch (UnrecognizedPropertyException e) {
      List<String> known = e.getKnownPropertyIds().stream().map(String::valueOf).toList();
      throw new UserError(
          "%s: key '%s' of section training is unknown%s; there are %s"
              .formatted(
                  file,
                  e.getPropertyName(),
                  NearestName.hint(e.getPropertyName(), known),
                  String.join(", ", known)));
    } catch (JsonProcessingException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new UserError(file + ": " + cause.getMessage());
    } catch (IOException e) {
      throw new UserError("cannot read " + file + ": " + e);
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
