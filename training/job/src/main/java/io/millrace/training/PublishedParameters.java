package io.millrace.training;

import io.millrace.event.VersionManifest;
import io.millrace.parameters.ParameterKeys;
import io.millrace.topic.KafkaAccess;
import io.millrace.wire.AvroWire;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.roaringbitmap.longlong.Roaring64Bitmap;

/**
 * What {@code parameters.<model>} holds: which rows have a value, and the last manifest. Read once
 * at start, after older learners were fenced, so it stays true until the first publish.
 */
final class PublishedParameters {
  private static final Duration POLL = Duration.ofMillis(100);

  private final Roaring64Bitmap rows = new Roaring64Bitmap();
  private @Nullable VersionManifest manifest;

  private PublishedParameters() {}

  /** Reads the topic's committed records to their end. */
  static PublishedParameters read(KafkaAccess kafka, String topic, AvroWire wire) {
    Map<String, Object> properties = kafka.client();
    properties.put("isolation.level", "read_committed");
    properties.put("enable.auto.commit", "false");
    properties.put("max.poll.records", "20000");
    PublishedParameters all = new PublishedParameters();
    TopicPartition partition = new TopicPartition(topic, 0);
    byte[] last = null;
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = Objects.requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          byte[] manifest = all.add(record.key(), record.value());
          last = manifest == null ? last : manifest;
        }
      }
    }
    all.manifest = last == null ? null : wire.decode(last, VersionManifest.class);
    return all;
  }

  /** Takes a record; returns its value if it is a manifest. */
  private byte @Nullable [] add(byte @Nullable [] key, byte @Nullable [] value) {
    if (key == null) {
      return null;
    }
    if (ParameterKeys.isRow(key)) {
      if (value == null) {
        rows.removeLong(ParameterKeys.rowOf(key));
      } else {
        rows.addLong(ParameterKeys.rowOf(key));
      }
      return null;
    }
    return ParameterKeys.isManifest(key) ? value : null;
  }

  /** Rows with a value; the caller may change the set. */
  Roaring64Bitmap rows() {
    return rows;
  }

  /** The last manifest, or null if nothing was ever published. */
  @Nullable VersionManifest manifest() {
    return manifest;
  }
}
