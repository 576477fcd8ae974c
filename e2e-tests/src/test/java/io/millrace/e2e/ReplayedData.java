package io.millrace.e2e;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.event.Example;
import io.millrace.event.RejectedEvent;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureEvolution;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Learner;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.PublishedModels;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.parameters.ParameterView;
import io.millrace.parameters.ParameterViewConfig;
import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.registry.SchemaRegistry;
import io.millrace.standalone.DataDirectory;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What a replay left in its data directory, read with nothing but a broker: no job and no server
 * runs.
 */
final class ReplayedData implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final DataDirectory directory;
  private final EmbeddedKafka kafka;
  private final KafkaSchemaRegistry registry;
  private final AvroWire wire;

  ReplayedData(Path root) {
    directory = DataDirectory.open(root);
    kafka =
        new EmbeddedKafka(
                directory.kafka(), directory.fixed("cluster.id", EmbeddedKafka.newClusterId()))
            .start();
    registry = new KafkaSchemaRegistry(client(), Topics.DEFAULT.schemas(), Clock.systemUTC());
    wire = new AvroWire(registry);
  }

  private Map<String, Object> client() {
    return kafka.client();
  }

  /** The log of examples, with what was written twice. */
  List<Example> examples() {
    List<Example> examples = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : read(Topics.DEFAULT.examples())) {
      if (wire.schemaOf(record.value()).schema().equals(Example.getClassSchema())) {
        examples.add(wire.decode(record.value(), Example.class));
      }
    }
    return examples;
  }

  /** The examples by id, of each the first: what a learner must have learned. */
  static Map<String, Example> distinct(List<Example> examples) {
    Map<String, Example> byId = new LinkedHashMap<>();
    examples.forEach(example -> byId.putIfAbsent(example.getExampleId(), example));
    return byId;
  }

  /** Rejected rows: key to reason and detail, in the order of the topic; equal ones once each. */
  List<RejectedEvent> rejected() {
    return read(Topics.DEFAULT.rejected()).stream()
        .map(record -> wire.decode(record.value(), RejectedEvent.class))
        .toList();
  }

  /** The clicks in the topic that a replay wrote: rows by number. */
  List<String> keys(String topic) {
    return read(topic).stream()
        .map(record -> new String(record.key(), StandardCharsets.UTF_8))
        .toList();
  }

  private List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    WholeTopic.read(client(), topic, records::add);
    return records;
  }

  /** The published model, loaded from its topic alone into an empty folder. */
  ModelSnapshot published(String model, Path folder) throws InterruptedException {
    try (ParameterView view =
        new ParameterView(
            ParameterViewConfig.of(model, Topics.DEFAULT.parameters(model), client(), folder),
            () -> registry,
            new PublishedModels(),
            Clock.systemUTC())) {
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (!view.caughtUp() || view.current().isEmpty()) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("model " + model + " not loaded within " + LIMIT);
        }
        Thread.sleep(20);
      }
      return view.current().orElseThrow();
    }
  }

  /**
   * Where a published model and one that learns the examples in one go, one at a time, differ,
   * taking each newer schema as it comes; empty if they are the same to the last bit.
   */
  String difference(ModelSnapshot published, Iterable<Example> examples) {
    ModelConfig config = ModelConfig.fromJson(published.manifest().getModelConfig());
    if (config.stepSize() != 1) {
      throw new IllegalArgumentException("stepSize: " + config.stepSize() + ", expected 1");
    }
    float[] probability = new float[1];
    CompiledModel compiled = null;
    Learner learner = null;
    EncodedBatch batch = null;
    int schemaId = 0;
    for (Example example : examples) {
      ByteBuffer features = example.getFeatures().duplicate();
      byte[] bytes = new byte[features.remaining()];
      features.get(bytes);
      SchemaRegistry.RegisteredSchema written = wire.schemaOf(bytes);
      if (compiled == null || learner == null || batch == null || written.id() > schemaId) {
        FeatureSchema schema = FeatureSchema.parse(written.schema());
        CompiledModel next = CompiledModel.of(config, schema);
        learner =
            compiled == null || learner == null
                ? new Learner(next, Long.MAX_VALUE)
                : learner.grown(next, FeatureEvolution.positions(compiled.schema(), schema));
        compiled = next;
        batch = new EncodedBatch(compiled.encoder().fields());
        schemaId = written.id();
      }
      batch.clear();
      compiled.encoder().encode(wire.decode(bytes, compiled.schema().avro(), null), batch);
      learner.learn(batch, new byte[] {(byte) example.getLabel()}, probability);
    }
    return learner == null ? "no example" : difference(published, learner);
  }

  private static String difference(ModelSnapshot published, Learner learner) {
    int width = learner.table().rowWidth();
    float[] expected = new float[width];
    float[] actual = new float[width];
    for (long row = 0; row < learner.table().rows(); row++) {
      for (int i = 0; i < width; i++) {
        expected[i] = 0;
        actual[i] = 0;
      }
      learner.table().addRow(row, 1, expected, 0);
      published.table().addRow(row, 1, actual, 0);
      for (int i = 0; i < width; i++) {
        if (Float.floatToRawIntBits(expected[i]) != Float.floatToRawIntBits(actual[i])) {
          return "row %d value %d: %s published, %s learned in one go"
              .formatted(row, i, actual[i], expected[i]);
        }
      }
    }
    for (int t = 0; t < learner.tensors().specs().size(); t++) {
      String name = learner.tensors().specs().get(t).name();
      float[] values = learner.tensors().values()[t];
      float[] other = published.tensor(name);
      for (int i = 0; i < values.length; i++) {
        if (Float.floatToRawIntBits(values[i]) != Float.floatToRawIntBits(other[i])) {
          return "tensor %s value %d: %s published, %s learned in one go"
              .formatted(name, i, other[i], values[i]);
        }
      }
    }
    return "";
  }

  @Override
  public void close() {
    registry.close();
    kafka.close();
    directory.close();
  }
}
