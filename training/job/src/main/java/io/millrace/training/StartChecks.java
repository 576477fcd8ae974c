package io.millrace.training;

import io.millrace.learner.ModelConfig;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * What must hold before a learner starts. A failure is final: trying again would not help, so it
 * ends the job instead of restarting it.
 */
final class StartChecks {
  private StartChecks() {}

  /**
   * The model that was stored or published must be the one to be learned now, perhaps by an earlier
   * or later version of its feature schema: which one is said by the log.
   *
   * @param where it was found, in words
   * @param storedConfig its {@link ModelConfig} as JSON
   * @param storedSchema its feature schema
   */
  static void sameModel(
      String where,
      String storedConfig,
      String storedSchema,
      ModelConfig config,
      String featureSchema) {
    config
        .differenceFrom(storedConfig)
        .ifPresent(
            d -> {
              throw failure(
                  "model %s: %s is %s, but %s was learned with %s; go back to that, or choose"
                          .formatted(
                              config.name(),
                              d.setting(),
                              d.givenInWords(),
                              where,
                              d.storedInWords())
                      + " another model name or another data directory");
            });
    if (!SchemaSwitch.related(storedSchema, featureSchema)) {
      throw failure(
          "model %s: the feature schema is %s, but %s was learned with %s, of which it is no"
                  .formatted(config.name(), featureSchema, where, storedSchema)
              + " compatible version; choose another model name or another data directory");
    }
  }

  /**
   * A clone goes on with all that its source's learner holds, so the two may differ in nothing that
   * decides what that is.
   *
   * @param storedConfig the source's {@link ModelConfig} as JSON
   */
  static void takesStateOf(String storedConfig, ModelConfig config) {
    config
        .stateDifferenceFrom(storedConfig)
        .ifPresent(
            d -> {
              throw failure(
                  "model %s: %s is %s, but the model that it is a clone of has %s; a clone may differ in rates and other numbers of the same optimizers"
                      .formatted(config.name(), d.setting(), d.givenInWords(), d.storedInWords()));
            });
  }

  /** A clone that was started without the state of its source. */
  static SuppressRestartsException noState(String model, String source) {
    return failure(
        "model %s: it is a clone of %s, but was started without a state of that"
            .formatted(model, source));
  }

  /** Steps are cut by offset, so a learner reads one partition. */
  static void onePartition(Admin admin, String topic) {
    int partitions =
        get(admin.describeTopics(List.of(topic)).allTopicNames(), topic).partitions().size();
    if (partitions != 1) {
      throw failure(
          ("topic %s: %d partitions, expected 1: a learner reads one partition;"
                  + " make the topic anew with one, or choose another topic prefix")
              .formatted(topic, partitions));
    }
  }

  /**
   * A learner with no state of its own must be able to learn again what was published: a server
   * that has a higher version waits until the learner is there.
   *
   * @param published the last version
   * @param accept whether it may go on without
   * @return records that are lost to it, 0 where nothing was published
   */
  static long wholeLog(Admin admin, String topic, String model, long published, boolean accept) {
    long first = first(admin, topic);
    if (published == 0 || first == 0) {
      return 0;
    }
    if (!accept) {
      throw failure(
          "model %s: version %d is published, there is no checkpoint, and %s begins at offset %d,"
                  .formatted(model, published, topic, first)
              + " expected 0 to learn it again; choose another model name or another data"
              + " directory, or start with --accept-lost-events to learn from "
              + first
              + " on");
    }
    return first;
  }

  /**
   * A learner that goes on from a checkpoint must find the records after those that it has read:
   * the topic's retention may have passed them while it was away.
   *
   * @param next offset of the first record that it has not read
   * @param accept whether it may go on without
   * @return records that are lost to it
   */
  static long nothingLost(Admin admin, String topic, String model, long next, boolean accept) {
    long first = first(admin, topic);
    long lost = Math.max(0, first - next);
    if (lost > 0 && !accept) {
      throw failure(
          ("model %s: topic %s begins at offset %d, the learner had learned up to %d: %d examples"
                  + " are lost; start with --accept-lost-events to go on from %d, or choose another"
                  + " model name to learn what is left from the beginning")
              .formatted(model, topic, first, next, lost, first));
    }
    return lost;
  }

  /** Offset of the first record that the topic's one partition has kept. */
  private static long first(Admin admin, String topic) {
    TopicPartition partition = new TopicPartition(topic, 0);
    return get(admin.listOffsets(Map.of(partition, OffsetSpec.earliest())).all(), partition)
        .offset();
  }

  /**
   * A learner's stored state.
   *
   * @param bytes as of {@link PartitionLearnerState#toBytes}
   */
  static PartitionLearnerState readable(String model, byte[] bytes) {
    try {
      return PartitionLearnerState.fromBytes(bytes);
    } catch (IOException e) {
      throw failure(
          "model %s: its checkpoint cannot be read: %s; start the Millrace that wrote it, or choose"
                  .formatted(model, e.getMessage())
              + " another model name or another data directory");
    }
  }

  private static <K, V> V get(org.apache.kafka.common.KafkaFuture<Map<K, V>> answer, K key) {
    try {
      return java.util.Objects.requireNonNull(answer.get().get(key));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted while asking about " + key, e);
    } catch (ExecutionException e) {
      throw new KafkaException("cannot ask about " + key, e.getCause());
    }
  }

  private static SuppressRestartsException failure(String message) {
    return new SuppressRestartsException(new IllegalStateException(message));
  }
}
