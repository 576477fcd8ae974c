package io.millrace.standalone;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.event.RejectedEvent;
import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.schema.SchemaRegistry;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import io.millrace.wire.EventText;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads the events that were rejected, each kept whole with its reason. */
public final class RejectedEvents {
  private static final Duration POLL = Duration.ofMillis(200);

  private static final int MOST_CHARACTERS = 1_000;

  private RejectedEvents() {}

  /**
   * A rejected event.
   *
   * @param key of its record, or null
   * @param text the event itself as a text for people, cut where it is long
   */
  public record Kept(@Nullable String key, RejectedEvent event, String text) {}

  /**
   * Gives those of a data directory on which no platform runs, oldest first.
   *
   * @throws UserError if it is none of a platform with a Kafka of its own
   */
  public static void ofDirectory(DataDirectory directory, Consumer<Kept> each) {
    String cluster = directory.known("cluster.id");
    if (cluster == null) {
      throw new UserError(
          "%s holds no events, expected the data directory of a replay, of 'up' or of a demo"
              .formatted(directory.root()));
    }
    try (EmbeddedKafka kafka = new EmbeddedKafka(directory.kafka(), cluster).start();
        SchemaRegistry registry =
            new KafkaSchemaRegistry(kafka.client(), Topics.DEFAULT.schemas(), Clock.systemUTC())) {
      read(kafka.client(), Topics.DEFAULT, registry, each);
    }
  }

  /** Gives all of a running platform, those of each partition oldest first. */
  public static void read(
      Map<String, Object> client, Topics topics, SchemaRegistry registry, Consumer<Kept> each) {
    AvroWire wire = new AvroWire(registry);
    Map<String, Object> properties = new HashMap<>(client);
    properties.put("enable.auto.commit", "false");
    properties.put("isolation.level", "read_committed");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topics.rejected()).stream()
              .map(p -> new TopicPartition(p.topic(), p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          byte[] key = record.key();
          RejectedEvent event = wire.decode(record.value(), RejectedEvent.class);
          each.accept(
              new Kept(
                  key == null ? null : new String(key, StandardCharsets.UTF_8),
                  event,
                  EventText.of(event.getOriginalValue(), wire, MOST_CHARACTERS)));
        }
      }
    }
  }
}
