package io.millrace.standalone;

import io.millrace.feature.FeatureSchema;
import io.millrace.ingestion.LabelEmission;
import io.millrace.ingestion.OutcomeRule;
import io.millrace.learner.ModelConfig;
import io.millrace.serving.http.ExtraStatus;
import io.millrace.serving.http.ServerConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a platform runs.
 *
 * @param port of the server, 0 for a free one
 * @param schemas feature schemas to register at start
 * @param models a learner each; the first answers requests that name none
 * @param starts folders of trained models by model name, for learners that don't begin anew
 * @param emission when labels leave the join
 * @param outcomes what is joined with impressions, each with its window
 * @param checkpointInterval time between two checkpoints of a job
 * @param publishInterval least time between two publishes of a model
 * @param segmentExamples length of an evaluation segment
 * @param warmUp how long the server may warm a model up before it is ready, zero for not at all
 * @param extraStatus values added to the server's status
 * @param log the log that it lives on
 * @throws UserError if a model predicts an outcome that is not joined, or one of a live stream asks
 *     for calibration
 */
public record PlatformConfig(
    int port,
    List<FeatureSchema> schemas,
    List<ModelConfig> models,
    Map<String, Path> starts,
    LabelEmission emission,
    List<OutcomeRule> outcomes,
    Duration checkpointInterval,
    Duration publishInterval,
    long segmentExamples,
    Duration warmUp,
    ExtraStatus extraStatus,
    LogConfig log) {

  /** Live traffic with clicks within a minute, negatives as late as they. */
  public static PlatformConfig live(
      int port, List<FeatureSchema> schemas, List<ModelConfig> models) {
    return live(
        port,
        schemas,
        models,
        List.of(OutcomeRule.click(Duration.ofMinutes(1), Duration.ofMinutes(10))));
  }

  /** Live traffic with outcomes, negatives as late as they. */
  public static PlatformConfig live(
      int port, List<FeatureSchema> schemas, List<ModelConfig> models, List<OutcomeRule> outcomes) {
    return new PlatformConfig(
        port,
        schemas,
        models,
        Map.of(),
        LabelEmission.AS_CLICKS_COME,
        outcomes,
        Duration.ofSeconds(5),
        Duration.ofMillis(200),
        10_000,
        ServerConfig.DEFAULT_WARM_UP,
        ExtraStatus.NONE,
        LogConfig.EMBEDDED);
  }

  public PlatformConfig {
    schemas = List.copyOf(schemas);
    models = List.copyOf(models);
    starts = Map.copyOf(starts);
    outcomes = List.copyOf(outcomes);
    List<String> joined = outcomes.stream().map(OutcomeRule::name).toList();
    for (ModelConfig model : models) {
      if (!joined.contains(model.outcome())) {
        throw new UserError(
            "model %s: outcome: %s, expected one that is joined: %s"
                .formatted(model.name(), model.outcome(), String.join(", ", joined)));
      }
      if (emission == LabelEmission.AS_CLICKS_COME && model.calibration().fits()) {
        throw new UserError(
            "model %s: calibration.method: %s, expected none for a live stream: a map would be"
                    .formatted(
                        model.name(), model.calibration().method().name().toLowerCase(Locale.ROOT))
                + " fitted on labels that are still to change (docs/guides/labels.md)");
      }
    }
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
    return new PlatformConfig(
        port,
        schemas,
        models,
        starts,
        emission,
        List.of(OutcomeRule.click(window, lateness)),
        checkpointInterval,
        publishInterval,
        segmentExamples,
        warmUp,
        extraStatus,
        log);
  }

  /** The same with learners that begin with trained weights; folders by model name. */
  public PlatformConfig withStarts(Map<String, Path> folders) {
    return new PlatformConfig(
        port,
        schemas,
        models,
        folders,
        emission,
        outcomes,
        checkpointInterval,
        publishInterval,
        segmentExamples,
        warmUp,
        extraStatus,
        log);
  }

  /** The same with extra status values. */
  public PlatformConfig withExtraStatus(ExtraStatus extra) {
    return new PlatformConfig(
        port,
        schemas,
        models,
        starts,
        emission,
        outcomes,
        checkpointInterval,
        publishInterval,
        segmentExamples,
        warmUp,
        extra,
        log);
  }

  /** The same on another log. */
  public PlatformConfig withLog(LogConfig other) {
    return new PlatformConfig(
        port,
        schemas,
        models,
        starts,
        emission,
        outcomes,
        checkpointInterval,
        publishInterval,
        segmentExamples,
        warmUp,
        extraStatus,
        other);
  }
}
