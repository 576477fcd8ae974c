package io.millrace.replay;

import io.millrace.learner.ModelConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A model that learns from a stream.
 *
 * @param start folder of a trained model that it begins with, or empty to begin anew
 */
public record StreamModel(ModelConfig config, Optional<Path> start) {

  /** The start by the model's name, as a platform takes it. */
  public Map<String, Path> starts() {
    return start.map(folder -> Map.of(config.name(), folder)).orElse(Map.of());
  }
}
