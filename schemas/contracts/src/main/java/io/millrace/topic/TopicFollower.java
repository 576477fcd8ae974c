package io.millrace.topic;

import io.millrace.schema.SchemaRegistry;
import io.millrace.wire.AvroWire;
import io.millrace.wire.WireFormatException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.avro.specific.SpecificRecordBase;
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
 * Reads a topic that holds records of one kind from its beginning, and then follows it, on a daemon
 * thread. Kafka being away, or the topic not being there yet, is tried again for ever; then it
 * reads from the beginning again. Records that are none of the kind are skipped.
 *
 * @param <T> the contract that the topic holds
 */
public final class TopicFollower<T extends SpecificRecordBase> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NewestRecord.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final long RETRY_MILLIS = 1000;

  private final Map<String, Object> consumerConfig;
  private final String topic;
  private final Class<T> contract;
  private final Supplier<SchemaRegistry> registries;
  private final Listener<T> listener;
  private final Thread thread;
  private final CountDownLatch closing = new CountDownLatch(1);
  private @Nullable AvroWire wire; // confined to the thread
  private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;

  /**
   * Is told what is read, by the reading thread.
   *
   * @param <T> the contract that the topic holds
   */
  public interface Listener<T> {
    /** Reading begins, at the beginning of the topic. */
    void begun();

    /** The next record, those of each partition in its order. */
    void read(ConsumerRecord<byte[], byte[]> record, T value);

    /**
     * Some records were read, or none was there for a while.
     *
     * @param caughtUp whether all that was there when reading began has been read
     */
    void looked(boolean caughtUp);
  }

  /**
   * Begins to read.
   *
   * @param client Kafka client properties, at least {@code bootstrap.servers}
   * @param registries called by the reading thread; it may block until Kafka can be reached. The
   *     registry is not closed here.
   */
  public TopicFollower(
      Map<String, Object> client,
      String topic,
      Class<T> contract,
      Supplier<SchemaRegistry> registries,
      Listener<T> listener) {
    this.consumerConfig = new HashMap<>(client);
    consumerConfig.put("enable.auto.commit", false);
    consumerConfig.put("isolation.level", "read_committed");
    consumerConfig.put("allow.auto.create.topics", false);
    consumerConfig.put("default.api.timeout.ms", "5000");
    consumerConfig.put("request.timeout.ms", "5000");
    this.topic = topic;
    this.contract = contract;
    this.registries = registries;
    this.listener = listener;
    this.thread = new Thread(this::run, "follower-of-" + topic);
    thread.setDaemon(true);
    thread.start();
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
      } catch (KafkaException | IllegalStateException e) {
        LOG.warn("cannot read {}, trying again: {}", topic, e.toString());
        pause();
      }
    }
  }

  private void follow(KafkaConsumer<byte[], byte[]> opened) {
    List<PartitionInfo> found = opened.partitionsFor(topic);
    while (found.isEmpty() && !closing()) {
      pause();
      found = opened.partitionsFor(topic);
    }
    List<TopicPartition> partitions =
        found.stream().map(one -> new TopicPartition(topic, one.partition())).toList();
    opened.assign(partitions);
    Map<TopicPartition, Long> ends = opened.endOffsets(partitions);
    opened.seekToBeginning(partitions);
    listener.begun();
    while (!closing()) {
      for (ConsumerRecord<byte[], byte[]> record : opened.poll(POLL)) {
        T value = read(record);
        if (value != null) {
          listener.read(record, value);
        }
      }
      listener.looked(
          ends.entrySet().stream().allMatch(e -> opened.position(e.getKey()) >= e.getValue()));
    }
  }

  /** The record, or null if it is none of the contract. */
  private @Nullable T read(ConsumerRecord<byte[], byte[]> record) {
    AvroWire present = wire;
    if (present == null) {
      present = new AvroWire(registries.get());
      wire = present;
    }
    try {
      return present.decode(record.value(), contract);
    } catch (WireFormatException e) {
      LOG.warn(
          "{}-{} offset {}: {}; skipped",
          topic,
          record.partition(),
          record.offset(),
          e.getMessage());
      return null;
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
