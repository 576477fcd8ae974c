package io.millrace.ingestion.job;

import io.millrace.ingestion.LabelEmission;
import io.millrace.ingestion.LabelJoin;
import io.millrace.ingestion.OutcomeRule;
import io.millrace.topic.KafkaAccess;
import io.millrace.topic.Topics;
import io.millrace.wire.EventRules;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;

/**
 * How an ingestion job runs.
 *
 * @param kafka how its clients reach Kafka
 * @param topicPrefix of {@link Topics}
 * @param outcomes what is joined with impressions, each with its window
 * @param emission when examples leave
 * @param watermarks how event time advances
 * @param markInterval how long an example may wait for the Progress record in {@code examples} that
 *     lets learners finish the step it is in; zero to write one only at the end of the stream, so
 *     that a replay's steps don't depend on the clock
 * @param maxEventBytes longer values of event topics are rejected unread
 * @param maxRejectedBytes a rejected event whose record would be longer is kept without its bytes
 * @param statesInMemory join states kept in memory in front of the state backend
 * @param acceptLostEvents whether to go on with what there is where events that were to be read
 *     next are no longer in Kafka; else the job ends
 */
public record IngestionJobConfig(
    KafkaAccess kafka,
    String topicPrefix,
    List<OutcomeRule> outcomes,
    LabelEmission emission,
    Watermarks watermarks,
    Duration markInterval,
    int maxEventBytes,
    int maxRejectedBytes,
    int statesInMemory,
    boolean acceptLostEvents)
    implements Serializable {

  /** One MiB. */
  public static final int DEFAULT_MAX_EVENT_BYTES = EventRules.MAX_EVENT_BYTES;

  /** A little less than 32 MiB, which the platform's topic takes. */
  public static final int DEFAULT_MAX_REJECTED_BYTES = (32 << 20) - 4096;

  /** About 10 MB with features of 300 bytes. */
  public static final int DEFAULT_STATES_IN_MEMORY = 1 << 14;

  /** As often as parameters are published. */
  public static final Duration DEFAULT_MARK_INTERVAL = Duration.ofMillis(200);

  public IngestionJobConfig {
    outcomes = List.copyOf(outcomes);
    // The join owns the rules for its outcomes.
    var unused = new LabelJoin(outcomes, emission);
    if (markInterval.isNegative()) {
      throw new IllegalArgumentException(
          "markInterval: " + markInterval + ", expected not to be negative");
    }
    if (maxEventBytes < 1) {
      throw new IllegalArgumentException(
          "maxEventBytes: " + maxEventBytes + ", expected at least 1");
    }
    if (maxRejectedBytes < 1024) {
      throw new IllegalArgumentException(
          "maxRejectedBytes: " + maxRejectedBytes + ", expected at least 1024");
    }
    if (statesInMemory < 1) {
      throw new IllegalArgumentException(
          "statesInMemory: " + statesInMemory + ", expected at least 1");
    }
  }

  /** A live platform: examples leave with their outcomes, time passes by events and clock. */
  public static IngestionJobConfig live(
      KafkaAccess kafka, Topics topics, List<OutcomeRule> outcomes) {
    return new IngestionJobConfig(
        kafka,
        topics.prefix(),
        outcomes,
        LabelEmission.AS_CLICKS_COME,
        Watermarks.Live.DEFAULT,
        DEFAULT_MARK_INTERVAL,
        DEFAULT_MAX_EVENT_BYTES,
        DEFAULT_MAX_REJECTED_BYTES,
        DEFAULT_STATES_IN_MEMORY,
        false);
  }

  /**
   * A replay: examples leave in file order, time passes by Progress records.
   *
   * @param partitions of impressions and clicks together
   */
  public static IngestionJobConfig replay(
      KafkaAccess kafka, Topics topics, List<OutcomeRule> outcomes, int partitions) {
    return new IngestionJobConfig(
        kafka,
        topics.prefix(),
        outcomes,
        LabelEmission.ON_WINDOW_END,
        new Watermarks.ProgressOnly(partitions),
        Duration.ZERO,
        DEFAULT_MAX_EVENT_BYTES,
        DEFAULT_MAX_REJECTED_BYTES,
        DEFAULT_STATES_IN_MEMORY,
        false);
  }

  /** The same, and lost events are accepted. */
  public IngestionJobConfig acceptingLostEvents() {
    return new IngestionJobConfig(
        kafka,
        topicPrefix,
        outcomes,
        emission,
        watermarks,
        markInterval,
        maxEventBytes,
        maxRejectedBytes,
        statesInMemory,
        true);
  }

  /** The same with limits that the output topics take, where they are lower. */
  public IngestionJobConfig within(int eventBytes, int rejectedBytes) {
    return new IngestionJobConfig(
        kafka,
        topicPrefix,
        outcomes,
        emission,
        watermarks,
        markInterval,
        Math.min(maxEventBytes, eventBytes),
        Math.min(maxRejectedBytes, rejectedBytes),
        statesInMemory,
        acceptLostEvents);
  }

  /** The topics with this configuration's prefix. */
  public Topics topics() {
    return new Topics(topicPrefix);
  }

  /** The join. */
  LabelJoin labelJoin() {
    return new LabelJoin(outcomes, emission);
  }

  /** The registry that the platform keeps in its topic {@code schemas}. */
  RegistryFactory registryFactory() {
    return new KafkaRegistryFactory(kafka, topics().schemas());
  }
}
