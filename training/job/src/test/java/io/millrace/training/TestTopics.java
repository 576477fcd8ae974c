package io.millrace.training;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.embedding.TableSnapshot;
import io.millrace.event.LearnerMetrics;
import io.millrace.event.VersionManifest;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.metrics.LearnerFigures;
import io.millrace.metrics.LearnerMetricsFormat;
import io.millrace.parameters.ParameterView;
import io.millrace.parameters.ParameterViewConfig;
import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.schema.SchemaRegistry;
import io.millrace.topic.KafkaAccess;
import io.millrace.topic.NewestRecord;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** One platform's topics on a test broker, with a registry and a producer for {@code examples}. */
final class TestTopics implements AutoCloseable {
  final Topics topics;
  final SchemaRegistry registry;
  final TestExamples examples;
  private final String bootstrap;
  private final Map<String, Object> client;
  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> consumer;

  /** Creates the topics of these models under a prefix. */
  TestTopics(EmbeddedKafka kafka, String prefix, int partitions, String... models) {
    this(kafka.bootstrapServers(), prefix, partitions, models);
  }

  /** The same of a broker in another process. */
  TestTopics(String bootstrap, String prefix, int partitions, String... models) {
    this.bootstrap = bootstrap;
    client = Map.of("bootstrap.servers", bootstrap);
    topics = new Topics(prefix);
    var unused = TopicAdmin.create(client, topics, List.of(models), partitions, 1);
    registry = new KafkaSchemaRegistry(client, topics.schemas(), Clock.systemUTC());
    examples = new TestExamples(registry);
    Map<String, Object> producing = new HashMap<>(client);
    producing.put("linger.ms", "5");
    producing.put("batch.size", "131072");
    producer = new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer());
    Map<String, Object> reading = new HashMap<>(client);
    reading.put("isolation.level", "read_committed");
    reading.put("enable.auto.commit", "false");
    consumer =
        new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** Publishes as often as it can. */
  TrainingJobConfig job(ModelConfig model) {
    return new TrainingJobConfig(
        KafkaAccess.of(bootstrap), topics.prefix(), model.toJson(), 1, 100);
  }

  void write(byte[] example) {
    var unused = producer.send(new ProducerRecord<>(topics.examples(), 0, null, example));
  }

  /** Writes to the one partition of a topic. */
  void write(String topic, byte[] key, byte[] value) {
    var unused = producer.send(new ProducerRecord<>(topic, 0, key, value));
  }

  void flush() {
    producer.flush();
  }

  /** The offset after the last record of {@code examples}. */
  long end() {
    return end(new TopicPartition(topics.examples(), 0));
  }

  private long end(TopicPartition partition) {
    return Objects.requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
  }

  /** Reads a topic's committed records from its start to its present end. */
  void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> to) {
    TopicPartition partition = new TopicPartition(topic, 0);
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
    long end = end(partition);
    while (consumer.position(partition) < end) {
      consumer.poll(Duration.ofMillis(50)).forEach(to);
    }
  }

  /** What a learner said of itself last. */
  LearnerFigures figures(String model) {
    AvroWire wire = new AvroWire(registry);
    List<LearnerMetrics> all = new ArrayList<>();
    read(
        topics.learnerMetrics(model),
        record -> all.add(wire.decode(record.value(), LearnerMetrics.class)));
    return LearnerMetricsFormat.read(all.get(all.size() - 1));
  }

  /** What a learner says of itself, followed as a server does. */
  NewestRecord<LearnerMetrics> metrics(String model) {
    return new NewestRecord<>(
        new HashMap<>(client), topics.learnerMetrics(model), LearnerMetrics.class, () -> registry);
  }

  /** A server's view that keeps its copy in a directory. */
  ParameterView view(String model, Path directory) {
    return new ParameterView(
        ParameterViewConfig.of(model, topics.parameters(model), new HashMap<>(client), directory),
        () -> registry,
        TestTopics::initialTable,
        Clock.systemUTC());
  }

  @Override
  public void close() {
    consumer.close();
    producer.close();
    registry.close();
  }

  private static TableSnapshot initialTable(VersionManifest manifest) {
    FeatureSchema schema =
        FeatureSchema.parse(new Schema.Parser().parse(manifest.getFeatureSchema()));
    try (CompiledModel compiled =
        CompiledModel.of(ModelConfig.fromJson(manifest.getModelConfig()), schema)) {
      return compiled.initialTable();
    }
  }
}
