package io.millrace.standalone;

import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.learner.ModelSettingException;
import io.millrace.settings.Others;
import io.millrace.settings.SettingsException;
import java.util.List;
import java.util.Optional;

/**
 * What a user sets of a model, wherever it learns.
 *
 * @param kind whose defaults hold; without it that of {@code architecture}, else {@code deepfm}
 * @param others settings of {@link ModelConfig} in the place of the kind's defaults
 */
public record ModelSettings(Optional<ModelKind> kind, Others<ModelConfig> others) {

  /** Where nobody names a kind. */
  public static final ModelKind DEFAULT_KIND = ModelKind.DEEPFM;

  /** A kind's defaults. */
  public static final ModelSettings NONE = new ModelSettings(Optional.empty(), Others.none());

  /**
   * The kind whose defaults hold.
   *
   * @throws SettingsException if the architecture is of an unknown one
   */
  public ModelKind chosenKind() {
    Optional<String> given = others.text("architecture", "kind");
    if (kind.isPresent() || given.isEmpty()) {
      return kind.orElse(DEFAULT_KIND);
    }
    try {
      return ModelKind.named(given.get());
    } catch (IllegalArgumentException e) {
      throw others.wrong(List.of("architecture", "kind"), String.valueOf(e.getMessage()));
    }
  }

  /** The name of a model that nobody names: its kind's, without the plus that a name can't hold. */
  public String defaultName() {
    return chosenKind().toString().replace("+", "-plus");
  }

  /**
   * A config with these settings.
   *
   * @throws SettingsException if one is unknown or out of range, naming its place
   */
  public ModelConfig over(ModelConfig defaults) {
    ModelConfig config = defaults;
    for (var layer : others.layers()) {
      try {
        config = config.with(layer.toString());
      } catch (ModelSettingException e) {
        throw others.wrong(e.path(), e.what());
      } catch (IllegalArgumentException e) {
        throw others.wrong(List.of(), String.valueOf(e.getMessage()));
      }
    }
    return config;
  }
}
