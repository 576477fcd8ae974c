package io.millrace.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.embedding.RowCodec;
import io.millrace.embedding.TableSnapshot;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureRecords;
import io.millrace.feature.FeatureSchema;
import io.millrace.model.CtrModel;
import io.millrace.model.Sigmoid;
import io.millrace.model.Tensors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CompiledModelTest {
  private static final FeatureSchema SCHEMA =
      TestSchemas.of(
          "user", "{'kind':'categorical'}",
          "item", "{'kind':'categorical','lookups':2}",
          "place", "{'kind':'categorical'}");

  /** What is published in parts makes a server that predicts exactly what the learner would. */
  @ParameterizedTest
  @EnumSource
  void aServerOfPublishedRowsPredictsTheSameBits(ModelKind kind) {
    ModelConfig config = ModelConfig.defaults(kind, "m", SCHEMA);
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

  /** Restored from pages and dense state, autoint too learns on bit for bit. */
  @Test
  void autointIsRestoredBitForBit() {
    ModelConfig config = ModelConfig.defaults(ModelKind.AUTOINT, "m", SCHEMA);
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
      assertThat(compiled.scheme().rowWidth()).isEqualTo(4);
    }
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
              data.add(RowCodec.FP32.encode(values, offset, width));
            });
    TableSnapshot.Builder builder = before.with();
    for (int i = 0; i < rows.size(); i++) {
      builder.put(rows.get(i), RowCodec.FP32, data.get(i));
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
    compiled.scheme().gather(batch, table, x);
    workspace.infer(tensors, x, batch.size(), logits);
    float[] probabilities = new float[logits.length];
    for (int b = 0; b < logits.length; b++) {
      probabilities[b] = (float) Sigmoid.of(logits[b]);
    }
    return probabilities;
  }
}
