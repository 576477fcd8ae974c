package io.millrace.e2e;

import io.millrace.embedding.EmbeddingTable;
import io.millrace.embedding.TableSnapshot;
import io.millrace.event.Example;
import io.millrace.event.LearnerMetrics;
import io.millrace.event.VersionManifest;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureEvolution;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Learner;
import io.millrace.learner.ModelConfig;
import io.millrace.model.Label;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.parameters.ParameterView;
import io.millrace.parameters.ParameterViewConfig;
import io.millrace.schema.SchemaRegistry;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;

/** The examples of a platform, and whether a model is what they make of it. */
final class LearnedLog {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Map<String, Object> client;
  private final SchemaRegistry registry;
  private final AvroWire wire;

  LearnedLog(Map<String, Object> client, SchemaRegistry registry) {
    this.client = client;
    this.registry = registry;
    this.wire = new AvroWire(registry);
  }

  /** The log of examples, with what was written twice. */
  List<Example> examples() {
    List<Example> examples = new ArrayList<>();
    WholeTopic.read(
        client,
        Topics.DEFAULT.examples(),
        record -> {
          if (wire.schemaOf(record.value()).schema().equals(Example.getClassSchema())) {
            examples.add(wire.decode(record.value(), Example.class));
          }
        });
    return examples;
  }

  /** Examples by id, of each the first: what a learner of a file must have learned. */
  static Map<String, Example> distinct(List<Example> examples) {
    Map<String, Example> byId = new LinkedHashMap<>();
    examples.forEach(example -> byId.putIfAbsent(example.getExampleId(), example));
    return byId;
  }

  /** How many examples a model's learner said last that it has learned. */
  long learned(String model) {
    long[] learned = {-1};
    WholeTopic.read(
        client,
        Topics.DEFAULT.learnerMetrics(model),
        record ->
            learned[0] =
                wire.decode(record.value(), LearnerMetrics.class).getCounts().getLearned());
    return learned[0];
  }

  /** The published model, loaded from its topic alone into an empty folder. */
  ModelSnapshot published(String model, Path folder) throws InterruptedException {
    try (ParameterView view =
        new ParameterView(
            ParameterViewConfig.of(model, Topics.DEFAULT.parameters(model), client, folder),
            () -> registry,
            LearnedLog::initialTable,
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
   * Where a published model and one that learns the log in one go, one example at a time, differ,
   * taking each newer schema as it comes; empty if they are the same to the last bit. Of an id the
   * last label counts, which undoes the one before; of a file, whose labels are final, the first.
   */
  String difference(ModelSnapshot published) {
    ModelConfig config = ModelConfig.fromJson(published.manifest().getModelConfig());
    if (config.stepSize() != 1) {
      throw new IllegalArgumentException("stepSize: " + config.stepSize() + ", expected 1");
    }
    float[] probability = new float[1];
    CompiledModel compiled = null;
    Learner learner = null;
    EncodedBatch batch = null;
    int schemaId = 0;
    Map<String, Integer> labels = new HashMap<>();
    for (Example example : examples()) {
      if (!example.getOutcome().equals(config.outcome())) {
        continue;
      }
      Integer before = labels.put(example.getExampleId(), example.getLabel());
      boolean isFinal = example.getLabelFinalTime() == 0;
      if (before != null && (isFinal || before == example.getLabel())) {
        continue;
      }
      byte label =
          before == null
              ? (byte) example.getLabel()
              : example.getLabel() == 1 ? Label.YES_AFTER_NO : Label.NO_AFTER_YES;
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
      learner.learn(batch, new byte[] {label}, probability);
    }
    return learner == null ? "no example" : difference(published, learner);
  }

  private static String difference(ModelSnapshot published, Learner learner) {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    for (int t = 0; t < learner.tensors().specs().size(); t++) {
      tensors.put(learner.tensors().specs().get(t).name(), learner.tensors().values()[t]);
    }
    return difference(published, learner.table(), tensors);
  }

  /** Where a published model and another differ; empty if they are the same to the last bit. */
  static String difference(ModelSnapshot published, ModelSnapshot expected) {
    return difference(published, expected.table(), expected.tensors());
  }

  private static String difference(
      ModelSnapshot published, EmbeddingTable table, Map<String, float[]> tensors) {
    int width = table.rowWidth();
    float[] expected = new float[width];
    float[] actual = new float[width];
    for (long row = 0; row < table.rows(); row++) {
      Arrays.fill(expected, 0);
      Arrays.fill(actual, 0);
      table.addRow(row, 1, expected, 0);
      published.table().addRow(row, 1, actual, 0);
      String difference = difference("row " + row, actual, expected);
      if (!difference.isEmpty()) {
        return difference;
      }
    }
    for (Map.Entry<String, float[]> tensor : tensors.entrySet()) {
      String name = tensor.getKey();
      String difference = difference("tensor " + name, published.tensor(name), tensor.getValue());
      if (!difference.isEmpty()) {
        return difference;
      }
    }
    return "";
  }

  private static String difference(String what, float[] actual, float[] expected) {
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToRawIntBits(expected[i]) != Float.floatToRawIntBits(actual[i])) {
        return "%s value %d: %s published, %s expected".formatted(what, i, actual[i], expected[i]);
      }
    }
    return "";
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
