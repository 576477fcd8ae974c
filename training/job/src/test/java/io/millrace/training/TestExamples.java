package io.millrace.training;

import io.millrace.event.ArmLearning;
import io.millrace.event.Example;
import io.millrace.event.Progress;
import io.millrace.event.Served;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.schema.SchemaRegistry;
import io.millrace.wire.AvroWire;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** What the ingestion job writes to {@code examples}, for tests: a pure function of a number. */
final class TestExamples {
  static final long T = 1_700_000_000_000L;
  static final FeatureSchema SCHEMA = schema("shop.ads.Shown");
  static final FeatureSchema OTHER = schema("shop.mail.Sent");

  private final AvroWire wire;

  TestExamples(SchemaRegistry registry) {
    registry.register(SCHEMA.name(), SCHEMA.avro());
    wire = new AvroWire(registry);
  }

  private static FeatureSchema schema(String name) {
    String json =
        """
        {"type":"record","name":"%s","millrace":{"table":{"rows":512,"dim":4}},
         "fields":[
          {"name":"user","type":"string","feature":{"kind":"categorical"}},
          {"name":"ad","type":"string","feature":{"kind":"categorical","lookups":2}},
          {"name":"price","type":["null","double"],"feature":{"kind":"numeric"}}]}
        """;
    return FeatureSchema.parse(new Schema.Parser().parse(json.formatted(name)));
  }

  /** Small models: autoint with one layer of one head of 4. */
  static ModelConfig config(ModelKind kind, int stepSize) {
    ModelConfig config =
        ModelConfig.defaults(kind, kind.name().toLowerCase(java.util.Locale.ROOT), SCHEMA)
            .with("{\"stepSize\":" + stepSize + "}");
    return kind == ModelKind.AUTOINT
        ? config.with("{\"architecture\":{\"layers\":1,\"heads\":1,\"headDim\":4}}")
        : config;
  }

  private byte[] features(FeatureSchema schema, SplittableRandom random, @Nullable Double price) {
    GenericRecord record = new GenericData.Record(schema.avro());
    record.put("user", "u" + random.nextInt(40));
    record.put("ad", "a" + random.nextInt(25));
    record.put("price", price);
    return wire.encode(record);
  }

  private byte[] encode(int i, int label, byte[] features, @Nullable Served served) {
    return wire.encode(
        Example.newBuilder()
            .setExampleId("e" + i)
            .setEventTime(Instant.ofEpochMilli(T + i))
            .setLabel(label)
            .setClickWrittenTime(label == 1 ? T + i : 0)
            .setFeatures(ByteBuffer.wrap(features))
            .setServed(served)
            .build());
  }

  /** Which of 40 users an example of this number is of. */
  static int user(int i) {
    return new SplittableRandom(i).nextInt(40);
  }

  /** How long after its event time the label of a live example is final. */
  static final long WINDOW = 60_000;

  /**
   * A live example of impression {@code i}, for which {@code lr} answered a quarter.
   *
   * @param corrects whether an earlier one had the other label
   */
  byte[] live(int i, int label, boolean corrects) {
    SplittableRandom random = new SplittableRandom(i);
    byte[] features = features(SCHEMA, random, 1.5);
    return wire.encode(
        Example.newBuilder()
            .setExampleId("live" + i)
            .setEventTime(Instant.ofEpochMilli(T + i))
            .setLabel(label)
            .setClickWrittenTime(label == 1 ? T + i : 0)
            .setFeatures(ByteBuffer.wrap(features))
            .setServed(new Served("lr", 1L, 0.25f, 0L, List.of(), null))
            .setCorrectedLabel(corrects ? 1 - label : null)
            .setLabelFinalTime(T + i + WINDOW)
            .build());
  }

  /** Example {@code i}; every third is clicked, at T + i. */
  byte[] example(int i) {
    SplittableRandom random = new SplittableRandom(i);
    Double price = i % 5 == 0 ? null : Double.valueOf(random.nextDouble() * 10);
    return encode(i, i % 3 == 0 ? 1 : 0, features(SCHEMA, random, price), null);
  }

  /** Example {@code i} as one that a model had answered. */
  byte[] served(int i, String model, float probability, long encodingHash) {
    byte[] features = features(SCHEMA, new SplittableRandom(i), 1.0);
    return encode(
        i,
        i % 3 == 0 ? 1 : 0,
        features,
        new Served(model, 7L, probability, encodingHash, List.of(), null));
  }

  /** Example {@code i}, which a model had answered in an experiment of two models with a policy. */
  byte[] inExperiment(int i, String model, String policy, String... models) {
    byte[] features = features(SCHEMA, new SplittableRandom(i), 1.0);
    ArmLearning learning = new ArmLearning("pace", policy, List.of(models));
    Served served = new Served(model, 7L, 0.5f, 0L, List.of(), learning);
    return encode(i, i % 3 == 0 ? 1 : 0, features, served);
  }

  /** An example of another feature schema. */
  byte[] other(int i) {
    return encode(i, 0, features(OTHER, new SplittableRandom(i), 1.0), null);
  }

  /** An example with a feature that its schema forbids. */
  byte[] invalid(int i) {
    return encode(i, 0, features(SCHEMA, new SplittableRandom(i), Double.NaN), null);
  }

  /** A click with a number that no linear model can learn from unless numbers are scaled. */
  byte[] huge(int i) {
    return encode(i, 1, features(SCHEMA, new SplittableRandom(i), 1e15), null);
  }

  /** The same as one that a model had answered. */
  byte[] hugeServed(int i, String model) {
    return encode(
        i,
        1,
        features(SCHEMA, new SplittableRandom(i), 1e15),
        new Served(model, 7L, 0.9f, 1L, List.of(), null));
  }

  /** The same model with numbers as they are. */
  static ModelConfig unscaled(ModelConfig config) {
    return config.with("{\"numericScaling\":{\"method\":\"none\"}}");
  }

  /** An example with this label. */
  byte[] labelled(int i, int label) {
    return encode(i, label, features(SCHEMA, new SplittableRandom(i), 1.0), null);
  }

  byte[] mark(long eventTime) {
    return wire.encode(Progress.newBuilder().setEventTime(Instant.ofEpochMilli(eventTime)).build());
  }
}
