package io.millrace.parameters;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.embedding.RowFormat;
import io.millrace.event.RowUpdate;
import io.millrace.event.VersionManifest;
import io.millrace.schema.SchemaRegistry;
import io.millrace.wire.AvroWire;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Publishes versions of a model whose changed rows and tensor hold the version as their value. */
final class TestPublisher implements AutoCloseable {
  static final int WIDTH = 4;

  private final String topic;
  private final AvroWire wire;
  private final int rowSchemaId;
  private final KafkaProducer<byte[], byte[]> producer;
  private List<Long> clickTimes = List.of();
  private String modelConfig = "{}";
  private long incarnation;
  private @Nullable String fault;
  private @Nullable Long soundVersion;

  TestPublisher(EmbeddedKafka kafka, String topic, SchemaRegistry registry) {
    this.topic = topic;
    this.wire = new AvroWire(registry);
    this.rowSchemaId =
        registry.register("io.millrace.event.RowUpdate", RowUpdate.getClassSchema()).id();
    Map<String, Object> properties = new HashMap<>(kafka.client());
    properties.put("transactional.id", "test-" + topic);
    properties.put("linger.ms", "5");
    this.producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    producer.initTransactions();
  }

  /** The clicks that later publishes say they learned from. */
  void clickTimes(Long... times) {
    clickTimes = List.of(times);
  }

  /** The model that later publishes belong to. */
  void modelConfig(String json) {
    modelConfig = json;
  }

  /** The incarnation that later publishes belong to. */
  void incarnation(long number) {
    incarnation = number;
  }

  /** Why later publishes are not to be served, and the last sound version; or null. */
  void fault(@Nullable String words, @Nullable Long sound) {
    fault = words;
    soundVersion = sound;
  }

  /** One committed publish. */
  void publish(long version, long base, long... rows) {
    begin();
    rows(version, rows);
    manifest(version, base, rows.length);
    commit();
  }

  void begin() {
    producer.beginTransaction();
  }

  void rows(long version, long... rows) {
    rows((float) version, rows);
  }

  /** Rows and a bias of one value. */
  void rows(float value, long... rows) {
    float[] values = new float[WIDTH];
    Arrays.fill(values, value);
    for (long row : rows) {
      send(
          ParameterKeys.row(row),
          RowUpdates.encode(rowSchemaId, row, RowFormat.FP32, values, 0, WIDTH));
    }
    send(ParameterKeys.tensor("bias"), wire.encode(Manifests.tensor("bias", value, 0.5f)));
  }

  void remove(long row) {
    var unused = producer.send(new ProducerRecord<>(topic, 0, ParameterKeys.row(row), null));
  }

  void send(byte[] key, byte[] value) {
    var unused = producer.send(new ProducerRecord<>(topic, 0, key, value));
  }

  void manifest(long version, long base, int rows) {
    VersionManifest manifest = Manifests.manifest(modelConfig, version, base, rows, 1);
    manifest.setClickTimes(clickTimes);
    manifest.setIncarnation(incarnation);
    manifest.setFault(fault);
    manifest.setSoundVersion(soundVersion);
    send(ParameterKeys.manifest(), wire.encode(manifest));
  }

  void flush() {
    producer.flush();
  }

  void commit() {
    producer.commitTransaction();
  }

  void abort() {
    producer.abortTransaction();
  }

  @Override
  public void close() {
    producer.close();
  }
}
