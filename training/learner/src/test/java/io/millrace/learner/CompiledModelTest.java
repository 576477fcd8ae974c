package io.millrace.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.embedding.RowFormat;
import io.millrace.embedding.TableSnapshot;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureRecords;
import io.millrace.feature.FeatureSchema;
import io.millrace.model.ComputeDevice;
import io.millrace.model.CtrModel;
import io.millrace.model.Engine;
import io.millrace.model.Sigmoid;
import io.millrace.model.Tensors;
import io.millrace.model.djl.DjlModel;
import io.millrace.model.kernel.KernelModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CompiledModelTest {
  private static final FeatureSchema SCHEMA =
      TestSchemas.of(
          "user", "{'kind':'categorical'}",
          "item", "{'kind':'categorical','lookups':2}",
          "place", "{'kind':'categorical'}");

  /** The default of each kind, and one that drops out and normalises by its batch. */
  static List<ModelConfig> configs() {
    List<ModelConfig> configs = new ArrayList<>();
    for (ModelKind kind : ModelKind.values()) {
      configs.add(ModelConfig.defaults(kind, "m", SCHEMA));
    }
    configs.add(
        ModelConfig.defaults(ModelKind.MLP, "m", SCHEMA)
            .with("{\"architecture\":{\"hidden\":{\"batchNorm\":true,\"dropout\":0.5}}}"));
    configs.addAll(2, embeddings());
    return configs;
  }

  /** A model of each scheme; those whose rows are parts below a mixture of experts as well. */
  private static List<ModelConfig> embeddings() {
    ModelConfig mlp = ModelConfig.defaults(ModelKind.MLP, "m", SCHEMA).with("{\"stepSize\":4}");
    ModelConfig fm = ModelConfig.defaults(ModelKind.FM, "m", SCHEMA);
    ModelConfig single = fm.with("{\"experts\":[{\"rate\":1,\"linearRate\":2}],\"mixer\":false}");
    List<ModelConfig> configs = new ArrayList<>();
    for (String scheme :
        List.of(
            "\"narrow\",\"width\":2",
            "\"mde\",\"widths\":{\"item\":2,\"user\":4}",
            "\"robe\",\"block\":4",
            "\"tt\",\"ids\":900,\"rank\":3",
            "\"dhe\",\"hashes\":16,\"width\":8,\"layers\":2")) {
      configs.add(mlp.with("{\"embedding\":{\"scheme\":" + scheme + "}}"));
      configs.add(single.with("{\"embedding\":{\"scheme\":" + scheme + "}}"));
    }
    for (String scheme : List.of("\"hash\"", "\"qr\",\"ids\":900")) {
      configs.add(mlp.with("{\"embedding\":{\"scheme\":" + scheme + "}}"));
      configs.add(fm.with("{\"embedding\":{\"scheme\":" + scheme + "}}"));
    }
    return configs;
  }

  /** A new model answers about the prior, a network within what its initial weights add. */
  @ParameterizedTest
  @MethodSource("configs")
  void aNewModelAnswersThePrior(ModelConfig config) {
    try (CompiledModel compiled = CompiledModel.of(config.with("{\"prior\":0.03}"), SCHEMA);
        CtrModel.Workspace server = compiled.model().newWorkspace()) {
      EncodedBatch batch = compiled.encoder().newBatch();
      encode(compiled, new SplittableRandom(41), batch);
      Tensors tensors = compiled.initialTensors();
      for (float p : serve(compiled, server, batch, compiled.initialTable(), tensors)) {
        assertThat(p).isBetween(0.01f, 0.09f);
      }
    }
  }

  /** What is published in parts makes a server that predicts exactly what the learner would. */
  @ParameterizedTest
  @MethodSource("configs")
  void aServerOfPublishedRowsPredictsTheSameBits(ModelConfig config) {
    try (CompiledModel compiled = CompiledModel.of(config, SCHEMA);
        Learner learner = new Learner(compiled, Long.MAX_VALUE);
        CtrModel.Workspace server = compiled.model().newWorkspace()) {
      SplittableRandom random = new SplittableRandom(41);
      EncodedBatch batch = compiled.encoder().newBatch();
      TableSnapshot table = compiled.initialTable();
      Tensors tensors = compiled.initialTensors();
      for (int step = 0; step < 120; step++) {
        byte[] labels = encode(compiled, random, batch);
        boolean fresh = step % 40 < 2; // after a long time, and after one step
        if (fresh) {
          table = publish(learner, table);
          tensors = learner.tensors().copy();
        }
        float[] served = fresh ? serve(compiled, server, batch, table, tensors) : new float[0];
        float[] learned = new float[labels.length];
        learner.learn(batch, labels, learned);
        if (fresh) {
          assertThat(served).as("step %d", step).isEqualTo(learned);
        }
      }
    }
  }

  /** Restored from pages and dense state, each learns on bit for bit. */
  @ParameterizedTest
  @MethodSource("configs")
  void eachIsRestoredBitForBit(ModelConfig config) {
    try (CompiledModel compiled = CompiledModel.of(config, SCHEMA);
        Learner steady = new Learner(compiled, 100);
        Learner restored = new Learner(compiled, 100)) {
      SplittableRandom random = new SplittableRandom(42);
      EncodedBatch batch = compiled.encoder().newBatch();
      for (int step = 0; step < 20; step++) {
        byte[] labels = encode(compiled, random, batch);
        steady.learn(batch, labels, new float[labels.length]);
      }
      restored.restoreDenseState(steady.denseState());
      steady.table().forEachPageChangedSinceCheckpoint(restored.table()::restorePage);
      for (int step = 0; step < 20; step++) {
        byte[] labels = encode(compiled, random, batch);
        float[] expected = new float[labels.length];
        float[] actual = new float[labels.length];
        steady.learn(batch, labels, expected);
        restored.learn(batch, labels, actual);
        assertThat(actual).as("step %d", step).isEqualTo(expected);
      }
      assertThat(restored.denseState()).isEqualTo(steady.denseState());
    }
  }

  /** Each step moves the running mean a tenth of the way; no optimizer does. */
  @Test
  void runningStatisticsFollowTheSteps() {
    ModelConfig config = configs().get(configs().size() - 1);
    try (CompiledModel compiled = CompiledModel.of(config, SCHEMA);
        Learner learner = new Learner(compiled, Long.MAX_VALUE);
        CtrModel.Workspace workspace = compiled.model().newWorkspace()) {
      EncodedBatch batch = compiled.encoder().newBatch();
      byte[] labels = encode(compiled, new SplittableRandom(43), batch);
      float[] x = new float[labels.length * 3 * 8];
      compiled.newFieldVectors().gather(batch, learner.table(), learner.tensors(), x);
      Tensors ofBatch = Tensors.zeros(compiled.model().tensors());
      workspace.forward(learner.tensors(), x, labels.length, 0, new float[labels.length]);
      workspace.backward(new float[labels.length], new float[x.length], ofBatch);
      learner.learn(batch, labels, new float[labels.length]);
      for (int t = 0; t < ofBatch.specs().size(); t++) {
        String name = ofBatch.specs().get(t).name();
        float before = name.equals("hidden0.norm.variance") ? 1 : 0;
        if (name.equals("hidden0.norm.mean") || name.equals("hidden0.norm.variance")) {
          for (int c = 0; c < 64; c++) {
            float expected = before + 0.1f * (ofBatch.values()[t][c] - before);
            assertThat(learner.tensors().values()[t][c]).isCloseTo(expected, within(1e-7f));
          }
        }
      }
    }
  }

  @Test
  void lrTakesOneLookupWhateverTheSchemaAsksFor() {
    ModelConfig config = ModelConfig.defaults(ModelKind.LR, "m", SCHEMA);
    try (CompiledModel compiled = CompiledModel.of(config, SCHEMA)) {
      assertThat(compiled.scheme().rowWidth()).isEqualTo(1);
      assertThat(compiled.scheme().dim()).isEqualTo(1);
      assertThat(compiled.model().fields()).isEqualTo(3);
    }
    ModelConfig fm = ModelConfig.defaults(ModelKind.FM, "m", SCHEMA);
    try (CompiledModel compiled = CompiledModel.of(fm, SCHEMA)) {
      assertThat(compiled.scheme().rowWidth()).isEqualTo(4 * fm.experts().size());
    }
  }

  @Test
  void deepModelsRunOnKernelsUnlessAnotherEngineIsNamed() {
    ModelConfig config = ModelConfig.defaults(ModelKind.MLP, "m", SCHEMA);
    assertThat(CompiledModel.of(config, SCHEMA).model()).isInstanceOf(KernelModel.class);
    assertThat(CompiledModel.of(config, SCHEMA, Engine.DJL, ComputeDevice.CPU).model())
        .isInstanceOf(DjlModel.class);
    assertThatThrownBy(() -> Engine.named("gpu"))
        .hasMessage("engine: \"gpu\", expected kernels or djl");
    assertThatThrownBy(() -> new Compute(Engine.KERNELS, "cuda"))
        .hasMessage("device: \"cuda\", expected auto, cpu, gpu or gpu:N");
    assertThat(new Compute(Engine.DJL, "cpu").ofLearners()).isEqualTo(ComputeDevice.CPU);
  }

  @Test
  void aConfigForAnotherSchemaIsRefused() {
    ModelConfig config =
        ModelConfig.defaults(ModelKind.LR, "m", SCHEMA).with("{\"subject\":\"test.Other\"}");
    assertThatThrownBy(() -> CompiledModel.of(config, SCHEMA))
        .hasMessage(
            "feature schema of model m: test.Subject, expected test.Other as its config says");
  }

  private static byte[] encode(CompiledModel compiled, SplittableRandom random, EncodedBatch into) {
    into.clear();
    byte[] labels = new byte[compiled.config().stepSize()];
    for (int b = 0; b < labels.length; b++) {
      Map<String, Object> values = new HashMap<>();
      values.put("user", "u" + random.nextInt(30));
      values.put("item", "i" + random.nextInt(200));
      values.put("place", "p" + random.nextInt(3));
      compiled.encoder().encode(FeatureRecords.fromMap(SCHEMA, values), into);
      labels[b] = (byte) random.nextInt(2);
    }
    return labels;
  }

  private static TableSnapshot publish(Learner learner, TableSnapshot before) {
    if (learner.table().rowsChangedSincePublish() == 0) {
      return before;
    }
    int width = learner.table().rowWidth();
    List<Long> rows = new ArrayList<>();
    List<byte[]> data = new ArrayList<>();
    learner
        .table()
        .forEachRowChangedSincePublish(
            (row, values, offset) -> {
              rows.add(row);
              data.add(RowFormat.FP32.encode(values, offset, width));
            });
    TableSnapshot.Builder builder = before.with();
    for (int i = 0; i < rows.size(); i++) {
      builder.put(rows.get(i), RowFormat.FP32, data.get(i));
    }
    return builder.build();
  }

  private static float[] serve(
      CompiledModel compiled,
      CtrModel.Workspace workspace,
      EncodedBatch batch,
      TableSnapshot table,
      Tensors tensors) {
    float[] x = new float[batch.size() * compiled.scheme().fields() * compiled.scheme().dim()];
    float[] logits = new float[batch.size()];
    compiled.newFieldVectors().gather(batch, table, tensors, x);
    workspace.infer(tensors, x, batch.size(), logits);
    float[] probabilities = new float[logits.length];
    for (int b = 0; b < logits.length; b++) {
      probabilities[b] = (float) Sigmoid.of(logits[b]);
    }
    return probabilities;
  }
}
