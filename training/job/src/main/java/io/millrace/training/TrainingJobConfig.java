package io.millrace.training;

import io.millrace.guard.GuardPolicy;
import io.millrace.learner.Compute;
import io.millrace.learner.ModelConfig;
import io.millrace.topic.KafkaAccess;
import io.millrace.topic.Topics;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * How a training job runs.
 *
 * @param kafka how its clients reach Kafka
 * @param topicPrefix of {@link Topics}
 * @param model a {@link ModelConfig} as JSON
 * @param publishIntervalMillis least time between two publishes
 * @param segmentExamples length of an evaluation segment
 * @param start folder of a trained model whose weights a learner without a checkpoint begins with,
 *     or null for fresh ones; it must stay there until the first checkpoint
 * @param cloneOf name of the model whose learner's state a learner without a checkpoint of its own
 *     is started from, or null
 * @param acceptLostEvents whether a learner may go on where {@code examples} has lost records that
 *     it had not learned; it refuses to start otherwise
 * @param compute what computes the model
 * @param guard what follows when predictions go wrong
 */
@RecordBuilder
public record TrainingJobConfig(
    KafkaAccess kafka,
    String topicPrefix,
    String model,
    long publishIntervalMillis,
    long segmentExamples,
    @Nullable String start,
    @Nullable String cloneOf,
    boolean acceptLostEvents,
    Compute compute,
    GuardPolicy guard)
    implements Serializable, TrainingJobConfigBuilder.With {

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

  /**
   * A job whose learner begins with the weights of a folder, refuses to lose events and watches
   * nothing.
   */
  public TrainingJobConfig(
      KafkaAccess kafka,
      String topicPrefix,
      String model,
      long publishIntervalMillis,
      long segmentExamples,
      @Nullable String start) {
    this(
        kafka,
        topicPrefix,
        model,
        publishIntervalMillis,
        segmentExamples,
        start,
        null,
        false,
        Compute.DEFAULT,
        GuardPolicy.OFF);
  }

  /** A job whose learner begins with fresh weights. */
  public TrainingJobConfig(
      KafkaAccess kafka,
      String topicPrefix,
      String model,
      long publishIntervalMillis,
      long segmentExamples) {
    this(kafka, topicPrefix, model, publishIntervalMillis, segmentExamples, null);
  }

  /** Whether a new learner knows something before it has learned. */
  boolean beginsWithWeights() {
    return start != null || cloneOf != null;
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
