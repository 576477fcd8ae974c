package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.embedding.UnifiedEmbedding;
import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Learner;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.model.CtrModel;
import io.millrace.model.Sigmoid;
import io.millrace.trained.GradientSums;
import io.millrace.trained.LabeledExamples;
import io.millrace.trained.TrainedModel;
import io.millrace.trained.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GradientSumsTest {
  private static final FeatureSchema SCHEMA = BuiltInSchemas.load(BuiltInSchemas.LIBSVM_10);
  private static final ModelConfig LR =
      ModelConfig.defaults(ModelKind.LR, "test", SCHEMA).with("{\"rows\":65536}");

  /** Token 7 in field 0, and a token that is new each time in the others. */
  private static LabeledExamples examples(CompiledModel compiled, int... labels) {
    LabeledExamples examples = new LabeledExamples(compiled.encoder().fields());
    long token = 1_000;
    for (int label : labels) {
      var example = examples.next().append();
      for (int f = 0; f < compiled.encoder().fields(); f++) {
        example.add(f == 0 ? 7 : token++, 1);
        example.endField();
      }
      example.commit();
      examples.add(label);
    }
    return examples;
  }

  private static TrainedModel train(CompiledModel compiled, int... labels) {
    TrainerConfig config =
        TestConfigs.byAuc(
            2, 1, 1, 1, 9, 0, TrainerConfig.L2Scope.TABLE, 0, 0, 0, CapeConfig.none(), 5);
    LabeledExamples examples = examples(compiled, labels);
    return Training.run(compiled, config, examples, examples, epoch -> {}).model();
  }

  /** A learner that begins with a trained model; to be closed. */
  private static Learner promoted(TrainedModel model, CompiledModel online) {
    Learner learner = new Learner(online, Long.MAX_VALUE);
    model.copyTo(learner);
    return learner;
  }

  /** Its accumulators of the row of token 7, and of the bias. */
  private static float[] accumulators(TrainedModel model) {
    try (CompiledModel online = CompiledModel.of(model.online(LR), SCHEMA);
        Learner learner = promoted(model, online)) {
      float[] found = new float[2];
      learner.table().edit(shared(online), (values, offset, slots, at) -> found[0] = slots[at]);
      found[1] = learner.tensorSlots()[0][0];
      return found;
    }
  }

  private static long shared(CompiledModel compiled) {
    return ((UnifiedEmbedding) compiled.scheme()).firstRow(0, 7, 0);
  }

  /** Σ (p - y)² at a model's weights. */
  private static double squares(TrainedModel model, int... labels) {
    double squares = 0;
    try (CompiledModel online = CompiledModel.of(model.online(LR), SCHEMA);
        Learner learner = promoted(model, online);
        CtrModel.Workspace workspace = online.model().newWorkspace()) {
      float[] logit = new float[1];
      float[] x = new float[online.scheme().fields()];
      LabeledExamples examples = examples(online, labels);
      var single = online.encoder().newBatch();
      for (int i = 0; i < labels.length; i++) {
        single.clear();
        single.append(examples.encoded(), i);
        online.newFieldVectors().gather(single, learner.table(), learner.tensors(), x);
        workspace.infer(learner.tensors(), x, 1, logit);
        squares += Math.pow(Sigmoid.of(logit[0]) - labels[i], 2);
      }
    }
    return squares;
  }

  @Test
  void aStreamSaysWhichOutcomeItsModelPredicts() {
    try (CompiledModel compiled = CompiledModel.of(LR, SCHEMA)) {
      TrainedModel model = train(compiled, 1, 0);
      assertThat(model.online(LR.with("{\"outcome\":\"sale\"}")).outcome()).isEqualTo("sale");
    }
  }

  @Test
  void aPromotedLearnerRemembersTheSquaresOfAllSteps(@TempDir Path folder) throws IOException {
    int[] labels = {1, 0, 1, 1, 0};
    TrainedModel model;
    try (CompiledModel compiled = CompiledModel.of(LR, SCHEMA)) {
      model = train(compiled, labels);
    }
    float[] found = accumulators(model);

    assertThat((double) found[0]).isCloseTo(squares(model, labels), within(1e-5));
    assertThat((double) found[1]).isCloseTo(squares(model, labels), within(1e-5));
    model.write(folder);
    assertThat(accumulators(TrainedModel.read(folder))).containsExactly(found);
  }

  /**
   * Every expert of the stream begins as the trained model, so that their mixture answers alike.
   */
  @Test
  void aPromotedMixtureAnswersAsTheModelAndEachExpertRemembers() {
    int[] labels = {1, 0, 1, 1, 0};
    ModelConfig fm =
        ModelConfig.defaults(ModelKind.FM, "test", SCHEMA)
            .with(
                "{\"rows\":65536,\"experts\":[{\"rate\":1,\"linearRate\":2},{\"rate\":3,\"linearRate\":2}]}");
    TrainedModel model;
    try (CompiledModel compiled = CompiledModel.of(fm.withoutExperts(), SCHEMA)) {
      model = train(compiled, labels);
    }
    try (CompiledModel single = CompiledModel.of(model.online(fm.withoutExperts()), SCHEMA);
        CompiledModel mixture = CompiledModel.of(model.online(fm), SCHEMA);
        Learner alone = promoted(model, single);
        Learner both = promoted(model, mixture)) {
      int width = single.scheme().rowWidth();
      float[] remembered = new float[2 * width];
      float[] expected = new float[width];
      alone
          .table()
          .edit(
              shared(single), (v, o, slots, at) -> System.arraycopy(slots, at, expected, 0, width));
      both.table()
          .edit(
              shared(mixture),
              (v, o, slots, at) -> System.arraycopy(slots, at, remembered, 0, 2 * width));
      assertThat(expected[1]).isPositive();
      assertThat(Arrays.copyOf(remembered, width)).containsExactly(expected);
      assertThat(Arrays.copyOfRange(remembered, width, 2 * width)).containsExactly(expected);
      assertThat(both.tensorSlots()[1]).containsExactly(alone.tensorSlots()[0]);

      EncodedBatch batch = single.encoder().newBatch();
      LabeledExamples examples = examples(single, labels);
      byte[] given = new byte[labels.length];
      for (int i = 0; i < labels.length; i++) {
        batch.append(examples.encoded(), i);
        given[i] = (byte) labels[i];
      }
      float[] one = new float[labels.length];
      float[] mixed = new float[labels.length];
      alone.learn(batch, given, one);
      both.learn(batch, given, mixed);
      assertThat(mixed).containsExactly(one, within(1e-6f));
    }
  }

  /** The machines beside it lack its perceptron, so that they have little to say at first. */
  @Test
  void aPromotedDeepFmAnswersNearlyAsTheModel() {
    int[] labels = {1, 0, 1, 1, 0};
    ModelConfig deep =
        ModelConfig.defaults(ModelKind.DEEPFM, "test", SCHEMA).with("{\"rows\":65536}");
    TrainedModel model;
    try (CompiledModel compiled = CompiledModel.of(deep.withoutExperts(), SCHEMA)) {
      model = train(compiled, labels);
    }
    try (CompiledModel single = CompiledModel.of(model.online(deep.withoutExperts()), SCHEMA);
        CompiledModel mixture = CompiledModel.of(model.online(deep), SCHEMA);
        Learner alone = promoted(model, single);
        Learner mixed = promoted(model, mixture)) {
      assertThat(mixed.tensors().values()[1]).isEqualTo(alone.tensors().values()[0]);
      assertThat(mixed.tensorSlots()[1]).containsExactly(alone.tensorSlots()[0]);
      assertThat(mixed.tensorSlots()[0]).containsOnly(0);

      EncodedBatch batch = single.encoder().newBatch();
      batch.append(examples(single, labels).encoded(), 0);
      float[] one = new float[1];
      float[] all = new float[1];
      alone.learn(batch, new byte[] {1}, one);
      mixed.learn(batch, new byte[] {1}, all);
      assertThat(all[0]).isCloseTo(one[0], within(2e-3f));
    }
  }

  @Test
  void filesAreTrainedByOneModel() {
    ModelConfig fm = ModelConfig.defaults(ModelKind.FM, "test", SCHEMA);
    try (CompiledModel compiled = CompiledModel.of(fm, SCHEMA)) {
      assertThatThrownBy(() -> train(compiled, 1, 0))
          .hasMessageContaining("experts: 3, expected 1 where a model is trained on files");
    }
  }

  @Test
  void everyEpochThatMadeTheWeightsCounts() {
    try (CompiledModel compiled = CompiledModel.of(LR, SCHEMA)) {
      Weights weights =
          new Weights(new long[] {shared(compiled)}, new float[1], compiled.initialTensors());
      LabeledExamples examples = examples(compiled, 1, 0);
      GradientSums once = GradientPass.over(examples, 1, compiled, weights, epoch -> {});
      GradientSums thrice = GradientPass.over(examples, 3, compiled, weights, epoch -> {});

      assertThat(once.rows()).containsExactly(2, 0.5f);
      assertThat(thrice.rows()).containsExactly(6, 1.5f);
      assertThat(thrice.tensors()[0]).containsExactly(6, 1.5f);
    }
  }

  @Test
  void aFileOfTheFirstFormatIsReadAndItsOptimizersStayFresh(@TempDir Path folder)
      throws IOException {
    try (CompiledModel compiled = CompiledModel.of(LR, SCHEMA)) {
      TrainedModel model = train(compiled, 1, 0, 1);
      model.write(folder);
      Path file = folder.resolve("weights.bin");
      byte[] second = Files.readAllBytes(file);
      int rows = model.weights().values().length;
      byte[] first = Arrays.copyOf(second, second.length - Float.BYTES * (2 * rows + 2));
      first[4] = 1;
      Files.write(file, first);

      TrainedModel read = TrainedModel.read(folder);
      assertThat(read.weights().values()).containsExactly(model.weights().values());
      assertThat(accumulators(read)).containsExactly(0, 0);
    }
  }
}
