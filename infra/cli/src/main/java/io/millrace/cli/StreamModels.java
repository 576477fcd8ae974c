package io.millrace.cli;

import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Compute;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.model.ComputeDevice;
import io.millrace.model.Engine;
import io.millrace.standalone.ModelSettings;
import io.millrace.standalone.StreamModel;
import io.millrace.standalone.UserError;
import io.millrace.trained.TrainedModel;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes the model that learns from a stream of what a user has set.
 *
 * @param settings of the model
 * @param from folder of a trained model to go on with, or empty
 * @param compute what computes it
 */
record StreamModels(ModelSettings settings, Optional<Path> from, Compute compute) {

  /** The model that learns from a file's events, named after its kind. */
  StreamModel model(FeatureSchema features) {
    return model(null, features, "{}");
  }

  /**
   * The model that learns from a live stream, which begins as if there were few clicks.
   *
   * @param name of the model, or null for that of its kind
   */
  StreamModel liveModel(@Nullable String name, FeatureSchema features) {
    return model(name, features, "{\"prior\":" + ModelConfig.FEW_CLICKS + "}");
  }

  private StreamModel model(@Nullable String name, FeatureSchema features, String live) {
    if (from.isEmpty()) {
      return StreamModel.fresh(config(settings, name, features, live));
    }
    Path folder = from.get();
    TrainedModel trained = TrainedFolder.read(folder);
    ModelKind kind = trained.config().kind();
    if (settings.kind().isPresent() && settings.kind().get() != kind) {
      throw new UserError(
          "--model %s, but the model in %s is of kind %s"
              .formatted(settings.kind().get(), folder, kind));
    }
    if (!trained.config().subject().equals(features.name())) {
      throw new UserError(
          "the model in %s is of schema %s, expected %s"
              .formatted(folder, trained.config().subject(), features.name()));
    }
    ModelSettings same = new ModelSettings(Optional.of(kind), settings.others());
    return new StreamModel(
        trained.online(config(same, name, features, live)), Optional.of(folder.toAbsolutePath()));
  }

  private ModelConfig config(
      ModelSettings chosen, @Nullable String name, FeatureSchema features, String live) {
    String called = name == null ? chosen.defaultName() : name;
    ModelConfig config =
        chosen.over(
            ModelConfig.defaults(chosen.chosenKind(), called, features, device(compute))
                .with(live));
    compiled(config, features, Engine.KERNELS, ComputeDevice.CPU).close();
    return config;
  }

  /** The model of a config and a schema; a {@link UserError} if there can be none. */
  static CompiledModel compiled(
      ModelConfig config, FeatureSchema features, Engine onCpu, ComputeDevice device) {
    try {
      return CompiledModel.of(config, features, onCpu, device);
    } catch (IllegalArgumentException e) {
      throw new UserError("model: " + e.getMessage());
    }
  }

  /** The device of learners; a {@link UserError} if there is none such. */
  static ComputeDevice device(Compute compute) {
    try {
      return compute.ofLearners();
    } catch (IllegalArgumentException e) {
      throw new UserError(String.valueOf(e.getMessage()));
    }
  }
}
