package io.millrace.cli;

import io.millrace.feature.FeatureSchema;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.model.ComputeDevice;
import io.millrace.replay.StreamModel;
import io.millrace.standalone.UserError;
import io.millrace.trainer.TrainedModel;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which model learns from a stream, shared by the commands that run one. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ModelOptions {
  @Option(
      names = "--model",
      description =
          "Kind of model (default: deepfm, or that of --from); docs/reference/models.md lists them.")
  private @Nullable String kind;

  @Option(
      names = "--from",
      description = "Folder that 'millrace train' wrote: its model goes on learning online.")
  private @Nullable Path from;

  @Option(
      names = "--set",
      description = "Model settings as a JSON object, for example '{\"stepSize\":8}'.")
  private @Nullable String settings;

  /**
   * The model that learns.
   *
   * @param name of the model, or null for that of its kind
   */
  StreamModel model(@Nullable String name, FeatureSchema features) {
    return model(name, features, "{}");
  }

  /** The model that learns from a live stream, which begins as if there were few clicks. */
  StreamModel liveModel(@Nullable String name, FeatureSchema features) {
    return model(name, features, "{\"prior\":" + ModelConfig.FEW_CLICKS + "}");
  }

  private StreamModel model(@Nullable String name, FeatureSchema features, String live) {
    if (from == null) {
      String chosen = kind == null ? ModelKind.DEEPFM.toString() : kind;
      return new StreamModel(config(chosen, name, features, live), Optional.empty());
    }
    TrainedModel trained = TrainedFolder.read(from);
    String trainedKind = trained.config().kind().toString();
    if (kind != null && !kind.equals(trainedKind)) {
      throw new UserError(
          "--model %s, but the model in %s is of kind %s".formatted(kind, from, trainedKind));
    }
    if (!trained.config().subject().equals(features.name())) {
      throw new UserError(
          "the model in %s is of schema %s, expected %s"
              .formatted(from, trained.config().subject(), features.name()));
    }
    ModelConfig online = trained.online(config(trainedKind, name, features, live));
    return new StreamModel(online, Optional.of(from.toAbsolutePath()));
  }

  private ModelConfig config(
      String kind, @Nullable String name, FeatureSchema features, String live) {
    String chosen = name == null ? named(kind) : name;
    ModelConfig config = defaults(kind, chosen, features, ComputeDevice.ofLearners()).with(live);
    try {
      return settings == null ? config : config.with(settings);
    } catch (IllegalArgumentException e) {
      throw new UserError("--set: " + e.getMessage());
    }
  }

  /** A model's name may not hold the plus of a kind's. */
  static String named(String kind) {
    return kind.replace("+", "-plus");
  }

  /** The stream defaults of a kind by its name on the command line, for learners on a device. */
  static ModelConfig defaults(
      String kind, String name, FeatureSchema features, ComputeDevice device) {
    return ModelConfig.defaults(kind(kind), name, features, device);
  }

  /**
   * A kind by its name on the command line.
   *
   * @throws UserError if there is none of it
   */
  static ModelKind kind(String name) {
    try {
      return ModelKind.named(name);
    } catch (IllegalArgumentException e) {
      throw new UserError("--model '%s': %s".formatted(name, e.getMessage()));
    }
  }
}
