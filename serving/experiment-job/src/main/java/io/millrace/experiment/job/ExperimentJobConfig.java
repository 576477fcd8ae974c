package io.millrace.experiment.job;

import io.millrace.topic.KafkaAccess;
import io.millrace.topic.Topics;
import java.io.Serializable;

/**
 * How the job runs.
 *
 * @param kafka how its clients reach Kafka
 * @param topicPrefix of {@link Topics}
 * @param acceptLostExamples whether the job may go on where {@code examples} has lost records that
 *     it had not read; it fails otherwise
 */
public record ExperimentJobConfig(KafkaAccess kafka, String topicPrefix, boolean acceptLostExamples)
    implements Serializable {

  /** The topics with this configuration's prefix. */
  public Topics topics() {
    return new Topics(topicPrefix);
  }
}
