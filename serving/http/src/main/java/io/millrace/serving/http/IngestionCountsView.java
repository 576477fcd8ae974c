package io.millrace.serving.http;

import io.millrace.event.IngestionCounts;
import io.millrace.event.WaitsFor;
import io.millrace.schema.SchemaRegistry;
import io.millrace.wire.AvroWire;
import io.millrace.wire.WireFormatException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest totals of the ingestion job, from their topic. A daemon thread reads; {@link #newest}
 * may be called by any thread. Kafka being away is logged and tried again for ever.
 */
final class IngestionCountsView implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IngestionCountsView.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final long RETRY_MILLIS = 1000;

  private final Map<String, Object> consumerConfig;
  private final String topic;
  private final AvroWire wire;
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);
  private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;
  private volatile @Nullable Counts newest;

  /**
   * @param countedTime when they were taken, milliseconds since 1970
   * @param eventTime up to which everything was joined, milliseconds since 1970
   * @param lag events that are in Kafka and not yet read
   * @param waitsFor the partition that holds event time back
   */
  record Counts(
      long countedTime,
      IngestionTotals counts,
      @Nullable Long eventTime,
      long lag,
      @Nullable WaitsFor waitsFor) {

    private static Counts of(IngestionCounts event) {
      return new Counts(
          event.getCountedTime().toEpochMilli(),
          new IngestionTotals(event.getCounts()),
          event.getEventTime() == null ? null : event.getEventTime().toEpochMilli(),
          event.getLag(),
          event.getWaitsFor());
    }

    /** As the status shows it. */
    Status.Ingestion status() {
      return new Status.Ingestion(
          countedTime, counts, eventTime, lag, waitsFor == null ? null : sentence(waitsFor));
    }

    private static String sentence(WaitsFor held) {
      return "Partition %s-%d has held event time back for %d s: it %s, and %d of its records are not read."
          .formatted(
              held.getTopic(),
              held.getPartition(),
              held.getSeconds(),
              held.getEventTime() == null
                  ? "has shown no event"
                  : "is at " + held.getEventTime().truncatedTo(ChronoUnit.SECONDS),
              held.getLag());
    }
  }

  IngestionCountsView(Map<String, Object> clientProperties, String topic, SchemaRegistry registry) {
    this.consumerConfig = new HashMap<>(clientProperties);
    consumerConfig.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    consumerConfig.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    this.topic = topic;
    this.wire = new AvroWire(registry);
    this.thread = new Thread(this::run, "ingestion-counts");
    thread.setDaemon(true);
    thread.start();
  }

  /** The newest totals, empty until the first have been read. */
  Optional<Counts> newest() {
    return Optional.ofNullable(newest);
  }

  private void run() {
    while (!closing()) {
      try (KafkaConsumer<byte[], byte[]> opened =
          new KafkaConsumer<>(
              consumerConfig, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
        consumer = opened;
        follow(opened);
      } catch (WakeupException e) {
        LOG.debug("closing");
      } catch (KafkaException e) {
        LOG.warn("cannot read {}, trying again: {}", topic, e.toString());
        pause();
      }
    }
  }

  private void follow(KafkaConsumer<byte[], byte[]> opened) {
    List<TopicPartition> partitions = new ArrayList<>();
    while (partitions.isEmpty() && !closing()) {
      for (PartitionInfo partition : opened.partitionsFor(topic)) {
        partitions.add(new TopicPartition(topic, partition.partition()));
      }
      if (partitions.isEmpty()) {
        pause();
      }
    }
    opened.assign(partitions);
    opened.seekToBeginning(partitions);
    while (!closing()) {
      for (ConsumerRecord<byte[], byte[]> event : opened.poll(POLL)) {
        read(event);
      }
    }
  }

  private void read(ConsumerRecord<byte[], byte[]> event) {
    try {
      IngestionCounts counts = wire.decode(event.value(), IngestionCounts.class);
      newest = Counts.of(counts);
    } catch (WireFormatException e) {
      LOG.warn("{}-{} offset {}: {}", topic, event.partition(), event.offset(), e.getMessage());
    }
  }

  private boolean closing() {
    return closing.getCount() == 0;
  }

  private void pause() {
    try {
      var unused = closing.await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    // Not by an interrupt: a consumer that is interrupted while it closes reports an error.
    closing.countDown();
    KafkaConsumer<byte[], byte[]> present = consumer;
    if (present != null) {
      present.wakeup();
    }
    try {
      thread.join(5000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
