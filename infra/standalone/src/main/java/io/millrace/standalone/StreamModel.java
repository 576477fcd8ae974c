package io.millrace.standalone;

import io.millrace.learner.ModelConfig;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model that learns from a stream.
 *
 * @param start folder of a trained model that it begins with, or empty to begin anew
 */
public record StreamModel(ModelConfig config, Optional<Path> start) {

  /** A model that begins anew. */
  public static StreamModel fresh(ModelConfig config) {
    return new StreamModel(config, Optional.empty());
  }

  /** Its name. */
  public String name() {
    return config.name();
  }
}
