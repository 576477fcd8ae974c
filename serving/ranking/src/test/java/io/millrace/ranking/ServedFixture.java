package io.millrace.ranking;

import io.millrace.embedding.TableSnapshot;
import io.millrace.event.VersionManifest;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Learner;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.metrics.ExampleCounts;
import io.millrace.metrics.LearnerFigures;
import io.millrace.metrics.Metrics;
import io.millrace.metrics.ProgressiveFigures;
import io.millrace.model.TensorSpec;
import io.millrace.parameters.Freshness;
import io.millrace.parameters.ModelSnapshot;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.apache.avro.Schema;

/** Versions of models for tests. */
public final class ServedFixture {
  /** A number that is used as it is, and values that are only carried. */
  public static final FeatureSchema RAW =
      FeatureSchema.parse(
          new Schema.Parser()
              .parse(
                  """
                  {"type":"record","name":"Raw","millrace":{"id":"impression_id","time":"at"},
                   "fields":[
                    {"name":"impression_id","type":"string"},
                    {"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},
                    {"name":"ad_id","type":"string","feature":{"kind":"categorical"}},
                    {"name":"price","type":["null","double"],"default":null,
                     "feature":{"kind":"numeric"}},
                    {"name":"weight","type":["null","double"],"default":null,
                     "feature":{"kind":"numeric"}},
                    {"name":"carried","type":{"type":"array","items":"double"},"default":[]}]}
                  """));

  public static final FeatureSchema SCHEMA =
      FeatureSchema.parse(
          new Schema.Parser()
              .parse(
                  """
                  {"type":"record","name":"AdImpression","namespace":"shop.ads",
                   "millrace":{"id":"impression_id","time":"event_time",
                               "table":{"rows":4096,"dim":16}},
                   "fields":[
                    {"name":"impression_id","type":"string"},
                    {"name":"event_time","type":{"type":"long","logicalType":"timestamp-millis"}},
                    {"name":"user_id","type":"string",
                     "feature":{"kind":"categorical","lookups":2}},
                    {"name":"ad_id","type":"string",
                     "feature":{"kind":"categorical","lookups":2}},
                    {"name":"hour","type":["null","int"],"default":null,
                     "feature":{"kind":"categorical"}},
                    {"name":"price","type":["null","double"],"default":null,
                     "feature":{"kind":"numeric","transform":"log1p"}},
                    {"name":"history","type":{"type":"array","items":"string"},"default":[],
                     "feature":{"kind":"sequence","max":20,"shares":"ad_id"}}]}
                  """));

  private ServedFixture() {}

  /** A version whose values are random, different for each version, and reproducible. */
  public static ModelSnapshot version(String model, ModelKind kind, long version) {
    return version(model, kind, version, SCHEMA);
  }

  /** The same of another schema. */
  public static ModelSnapshot version(
      String model, ModelKind kind, long version, FeatureSchema schema) {
    return version(ModelConfig.defaults(kind, model, schema), version, schema);
  }

  /** The same of another configuration. */
  public static ModelSnapshot version(ModelConfig config, long version, FeatureSchema schema) {
    SplittableRandom random = new SplittableRandom(version);
    try (CompiledModel compiled = CompiledModel.of(config, schema)) {
      int width = compiled.scheme().rowWidth();
      TableSnapshot.Builder table = compiled.initialTable().with();
      float[] row = new float[width];
      for (long r = 0; r < config.rows(); r++) {
        for (int i = 0; i < width; i++) {
          row[i] = (float) (random.nextDouble() - 0.5);
        }
        table.put(r, row, 0);
      }
      Map<String, float[]> tensors = new HashMap<>();
      for (TensorSpec spec : compiled.model().tensors()) {
        float[] values = new float[spec.size()];
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) (random.nextDouble() - 0.5);
        }
        tensors.put(spec.name(), values);
      }
      if (compiled.scalesNumbers()) {
        float[] scales = new float[compiled.scheme().fields()];
        Arrays.fill(scales, 1);
        tensors.put(Learner.NUMERIC_SCALES, scales);
      }
      return new ModelSnapshot(
          config.name(),
          version,
          manifest(config, schema, version),
          table.build(),
          tensors,
          version);
    }
  }

  /** What is published with a version. */
  public static VersionManifest manifest(ModelConfig config, FeatureSchema schema, long version) {
    return VersionManifest.newBuilder()
        .setModel(config.name())
        .setVersion(version)
        .setBaseVersion(0)
        .setPublishedTime(Instant.ofEpochMilli(1_000_000 + version))
        .setModelConfig(config.toJson())
        .setFeatureSchema(schema.avro().toString())
        .setRows(0)
        .setTensors(0)
        .setClickTimes(List.of())
        .build();
  }

  /** A source whose version the test sets. */
  public static class Source implements ModelSource {
    private final String model;

    /** The newest version. */
    public volatile Optional<ModelSnapshot> current = Optional.empty();

    /** Whether all that was published is in. */
    public volatile boolean caughtUp = true;

    /** Has no version yet. */
    public Source(String model) {
      this.model = model;
    }

    /** Has one. */
    public Source(ModelSnapshot snapshot) {
      this(snapshot.model());
      current = Optional.of(snapshot);
    }

    @Override
    public String model() {
      return model;
    }

    @Override
    public Optional<ModelSnapshot> current() {
      return current;
    }

    @Override
    public boolean caughtUp() {
      return caughtUp;
    }

    @Override
    public Optional<LearnerFigures> figures() {
      double nan = Double.NaN;
      Metrics total = new Metrics(4, 1, 0.75, nan, nan, nan, nan, nan, nan, nan);
      Metrics segment = new Metrics(2, 1, 0.7, nan, nan, nan, nan, nan, nan, nan);
      return Optional.of(
          new LearnerFigures(
              4,
              ExampleCounts.NONE,
              1,
              new ProgressiveFigures(total, List.of(segment), segment, null, null, null),
              OptionalDouble.empty()));
    }

    @Override
    public Freshness.Summary freshness() {
      return new Freshness.Summary(3, 210, 300, 400, 450);
    }

    @Override
    public void close() {}
  }
}
