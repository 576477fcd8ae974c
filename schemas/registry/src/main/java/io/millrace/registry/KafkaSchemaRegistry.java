package io.millrace.registry;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/**
 * A registry whose only truth is a compacted Kafka topic of one partition. Any number of instances
 * may write to it at once. An unknown id or subject makes it read to the end of the log before it
 * answers, so that what one process registered another finds.
 */
public final class KafkaSchemaRegistry extends LoggedSchemaRegistry {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /**
   * Opens the registry; the topic must exist. Returns at once: the log is read behind it, and
   * waited for where it matters.
   *
   * @param clientConfig {@code bootstrap.servers} and what else the Kafka clients need
   * @param topic a compacted topic of one partition
   * @param clock limits how long a call waits for Kafka
   */
  public KafkaSchemaRegistry(Map<String, Object> clientConfig, String topic, Clock clock) {
    super(RegistryLog.onKafka(clientConfig, topic, clock, PATIENCE));
  }
}
