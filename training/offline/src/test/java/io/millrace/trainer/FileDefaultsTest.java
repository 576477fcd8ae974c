package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.learner.TestSchemas;
import io.millrace.metrics.Metrics;
import io.millrace.model.Engine;
import io.millrace.trained.LabeledExamples;
import io.millrace.trained.TrainedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What training without a configuration comes to on small files. */
class FileDefaultsTest {
  private static final FeatureSchema SCHEMA = TestSchemas.categoricals(2);

  /** The label is a function of the first field, or nobody's. */
  private enum Labels {
    OF_THE_USER,
    ANYBODYS,
    NONE
  }

  private static LabeledExamples examples(int size, Labels labels, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    LabeledExamples examples = new LabeledExamples(2);
    for (int i = 0; i < size; i++) {
      int user = random.nextInt(40);
      var example = examples.next().append();
      example.add(1_000 + user, 1);
      example.endField();
      example.add(2_000 + random.nextInt(20), 1);
      example.endField();
      example.commit();
      examples.add(
          switch (labels) {
            case OF_THE_USER -> user % 5 < 2 ? 1 : 0;
            case ANYBODYS -> random.nextDouble() < 0.1 ? 1 : 0;
            case NONE -> 0;
          });
    }
    return examples;
  }

  private static Training.Result train(
      ModelKind kind, TrainerConfig config, LabeledExamples train, LabeledExamples valid) {
    try (CompiledModel compiled =
        CompiledModel.of(FileDefaults.model(kind, "test", SCHEMA), SCHEMA)) {
      return Training.run(compiled, config, train, valid, epoch -> {});
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LR", "FM", "DEEPFM"})
  void aFunctionOfTheUserIsLearnedFrom3000Rows(ModelKind kind) {
    Training.Result result =
        train(
            kind,
            TrainerConfig.defaults(),
            examples(3_000, Labels.OF_THE_USER, 1),
            examples(1_000, Labels.OF_THE_USER, 2));

    assertThat(result.valid().logloss()).isLessThan(0.05);
    assertThat(result.valid().calibration()).isCloseTo(1, within(0.03));
  }

  @ParameterizedTest
  @EnumSource(ModelKind.class)
  void itBeginsAtTheShareOfPositives(ModelKind kind) {
    LabeledExamples train = examples(400, Labels.ANYBODYS, 1);
    LabeledExamples valid = examples(200, Labels.ANYBODYS, 2);
    Training.Result result = train(kind, TrainerConfig.defaults().withEpochs(1), train, valid);

    double share = train.positives() / 400.0;
    double rate = valid.positives() / 200.0;
    double entropy = -rate * Math.log(share) - (1 - rate) * Math.log(1 - share);
    assertThat(result.untrained().logloss()).isCloseTo(entropy, within(1e-6));
    assertThat(first(result.model().config(), train, valid).logloss())
        .isCloseTo(entropy, within(1e-4));
    assertThat(result.best()).isOne();
    assertThat(result.warnings())
        .anySatisfy(
            warning ->
                assertThat(warning)
                    .isEqualTo(
                        "not converged: log loss was still falling after 1 epochs; --epochs 2 lets it"
                            + " go on"));
  }

  /** Of the weights that training begins with. */
  private static Metrics first(ModelConfig config, LabeledExamples train, LabeledExamples valid) {
    TrainerConfig settings = TrainerConfig.defaults().completed(config.kind(), train.size());
    try (CompiledModel compiled = CompiledModel.of(config, SCHEMA);
        Trainer trainer = new Trainer(compiled, settings, train, null, false)) {
      return trainer.evaluate(valid);
    }
  }

  @Test
  void whoHasLearnedNothingIsTold() {
    LabeledExamples valid = examples(2_000, Labels.OF_THE_USER, 2);
    LabeledExamples opposite = new LabeledExamples(2);
    for (int i = 0; i < valid.size(); i++) {
      opposite.next().append(valid.encoded(), i);
      opposite.add(1 - valid.label(i));
    }
    Training.Result result = train(ModelKind.LR, TrainerConfig.defaults(), opposite, valid);

    assertThat(result.best()).isPositive();
    assertThat(result.warnings())
        .singleElement()
        .asString()
        .startsWith("nothing was learned: validation log loss ");
  }

  @Test
  void oneClassIsRefusedBeforeAnythingIsTrained() {
    LabeledExamples both = examples(300, Labels.ANYBODYS, 1);
    LabeledExamples one = examples(300, Labels.NONE, 1);

    assertThatThrownBy(() -> train(ModelKind.LR, TrainerConfig.defaults(), one, both))
        .hasMessage(
            "training data: all 300 labels are 0, expected both 0 and 1: there is nothing to tell"
                + " apart");
    assertThatThrownBy(() -> train(ModelKind.LR, TrainerConfig.defaults(), both, one))
        .hasMessage(
            "validation data: all 300 labels are 0, expected both 0 and 1: they cannot say when to"
                + " stop");
  }

  @ParameterizedTest
  @CsvSource({"1, 32", "300, 32", "5000, 64", "10000, 128", "202027, 4096", "10000000, 4096"})
  void batchesGrowWithTheRows(int rows, int size) {
    assertThat(FileDefaults.batchSize(rows)).isEqualTo(size);
  }

  @Test
  void vectorsAreLongerWhereTheSchemaAsksForNoTable() {
    Schema without =
        new Schema.Parser()
            .parse(
                """
                {"type":"record","name":"Row","namespace":"t","fields":[
                  {"name":"user","type":"string","feature":{"kind":"categorical"}}]}
                """);

    assertThat(FileDefaults.model(ModelKind.MLP, "test", FeatureSchema.parse(without)).dim())
        .isEqualTo(32);
    assertThat(FileDefaults.model(ModelKind.LR, "test", FeatureSchema.parse(without)).dim())
        .isOne();
    assertThat(FileDefaults.model(ModelKind.MLP, "test", SCHEMA).dim())
        .isEqualTo(SCHEMA.table().dim());
  }

  /** A field with many values that say nothing, beside one of few that decide. */
  @Test
  void aFieldThatSaysNothingIsHeldNearZero() {
    SplittableRandom random = new SplittableRandom(3);
    LabeledExamples[] parts = {new LabeledExamples(2), new LabeledExamples(2)};
    for (int i = 0; i < 8_000; i++) {
      LabeledExamples into = parts[i < 6_000 ? 0 : 1];
      int few = random.nextInt(10);
      var example = into.next().append();
      example.add(few, 1);
      example.endField();
      example.add(100 + random.nextInt(1_000), 1);
      example.endField();
      example.commit();
      into.add(random.nextDouble() < (few < 5 ? 0.05 : 0.3) ? 1 : 0);
    }
    double truth = 0.5 * (entropy(0.05) + entropy(0.3));
    Training.Result lr = train(ModelKind.LR, TrainerConfig.defaults(), parts[0], parts[1]);
    Training.Result fm = train(ModelKind.FM, TrainerConfig.defaults(), parts[0], parts[1]);

    double empirical = 0;
    for (int i = 0; i < parts[1].size(); i++) {
      double p = parts[1].encoded().token(2 * i) < 5 ? 0.05 : 0.3;
      empirical -= Math.log(parts[1].label(i) == 1 ? p : 1 - p);
    }
    empirical /= parts[1].size();
    assertThat(empirical).isCloseTo(truth, within(0.03));
    assertThat(lr.valid().logloss()).isLessThan(empirical + 0.003);
    assertThat(fm.valid().logloss()).isLessThan(empirical + 0.003);
  }

  private static double entropy(double p) {
    return -p * Math.log(p) - (1 - p) * Math.log(1 - p);
  }

  @Test
  void unlabelledRowsAreScoredAsTheModelIsJudged(@TempDir Path folder) throws IOException {
    LabeledExamples valid = examples(5_000, Labels.OF_THE_USER, 2);
    Training.Result result =
        train(
            ModelKind.DEEPFM,
            TrainerConfig.defaults().withEpochs(2),
            examples(3_000, Labels.OF_THE_USER, 1),
            valid);
    result.model().write(folder);
    float[] logits = new float[valid.size()];
    result.model().predict(valid, Engine.KERNELS, (example, logit) -> logits[example] = logit);

    StringBuilder out = new StringBuilder();
    long rows;
    try (Scorer scorer = new Scorer(TrainedModel.read(folder))) {
      int[] next = {0};
      rows =
          scorer.scoreAsCsv(
              into -> {
                if (next[0] == valid.size()) {
                  return null;
                }
                into.append(valid.encoded(), next[0]);
                return String.valueOf(++next[0]);
              },
              out);
    }
    String[] lines = out.toString().split("\n");
    assertThat(rows).isEqualTo(5_000);
    assertThat(lines).hasSize(5_001);
    assertThat(lines[0]).isEqualTo("row,probability");
    for (int i : new int[] {0, 4_095, 4_096, 4_999}) {
      assertThat(lines[i + 1]).isEqualTo((i + 1) + "," + (float) (1 / (1 + Math.exp(-logits[i]))));
    }
  }
}
