package io.millrace.standalone;

import io.millrace.feature.FeatureSchema;
import io.millrace.ingestion.LabelEmission;
import io.millrace.ingestion.OutcomeRule;
import io.millrace.learner.ModelConfig;
import io.millrace.serving.http.ExtraStatus;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a platform runs.
 *
 * @param settings what a user sets of it
 * @param schemas feature schemas to register at start
 * @param models a learner each; the first answers requests that name none
 * @param emission when labels leave the join
 * @param outcomes what is joined with impressions, each with its window
 * @param extraStatus values added to the server's status
 * @throws UserError if a model predicts an outcome that is not joined, or one of a live stream asks
 *     for calibration
 */
@RecordBuilder
public record PlatformConfig(
    PlatformSettings settings,
    List<FeatureSchema> schemas,
    List<StreamModel> models,
    LabelEmission emission,
    List<OutcomeRule> outcomes,
    ExtraStatus extraStatus)
    implements PlatformConfigBuilder.With {

  /** Live traffic with clicks within a minute, negatives as late as they. */
  public static PlatformConfig live(
      int port, List<FeatureSchema> schemas, List<ModelConfig> models) {
    return live(
        PlatformSettings.local(port),
        schemas,
        models.stream().map(StreamModel::fresh).toList(),
        LabelSettings.DEFAULT.rules());
  }

  /** Live traffic with outcomes, negatives as late as they. */
  public static PlatformConfig live(
      PlatformSettings settings,
      List<FeatureSchema> schemas,
      List<StreamModel> models,
      List<OutcomeRule> outcomes) {
    return new PlatformConfig(
        settings, schemas, models, LabelEmission.AS_CLICKS_COME, outcomes, ExtraStatus.NONE);
  }

  public PlatformConfig {
    schemas = List.copyOf(schemas);
    models = List.copyOf(models);
    outcomes = List.copyOf(outcomes);
    for (StreamModel learner : models) {
      objection(learner.config(), outcomes, emission)
          .ifPresent(
              words -> {
                throw new UserError(words);
              });
    }
  }

  /** Why a model of given settings can't learn on this platform, in words; empty if it can. */
  public Optional<String> objection(ModelConfig model) {
    return objection(model, outcomes, emission);
  }

  private static Optional<String> objection(
      ModelConfig model, List<OutcomeRule> outcomes, LabelEmission emission) {
    List<String> joined = outcomes.stream().map(OutcomeRule::name).toList();
    if (!joined.contains(model.outcome())) {
      return Optional.of(
          "model %s: outcome: %s, expected one that is joined: %s"
              .formatted(model.name(), model.outcome(), String.join(", ", joined)));
    }
    if (emission == LabelEmission.AS_CLICKS_COME && model.calibration().fits()) {
      return Optional.of(
          "model %s: calibration.method: %s, expected none for a live stream: a map would be"
                  .formatted(
                      model.name(), model.calibration().method().name().toLowerCase(Locale.ROOT))
              + " fitted on labels that are still to change (docs/guides/labels.md)");
    }
    return Optional.empty();
  }

  /**
   * How much longer than its window an id is remembered unless told otherwise: ten windows, at most
   * an hour.
   */
  public static Duration latenessOf(Duration window) {
    Duration ten = window.multipliedBy(10);
    Duration hour = Duration.ofHours(1);
    return ten.compareTo(hour) < 0 ? ten : hour;
  }

  /** The same with clicks alone, within another window. */
  public PlatformConfig withWindow(Duration window, Duration lateness) {
    return withOutcomes(List.of(OutcomeRule.click(window, lateness)));
  }
}
