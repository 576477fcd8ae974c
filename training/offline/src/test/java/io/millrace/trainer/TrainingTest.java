package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.model.DivergedException;
import io.millrace.trained.LabeledExamples;
import io.millrace.trained.TrainedModel;
import io.millrace.trainer.CapeConfig.Kind;
import io.millrace.trainer.TrainerConfig.L2Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingTest {
  private static final FeatureSchema SCHEMA = BuiltInSchemas.load(BuiltInSchemas.LIBSVM_10);
  private static final TrainerConfig CONFIG =
      TestConfigs.byAuc(64, 12, 1, 0.1, 3, 0, L2Scope.TABLE, 10, 0, 0, CapeConfig.none(), 5);

  private static final String ADAM =
      "{\"rule\":\"adam\",\"learningRate\":0.02,\"beta1\":0.9,\"beta2\":0.999,\"epsilon\":1e-8}";

  private static ModelConfig model(ModelKind kind) {
    return ModelConfig.defaults(kind, "test", SCHEMA)
        .withoutExperts()
        .with("{\"rows\":65536,\"rowOptimizer\":%s,\"denseOptimizer\":%s}".formatted(ADAM, ADAM));
  }

  /** Labels depend on whether the tokens of fields 0 and 1 agree: no linear model can know. */
  private static LabeledExamples examples(CompiledModel compiled, int size, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    LabeledExamples examples = new LabeledExamples(compiled.encoder().fields());
    for (int i = 0; i < size; i++) {
      var example = examples.next().append();
      int first = random.nextInt(4);
      int second = random.nextInt(4);
      for (int f = 0; f < compiled.encoder().fields(); f++) {
        long value = f == 0 ? first : f == 1 ? second : random.nextInt(2_000);
        example.add(10_000L * f + value, 1);
        example.endField();
      }
      example.commit();
      examples.add(random.nextDouble() < (first == second ? 0.9 : 0.1) ? 1 : 0);
    }
    return examples;
  }

  private static Training.Result train(ModelKind kind, TrainerConfig config, List<Epoch> told) {
    try (CompiledModel compiled = CompiledModel.of(model(kind), SCHEMA)) {
      return Training.run(
          compiled, config, examples(compiled, 4_000, 1), examples(compiled, 1_000, 2), told::add);
    }
  }

  @Test
  void interactionsAreLearnedAndTheBestEpochIsKept() {
    List<Epoch> told = new ArrayList<>();
    Training.Result fm = train(ModelKind.FM, CONFIG, told);
    Training.Result lr = train(ModelKind.LR, CONFIG, new ArrayList<>());

    assertThat(fm.valid().auc()).isGreaterThan(0.75);
    assertThat(lr.valid().auc()).isLessThan(0.6);
    assertThat(told).isEqualTo(fm.epochs());
    double highest = fm.epochs().stream().mapToDouble(e -> e.valid().auc()).max().orElseThrow();
    assertThat(fm.valid().auc()).isEqualTo(highest);
    assertThat(fm.epochs().get(fm.best() - 1).valid()).isEqualTo(fm.valid());
  }

  private static final FeatureSchema NUMBERS =
      FeatureSchema.parse(
          new Schema.Parser()
              .parse(
                  """
                  {"type":"record","name":"Row","namespace":"t","millrace":{"table":{"rows":4096,"dim":8}},
                   "fields":[{"name":"user","type":"string","feature":{"kind":"categorical"}},
                    {"name":"income","type":"double","feature":{"kind":"numeric"}},
                    {"name":"ts","type":"double","feature":{"kind":"numeric"}}]}
                  """));

  /** Income of millions and milliseconds since 1970, as they came. */
  private static LabeledExamples unscaled(CompiledModel compiled) {
    LabeledExamples examples = new LabeledExamples(3);
    SplittableRandom random = new SplittableRandom(4);
    for (int i = 0; i < 500; i++) {
      GenericRecord record = new GenericData.Record(NUMBERS.avro());
      record.put("user", "u" + i % 20);
      record.put("income", random.nextDouble() * 1e8);
      record.put("ts", 1.5e12 + 1000 * i);
      compiled.encoder().encode(record, examples.next());
      examples.add(i % 3 == 0 ? 1 : 0);
    }
    return examples;
  }

  @ParameterizedTest
  @EnumSource(names = {"LR", "FM", "MLP", "DEEPFM", "DCNV2", "ARMNET"})
  void unscaledNumbersStopItWithTheirNamesAndAdvice(ModelKind kind) {
    ModelConfig config =
        ModelConfig.defaults(kind, "test", NUMBERS)
            .withoutExperts()
            .with("{\"rowOptimizer\":%s,\"denseOptimizer\":%s}".formatted(ADAM, ADAM));
    try (CompiledModel compiled = CompiledModel.of(config, NUMBERS)) {
      LabeledExamples examples = unscaled(compiled);
      assertThatThrownBy(() -> Training.run(compiled, CONFIG, examples, examples, epoch -> {}))
          .isInstanceOf(DivergedException.class)
          .hasMessageContaining("largest numbers: ts 1.50000e+12, income 9.")
          .hasMessageContaining("a transform, log1p or standardize");
    }
  }

  @Test
  void scalingIsForStreams() {
    ModelConfig config = ModelConfig.defaults(ModelKind.LR, "test", NUMBERS);
    try (CompiledModel compiled = CompiledModel.of(config, NUMBERS)) {
      LabeledExamples examples = unscaled(compiled);
      assertThatThrownBy(() -> Training.run(compiled, CONFIG, examples, examples, epoch -> {}))
          .hasMessageStartingWith("numericScaling.method: running, expected none");
    }
  }

  @Test
  void aStoredModelAnswersLikeTheOneThatWasTrained(@TempDir Path folder) throws IOException {
    Training.Result result = train(ModelKind.MLP, CONFIG, new ArrayList<>());
    result.model().write(folder);
    TrainedModel read = TrainedModel.read(folder);

    try (CompiledModel compiled = CompiledModel.of(read.config(), read.schema())) {
      LabeledExamples valid = examples(compiled, 1_000, 2);
      assertThat(read.evaluate(valid)).isEqualTo(result.valid());
      assertThat(result.model().evaluate(valid)).isEqualTo(result.valid());
    }
    Path weights = folder.resolve("weights.bin");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[0] = 'x';
    Files.write(weights, bytes);
    assertThatThrownBy(() -> TrainedModel.read(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("weights.bin")
        .hasMessageContaining("magic 78525754");
  }

  @Test
  void theSameSeedGivesTheSameLosses() {
    List<Double> first = losses(train(ModelKind.MLP, CONFIG, new ArrayList<>()));
    List<Double> second = losses(train(ModelKind.MLP, CONFIG, new ArrayList<>()));
    TrainerConfig other =
        TestConfigs.byAuc(64, 12, 1, 0.1, 3, 0, L2Scope.TABLE, 10, 0, 0, CapeConfig.none(), 6);

    assertThat(second).isEqualTo(first);
    assertThat(losses(train(ModelKind.MLP, other, new ArrayList<>()))).isNotEqualTo(first);
  }

  @Test
  void anAverageIsJudgedAndKeptAndTrainingGoesOnAsWithout(@TempDir Path folder) throws IOException {
    TrainerConfig averaging =
        TestConfigs.byAuc(64, 12, 1, 1, 12, 0, L2Scope.TABLE, 10, 0, 0.9, CapeConfig.none(), 5);
    TrainerConfig plain =
        TestConfigs.byAuc(64, 12, 1, 1, 12, 0, L2Scope.TABLE, 10, 0, 0, CapeConfig.none(), 5);
    Training.Result averaged = train(ModelKind.MLP, averaging, new ArrayList<>());
    Training.Result last = train(ModelKind.MLP, plain, new ArrayList<>());

    assertThat(losses(averaged)).isEqualTo(losses(last));
    assertThat(averaged.epochs().get(11).valid()).isNotEqualTo(last.epochs().get(11).valid());
    averaged.model().write(folder);
    TrainedModel read = TrainedModel.read(folder);
    try (CompiledModel compiled = CompiledModel.of(read.config(), read.schema())) {
      assertThat(read.evaluate(examples(compiled, 1_000, 2))).isEqualTo(averaged.valid());
    }
  }

  private static List<Double> losses(Training.Result result) {
    return result.epochs().stream().map(Epoch::loss).toList();
  }

  @Test
  void ratesAreCutAndTrainingEnds() {
    TrainerConfig config =
        TestConfigs.byAuc(64, 60, 1, 0.1, 2, 0, L2Scope.TABLE, 10, 0, 0, CapeConfig.none(), 5);
    List<Epoch> epochs = train(ModelKind.FM, config, new ArrayList<>()).epochs();

    int n = epochs.size();
    assertThat(n).isLessThan(60);
    assertThat(epochs.get(n - 1).best()).isFalse();
    assertThat(epochs.get(n - 2).best()).isFalse();
    assertThat(epochs.get(n - 1).rate()).isCloseTo(epochs.get(n - 2).rate() * 0.1, within(1e-12));
    assertThat(epochs.get(0).rate()).isEqualTo(1);
  }

  /** Trains at rates that overfit, so that there is something to calibrate. */
  private static Training.Result cape(CapeConfig cape) {
    TrainerConfig config = TestConfigs.byAuc(64, 4, 1, 1, 4, 0, L2Scope.TABLE, 10, 0, 0, cape, 5);
    return train(ModelKind.MLP, config, new ArrayList<>());
  }

  @Test
  void capeGoesOnFromTheBestWeightsAndKeepsTheLowestLogLoss() {
    Training.Result plain = cape(CapeConfig.none());
    Epoch stopped = plain.epochs().get(plain.best() - 1);
    assertThat(plain.epochs()).hasSize(4);
    assertThat(plain.best()).isLessThan(4);
    for (CapeConfig.Kind kind : List.of(Kind.LABELS, Kind.BIN, Kind.KERNEL)) {
      Training.Result result = cape(new CapeConfig(kind, 5, 2, 0.05, 20, 0.05, 50));

      assertThat(losses(result).subList(0, 4)).isEqualTo(losses(plain));
      List<Epoch> after = result.epochs().subList(4, result.epochs().size());
      assertThat(after).extracting(Epoch::number).containsExactly(5, 6, 7, 8, 9);
      assertThat(after).allMatch(epoch -> epoch.rate() == 0.05);
      List<Boolean> calibrated =
          after.stream().map(epoch -> epoch.targets() == Epoch.Targets.CALIBRATED).toList();
      assertThat(calibrated)
          .isEqualTo(
              kind == Kind.LABELS
                  ? List.of(false, false, false, false, false)
                  : List.of(true, false, true, false, true));
      // it goes on from the best epoch, not from the last: a first small step stays near
      assertThat(after.get(0).valid().logloss()).isCloseTo(stopped.valid().logloss(), within(0.02));
      assertThat(plain.epochs().get(3).valid().logloss())
          .isGreaterThan(stopped.valid().logloss() + 0.05);
      double lowest =
          after.stream()
              .mapToDouble(epoch -> epoch.valid().logloss())
              .reduce(stopped.valid().logloss(), Math::min);
      assertThat(result.valid().logloss()).isEqualTo(lowest);
      assertThat(result.epochs().get(result.best() - 1).valid()).isEqualTo(result.valid());
    }
  }

  @Test
  void calibratedEpochsLearnFromOtherTargetsThanTheControl() {
    List<Double> control = losses(cape(new CapeConfig(Kind.LABELS, 2, 2, 0.05, 20, 0.05, 50)));
    List<Double> bin = losses(cape(new CapeConfig(Kind.BIN, 2, 2, 0.05, 20, 0.05, 50)));

    assertThat(bin.subList(0, 4)).isEqualTo(control.subList(0, 4));
    assertThat(bin.get(4)).isNotEqualTo(control.get(4));
  }

  @Test
  void decayOnTheTableShrinksRowsThatDecayOnTheBatchLeaves() {
    double table = squares(L2Scope.TABLE);
    double batch = squares(L2Scope.BATCH);

    assertThat(table).isLessThan(0.5 * batch);
  }

  /** Adam with dropout and running statistics: all that a training carries from step to step. */
  private static ModelConfig everything() {
    return model(ModelKind.MLP)
        .with(
            "{\"architecture\":{\"hidden\":{\"widths\":[16],\"batchNorm\":true,\"dropout\":0.2}}}");
  }

  private static Training.Result resumable(
      ModelConfig model,
      TrainerConfig config,
      Checkpoint checkpoint,
      boolean resume,
      long dataSeed,
      int stopAfter) {
    try (CompiledModel compiled = CompiledModel.of(model, SCHEMA)) {
      return Training.run(
          compiled,
          config,
          examples(compiled, 1_000, dataSeed),
          examples(compiled, 500, 2),
          null,
          epoch -> {
            if (epoch.number() == stopAfter) {
              throw new Interruption();
            }
          },
          checkpoint,
          resume);
    }
  }

  private static final class Interruption extends RuntimeException {}

  private static void interrupt(
      ModelConfig model, TrainerConfig config, Checkpoint checkpoint, int epoch) {
    assertThatThrownBy(() -> resumable(model, config, checkpoint, false, 1, epoch))
        .isInstanceOf(Interruption.class);
  }

  private static byte[] stored(Training.Result result, Path folder) throws IOException {
    result.model().write(folder);
    return Files.readAllBytes(folder.resolve("weights.bin"));
  }

  @Test
  void aTrainingThatGoesOnFromACheckpointGivesTheSameBits(@TempDir Path folder) throws IOException {
    TrainerConfig ending =
        TestConfigs.byAuc(64, 60, 1, 0.1, 2, 0, L2Scope.TABLE, 10, 0, 0, CapeConfig.none(), 5);
    TrainerConfig averaging =
        TestConfigs.byAuc(64, 60, 1, 0.1, 2, 0, L2Scope.TABLE, 10, 0, 0.9, CapeConfig.none(), 5);
    assertGoesOn(everything(), ending, folder);
    assertGoesOn(model(ModelKind.FM), ending, folder);
    assertGoesOn(model(ModelKind.DEEPFM), averaging, folder);
    TrainerConfig defaults = TrainerConfig.defaults().withEpochs(8);
    assertGoesOn(model(ModelKind.FM), defaults, folder);
    assertGoesOn(model(ModelKind.DEEPFM), defaults, folder);
  }

  private static void assertGoesOn(ModelConfig model, TrainerConfig ending, Path folder)
      throws IOException {
    Training.Result whole =
        resumable(model, ending, Checkpoint.in(folder), false, 1, Integer.MAX_VALUE);
    byte[] expected = stored(whole, folder);
    for (int epoch : new int[] {1, 3, whole.epochs().size()}) {
      Checkpoint checkpoint = new Checkpoint(folder.resolve("at-" + epoch));
      interrupt(model, ending, checkpoint, epoch);
      Training.Result rest = resumable(model, ending, checkpoint, true, 1, Integer.MAX_VALUE);

      assertThat(stored(rest, folder)).as("resumed after epoch %s", epoch).isEqualTo(expected);
      assertThat(rest.best()).isEqualTo(whole.best());
      assertThat(losses(rest)).isEqualTo(losses(whole));
      assertThat(rest.valid()).isEqualTo(whole.valid());
    }
  }

  @Test
  void aCheckpointOfAnotherTrainingIsRefusedNamingTheDifference(@TempDir Path folder)
      throws IOException {
    Checkpoint checkpoint = Checkpoint.in(folder);
    interrupt(everything(), CONFIG, checkpoint, 1);
    ModelConfig other = everything().with("{\"initScale\":0.5}");

    assertRefused(checkpoint, other, CONFIG, 1, "model setting initScale: 0.01 in the checkpoint");
    assertRefused(
        checkpoint, everything(), CONFIG.withSeed(9), 1, "seed: 5 in the checkpoint, now 9");
    assertRefused(checkpoint, everything(), CONFIG, 8, "training data: 1000 examples, ");
    checkpoint.delete();
    assertThat(checkpoint.exists()).isFalse();
    assertThatThrownBy(() -> resumable(everything(), CONFIG, checkpoint, true, 1, 99))
        .hasMessageContaining("no checkpoint at " + checkpoint.file());
  }

  private static void assertRefused(
      Checkpoint checkpoint,
      ModelConfig model,
      TrainerConfig config,
      long data,
      String difference) {
    assertThatThrownBy(() -> resumable(model, config, checkpoint, true, data, 99))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(checkpoint.file() + ": ")
        .hasMessageContaining(difference)
        .hasMessageEndingWith("expected the same");
  }

  @Test
  void aTrainingMayGoOnForMoreEpochs(@TempDir Path folder) throws IOException {
    TrainerConfig two = CONFIG.withEpochs(2);
    Checkpoint checkpoint = Checkpoint.in(folder);
    resumable(everything(), two, checkpoint, false, 1, 99);
    Training.Result more = resumable(everything(), CONFIG, checkpoint, true, 1, 99);
    Training.Result whole = resumable(everything(), CONFIG, checkpoint, false, 1, 99);

    assertThat(stored(more, folder)).isEqualTo(stored(whole, folder));
  }

  private static double squares(L2Scope scope) {
    TrainerConfig config =
        TestConfigs.byAuc(16, 3, 1, 1, 3, 0.02, scope, 0, 0, 0, CapeConfig.none(), 5);
    double sum = 0;
    for (float value : train(ModelKind.FM, config, new ArrayList<>()).model().weights().values()) {
      sum += (double) value * value;
    }
    return sum;
  }
}
