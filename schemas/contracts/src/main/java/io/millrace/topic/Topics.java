package io.millrace.topic;

import java.util.List;
import java.util.stream.Stream;

/**
 * The topics of a platform. Names are fixed; a prefix keeps several platforms apart on one cluster.
 */
public record Topics(String prefix) {

  /** The names without a prefix. */
  public static final Topics DEFAULT = new Topics("");

  /** Registered schemas, compacted. */
  public String schemas() {
    return prefix + "schemas";
  }

  /** What models there should be, as a journal: compacted, one partition. */
  public String deployments() {
    return prefix + "deployments";
  }

  /** Which experiments there are, as a journal: compacted, one partition. */
  public String experiments() {
    return prefix + "experiments";
  }

  /** Impression, feature records with a {@code millrace} property, and Progress. */
  public String impressions() {
    return prefix + "impressions";
  }

  /** Click, Outcome and Progress. */
  public String clicks() {
    return prefix + "clicks";
  }

  /** Example: impressions with labels, the learners' input; and Progress, which ends a step. */
  public String examples() {
    return prefix + "examples";
  }

  /** RejectedEvent. */
  public String rejected() {
    return prefix + "rejected";
  }

  /** IngestionCounts, compacted. */
  public String ingestionCounts() {
    return prefix + "ingestion-counts";
  }

  /** ExperimentMetrics by experiment and arm, compacted, one partition. */
  public String experimentMetrics() {
    return prefix + "experiment-metrics";
  }

  /** RowUpdate, TensorUpdate and VersionManifest of one model, compacted, one partition. */
  public String parameters(String model) {
    return prefix + "parameters." + model;
  }

  /** LearnerMetrics of one model, compacted, one partition. */
  public String learnerMetrics(String model) {
    return prefix + "learner-metrics." + model;
  }

  /** All topics of a platform that runs {@code models}. */
  public List<String> all(List<String> models) {
    return Stream.concat(
            Stream.of(
                schemas(),
                deployments(),
                experiments(),
                impressions(),
                clicks(),
                examples(),
                rejected(),
                ingestionCounts(),
                experimentMetrics()),
            models.stream().flatMap(model -> ofModel(model).stream()))
        .toList();
  }

  /** The topics of one model alone. */
  public List<String> ofModel(String model) {
    return List.of(parameters(model), learnerMetrics(model));
  }
}
