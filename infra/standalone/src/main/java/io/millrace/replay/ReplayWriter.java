package io.millrace.replay;

import io.millrace.event.Click;
import io.millrace.event.Outcome;
import io.millrace.event.Progress;
import io.millrace.event.RejectedEvent;
import io.millrace.feature.InvalidFeatureException;
import io.millrace.file.Rejection;
import io.millrace.file.Rejections;
import io.millrace.file.Row;
import io.millrace.file.SchemaFit;
import io.millrace.schema.SchemaRegistry;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import io.millrace.wire.EventRules;
import io.millrace.wire.RejectionReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows as impressions and clicks, each topic from where it ends: what a topic holds is
 * always a prefix of the same sequence (see {@link Position}). One thread.
 */
final class ReplayWriter implements AutoCloseable {
  private final Topics topics;
  private CheckedRecords records;
  private final Path file;
  private final String outcome;
  private final Clock clock;
  private final AvroWire wire;
  private final KafkaProducer<byte[], byte[]> producer;
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private final Position impressionsHeld;
  private final Position clicksHeld;
  private final Position rejectedHeld;
  private long row;
  private long events;
  private long marked;
  private final Rejections rejections = new Rejections();

  /**
   * Opens a writer.
   *
   * @param client Kafka client properties
   * @param file named in rejected rows
   * @param outcome that a row's label is of
   */
  ReplayWriter(
      Map<String, Object> client,
      Topics topics,
      SchemaRegistry registry,
      SchemaFit fit,
      Path file,
      String outcome,
      Clock clock) {
    this.topics = topics;
    this.records = new CheckedRecords(fit);
    this.file = file;
    this.outcome = outcome;
    this.clock = clock;
    this.wire = new AvroWire(registry);
    Map<String, Object> reading = new HashMap<>(client);
    reading.put("enable.auto.commit", "false");
    try (var consumer =
        new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      this.impressionsHeld = held(consumer, topics.impressions());
      this.clicksHeld = held(consumer, topics.clicks());
      // A rejected row stands in the sequence where its impression would.
      this.rejectedHeld = lastRejectedRow(consumer);
    }
    Map<String, Object> writing = new HashMap<>(client);
    writing.put("acks", "all");
    writing.put("linger.ms", "5");
    writing.put("batch.size", Integer.toString(128 << 10));
    writing.put("buffer.memory", Integer.toString(64 << 20));
    writing.put("max.request.size", Integer.toString(16 << 20));
    this.producer =
        new KafkaProducer<>(writing, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static Position held(KafkaConsumer<byte[], byte[]> consumer, String topic) {
    return Position.parse(lastKey(consumer, topic, 1));
  }

  private Position lastRejectedRow(KafkaConsumer<byte[], byte[]> consumer) {
    // The ingestion job writes here too, so look back a little for the last key of a row.
    byte[] key = lastKey(consumer, topics.rejected(), 1000);
    return Position.parse(key);
  }

  /** The key of the last record, among the last {@code reach}, that a replay wrote. */
  private static byte @Nullable [] lastKey(
      KafkaConsumer<byte[], byte[]> consumer, String topic, long reach) {
    TopicPartition partition = new TopicPartition(topic, 0);
    consumer.assign(List.of(partition));
    long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
    consumer.seek(partition, Math.max(0, end - reach));
    byte[] last = null;
    while (consumer.position(partition) < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
        byte[] key = record.key();
        if (key != null && new String(key, StandardCharsets.UTF_8).matches("[rp][0-9]+|end")) {
          last = key;
        }
      }
    }
    return last;
  }

  /** True if the topics hold the whole file already. */
  boolean complete() {
    return impressionsHeld.equals(Position.END) && clicksHeld.equals(Position.END);
  }

  /** Writes the rows from here on by another version of the schema. */
  void useSchema(SchemaFit fit) {
    records = new CheckedRecords(fit);
  }

  /** Writes the next row of the file. */
  void write(Row next) throws IOException {
    throwFailure();
    Position position = Position.ofRow(row);
    Rejection rejection = next.rejection();
    long time = Position.rowTime(row);
    byte[] value = null;
    if (rejection == null) {
      try {
        GenericRecord impression = records.of(next, position.key(), time);
        if (records.ownTime()) {
          time = records.timeOf(impression);
        }
        value = wire.encode(impression);
      } catch (InvalidFeatureException e) {
        rejection = Rejections.of(e);
      }
    }
    if (value != null && row - marked >= Position.MARK_ROWS) {
      mark(Position.ofMark(row), time);
      marked = row;
    }
    if (value == null) {
      reject(next, position, Objects.requireNonNull(rejection));
    } else {
      send(topics.impressions(), impressionsHeld, position, value);
      if (next.label() == 1) {
        Instant happened = Instant.ofEpochMilli(time + Position.CLICK_DELAY_MILLIS);
        SpecificRecord event =
            outcome.equals(EventRules.CLICK)
                ? new Click(position.key(), happened)
                : new Outcome(position.key(), outcome, happened, null, false);
        send(topics.clicks(), clicksHeld, position, wire.encode(event));
      }
    }
    row++;
  }

  private void reject(Row unusable, Position position, Rejection rejection) {
    rejections.add(unusable.line(), rejection);
    RejectedEvent event =
        RejectedEvent.newBuilder()
            .setReason(RejectionReason.INVALID_FEATURE.code())
            .setDetail(
                "line %d of %s: %s"
                    .formatted(unusable.line(), file.getFileName(), rejection.message()))
            .setTopic(topics.impressions())
            .setPartition(-1)
            .setOffset(unusable.line())
            .setRejectedTime(clock.instant())
            .setOriginalKey(null)
            .setOriginalValue(ByteBuffer.wrap(unusable.text().getBytes(StandardCharsets.UTF_8)))
            .build();
    send(topics.rejected(), rejectedHeld, position, wire.encode(event));
  }

  private void mark(Position position, long time) {
    byte[] progress =
        wire.encode(Progress.newBuilder().setEventTime(Instant.ofEpochMilli(time)).build());
    send(topics.impressions(), impressionsHeld, position, progress);
    send(topics.clicks(), clicksHeld, position, progress);
  }

  private void send(String topic, Position held, Position position, byte[] value) {
    if (position.compareTo(held) <= 0) {
      return;
    }
    events++;
    producer.send(
        new ProducerRecord<>(topic, 0, position.key().getBytes(StandardCharsets.UTF_8), value),
        (metadata, exception) -> {
          if (exception != null) {
            failure.compareAndSet(null, exception);
          }
        });
  }

  /** Ends the stream: all windows close. */
  void end() throws IOException {
    mark(Position.END, Long.MAX_VALUE);
    producer.flush();
    throwFailure();
  }

  private void throwFailure() throws IOException {
    Exception present = failure.get();
    if (present != null) {
      throw new IOException("cannot write row " + row + " of " + file + " to Kafka", present);
    }
  }

  /** Rows taken so far, also those that the topics held already. */
  long rows() {
    return row;
  }

  /** Rows that became no impression, and why. */
  Rejections rejections() {
    return rejections;
  }

  /** Records written by this writer. */
  long events() {
    return events;
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(10));
  }
}
