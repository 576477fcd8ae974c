package io.millrace.demo;

import io.millrace.event.Click;
import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.FeatureRecords;
import io.millrace.feature.FeatureSchema;
import io.millrace.schema.SchemaRegistry;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import io.millrace.world.Ad;
import io.millrace.world.AdRequest;
import io.millrace.world.Outcome.Defect;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Writes what follows from impressions to the platform's topics. Not thread-safe. */
final class EventWriter implements AutoCloseable {
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);
  private static final int NEVER_ISSUED = Integer.MAX_VALUE;

  private final KafkaProducer<byte[], byte[]> producer;
  private final Topics topics;
  private final AvroWire wire;
  private final FeatureSchema schema = BuiltInSchemas.load(BuiltInSchemas.AD_WORLD);
  private final String runId;
  private long sequence;

  /**
   * @param runId keeps ids that are made up here apart from those of other runs
   */
  EventWriter(
      Map<String, Object> clientProperties, Topics topics, SchemaRegistry registry, String runId) {
    Map<String, Object> config = new HashMap<>(clientProperties);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.putIfAbsent(ProducerConfig.CLIENT_ID_CONFIG, "millrace-demo");
    this.producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    this.topics = topics;
    this.wire = new AvroWire(registry);
    this.runId = runId;
  }

  /** Writes a click. */
  void click(String impressionId, long timeMillis) {
    byte[] value = wire.encode(new Click(impressionId, Instant.ofEpochMilli(timeMillis)));
    send(topics.clicks(), impressionId, value);
  }

  /** Writes an impression that the server has logged already. */
  void impression(String impressionId, long timeMillis, AdRequest request, Ad ad) {
    send(
        topics.impressions(),
        impressionId,
        wire.encode(features(impressionId, timeMillis, request, ad)));
  }

  /** Writes something that cannot be used. */
  void invalid(Defect defect, long timeMillis, AdRequest request, Ad ad) {
    String id = "invalid-%s-%d".formatted(runId, sequence++);
    switch (defect) {
      case MALFORMED_BYTES ->
          send(topics.impressions(), id, "not an event".getBytes(StandardCharsets.UTF_8));
      case UNKNOWN_SCHEMA_ID ->
          send(
              topics.clicks(),
              id,
              ByteBuffer.allocate(7).put((byte) 0).putInt(NEVER_ISSUED).array());
      case NAN_PRICE -> {
        GenericRecord features = features(id, timeMillis, request, ad);
        features.put("price", Double.NaN);
        send(topics.impressions(), id, wire.encode(features));
      }
      case CLICK_FOR_UNKNOWN_IMPRESSION -> click(id, timeMillis);
      case ABSURD_EVENT_TIME ->
          send(topics.impressions(), id, wire.encode(features(id, 0, request, ad)));
    }
  }

  /** Waits until Kafka has everything. */
  void flush() {
    producer.flush();
  }

  @Override
  public void close() {
    producer.close(CLOSE_WAIT);
  }

  private GenericRecord features(String id, long timeMillis, AdRequest request, Ad ad) {
    Map<String, @Nullable Object> values = new HashMap<>(request.contextFeatures());
    values.putAll(AdRequest.adFeatures(ad));
    values.put("impression_id", id);
    values.put("event_time", timeMillis);
    return FeatureRecords.fromMap(schema, values);
  }

  private void send(String topic, String key, byte[] value) {
    producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value));
  }
}
