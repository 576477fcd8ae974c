package io.millrace.serving;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes impressions to Kafka. An impression counts as logged when all in-sync replicas have it
 * within {@code wait}; one that is acknowledged later is in the log too, although its answer said
 * otherwise, so a learner never misses it. Safe for use by many threads.
 */
final class ImpressionLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ImpressionLog.class);

  private final KafkaProducer<byte[], byte[]> producer;
  private final String topic;
  private final Duration wait;
  private final LongAdder logged = new LongAdder();
  private final LongAdder unacknowledged = new LongAdder();

  /** One event: an impression id and its Impression in wire format. */
  record Event(String impressionId, byte[] value) {}

  ImpressionLog(Map<String, Object> clientProperties, String topic, Duration wait) {
    this.topic = topic;
    this.wait = wait;
    Map<String, Object> config = new HashMap<>(clientProperties);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, wait.toMillis());
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 16 << 20);
    config.putIfAbsent(ProducerConfig.CLIENT_ID_CONFIG, "millrace-server");
    this.producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /**
   * Appends events.
   *
   * @return whether Kafka acknowledged all of them in time; never completes exceptionally
   */
  CompletableFuture<Boolean> append(List<Event> events) {
    CompletableFuture<?>[] acknowledgements = new CompletableFuture<?>[events.size()];
    try {
      for (int i = 0; i < acknowledgements.length; i++) {
        acknowledgements[i] = send(events.get(i));
      }
    } catch (KafkaException | IllegalStateException e) {
      LOG.warn("cannot write impressions to {}: {}", topic, e.toString());
      unacknowledged.add(events.size());
      return CompletableFuture.completedFuture(false);
    }
    return CompletableFuture.allOf(acknowledgements)
        .orTimeout(wait.toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (all, failure) -> {
              (failure == null ? logged : unacknowledged).add(events.size());
              return failure == null;
            });
  }

  /** Impressions acknowledged in time. */
  long logged() {
    return logged.sum();
  }

  /** Impressions whose answer said that they were not logged. */
  long unacknowledged() {
    return unacknowledged.sum();
  }

  private CompletableFuture<Boolean> send(Event event) {
    CompletableFuture<Boolean> acknowledged = new CompletableFuture<>();
    byte[] key = event.impressionId().getBytes(StandardCharsets.UTF_8);
    producer.send(
        new ProducerRecord<>(topic, key, event.value()),
        (metadata, failure) -> {
          if (failure == null) {
            acknowledged.complete(true);
          } else {
            acknowledged.completeExceptionally(failure);
          }
        });
    return acknowledged;
  }

  /** Waits a moment for what is under way. */
  @Override
  public void close() {
    producer.close(wait);
  }
}
