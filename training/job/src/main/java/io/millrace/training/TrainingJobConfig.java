package io.millrace.training;

import io.millrace.learner.ModelConfig;
import io.millrace.topic.Topics;
import java.io.Serializable;

/**
 * How a training job runs.
 *
 * @param bootstrap Kafka's bootstrap servers
 * @param topicPrefix of {@link Topics}
 * @param model a {@link ModelConfig} as JSON
 * @param publishIntervalMillis least time between two publishes
 * @param segmentExamples length of an evaluation segment
 */
public record TrainingJobConfig(
    String bootstrap,
    String topicPrefix,
    String model,
    long publishIntervalMillis,
    long segmentExamples)
    implements Serializable {

  /** Servers see what was learned at most this much later, plus the time of the publish. */
  public static final long DEFAULT_PUBLISH_INTERVAL_MILLIS = 200;

  public TrainingJobConfig {
    var unused = ModelConfig.fromJson(model);
    if (publishIntervalMillis < 1) {
      throw new IllegalArgumentException(
          "publishIntervalMillis: " + publishIntervalMillis + ", expected at least 1");
    }
    if (segmentExamples < 1) {
      throw new IllegalArgumentException(
          "segmentExamples: " + segmentExamples + ", expected at least 1");
    }
  }

  /** The parsed model. */
  public ModelConfig modelConfig() {
    return ModelConfig.fromJson(model);
  }

  /** The topics with this configuration's prefix. */
  public Topics topics() {
    return new Topics(topicPrefix);
  }
}
