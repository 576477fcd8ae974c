package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.model.djl.JepaConfig;
import io.millrace.trained.LabeledExamples;
import io.millrace.trainer.PretrainingConfig.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PretrainingTest {
  private static final FeatureSchema SCHEMA = BuiltInSchemas.load(BuiltInSchemas.LIBSVM_10);
  private static final ModelConfig MODEL =
      ModelConfig.defaults(ModelKind.MLP, "test", SCHEMA)
          .with("{\"rows\":65536,\"dim\":8,\"initScale\":0.1}");
  private static final PretrainingConfig CONFIG =
      new PretrainingConfig(
          Method.T_JEPA,
          new JepaConfig(16, 1, 2, 32, 16, 1, 2, 0.3, 0.5, 0.1, 0.3, 4),
          64,
          20,
          3e-3,
          1,
          0.01,
          0.1,
          0.98,
          1,
          0.05,
          3);

  /** Ten fields that hold the same of six values, or have nothing in common. */
  private static LabeledExamples fields(boolean alike) {
    SplittableRandom random = new SplittableRandom(1);
    LabeledExamples examples = new LabeledExamples(10);
    for (int i = 0; i < 2_000; i++) {
      var example = examples.next().append();
      int value = 0;
      for (int f = 0; f < 10; f++) {
        value = alike && f > 0 ? value : random.nextInt(6);
        example.add(1_000_003L * f + value, 1);
        example.endField();
      }
      example.commit();
      examples.add(0);
    }
    return examples;
  }

  private static List<MaskedFields.MaskedEpoch> mask(LabeledExamples examples) {
    List<MaskedFields.MaskedEpoch> epochs = new ArrayList<>();
    try (CompiledModel compiled = CompiledModel.of(MODEL, SCHEMA)) {
      MaskedFields.run(compiled, CONFIG, examples, epochs::add);
    }
    return epochs;
  }

  /** Where fields tell nothing of each other guessing is best; the same seed gives the same. */
  @Test
  void masksFieldsThatTheOthersTell() {
    List<MaskedFields.MaskedEpoch> alike = mask(fields(true));
    List<MaskedFields.MaskedEpoch> apart = mask(fields(false));
    assertThat(alike).hasSize(CONFIG.epochs());
    assertThat(alike.get(CONFIG.epochs() - 1).loss()).isLessThan(.1);
    // of six values five are sampled, and left out where they are the right one
    double right = 1 / (1 + 5 * 5 / 6.0);
    double guessing = -right * Math.log(right) - (1 - right) * Math.log(1 - right);
    assertThat(apart.get(CONFIG.epochs() - 1).loss()).isCloseTo(guessing, within(.005));
    assertThat(mask(fields(true))).isEqualTo(alike);
  }

  @Test
  void keepsRowsOfWhatTheExamplesHold() {
    try (CompiledModel compiled = CompiledModel.of(MODEL, SCHEMA)) {
      PretrainedTable table = MaskedFields.run(compiled, CONFIG, fields(true), epoch -> {});
      assertThat(table.size()).isBetween(55, 60);
    }
  }

  private static Pretraining.Result pretrain(PretrainingConfig config, LabeledExamples examples) {
    try (CompiledModel compiled = CompiledModel.of(MODEL, SCHEMA)) {
      return Pretraining.run(compiled, config, examples, epoch -> {});
    }
  }

  @Test
  void learnsWhatFieldsTellOfEachOtherAndDoesNotCollapse() {
    Pretraining.Result alike = pretrain(CONFIG, fields(true));
    Pretraining.Result apart = pretrain(CONFIG, fields(false));

    var last = alike.epochs().get(CONFIG.epochs() - 1);
    double control = apart.epochs().get(CONFIG.epochs() - 1).unexplained();
    assertThat(last.unexplained()).isLessThan(control / 5);
    assertThat(Math.sqrt(last.spread().variance())).isGreaterThan(.05);
    assertThat(last.spread().effectiveRank()).isGreaterThan(CONFIG.jepa().width() / 8.0);
    assertThat(alike.table().size()).isBetween(55, 60);
  }

  @Test
  void theSameSeedGivesTheSameTable() {
    PretrainingConfig twice =
        new PretrainingConfig(
            Method.T_JEPA, CONFIG.jepa(), 64, 2, 3e-3, 1, 0.01, 0.1, 0.98, 1, 0.05, 3);
    LabeledExamples examples = fields(true);
    assertThat(pretrain(twice, examples).epochs()).isEqualTo(pretrain(twice, examples).epochs());
  }

  @Test
  void ratesAndMomentumFollowTheirSchedules() {
    PretrainingConfig config =
        new PretrainingConfig(
            Method.T_JEPA, JepaConfig.defaults(), 512, 10, 1e-3, 2, 0.01, 0.1, 0.996, 1, 0.05, 1);
    assertThat(config.momentum(0, 1000)).isEqualTo(.996);
    assertThat(config.momentum(500, 1000)).isCloseTo(.998, within(1e-12));
    assertThat(config.momentum(1000, 1000)).isEqualTo(1);
    assertThat(config.rate(0, 1000)).isCloseTo(5e-6, within(1e-12));
    assertThat(config.rate(199, 1000)).isCloseTo(1e-3, within(1e-12));
    assertThat(config.rate(600, 1000)).isCloseTo(5e-4, within(1e-12));
    assertThat(config.rate(1000, 1000)).isCloseTo(0, within(1e-12));
    assertThat(config.weightDecay(0, 1000)).isCloseTo(.01, within(1e-12));
    assertThat(config.weightDecay(1000, 1000)).isCloseTo(.1, within(1e-12));
  }

  /** Variances 4, 1 and 0: shares 2/3 and 1/3 of the singular values. */
  @Test
  void spreadAsWorkedOut() {
    float[] vectors = {2, 1, 5, -2, 1, 5, 2, -1, 5, -2, -1, 5};
    Spread spread = Spread.of(vectors, 4, 1, 3);
    assertThat(spread.variance()).isCloseTo(5.0 / 3, within(1e-12));
    double entropy = -(2 * Math.log(2.0 / 3) + Math.log(1.0 / 3)) / 3;
    assertThat(spread.effectiveRank()).isCloseTo(Math.exp(entropy), within(1e-9));
  }

  /** The same vectors turned by 30 degrees have the same rank. */
  @Test
  void rankDoesNotDependOnTheAxes() {
    float c = (float) Math.cos(Math.PI / 6);
    float s = (float) Math.sin(Math.PI / 6);
    float[] vectors = new float[8];
    float[][] corners = {{2, 1}, {-2, 1}, {2, -1}, {-2, -1}};
    for (int i = 0; i < 4; i++) {
      vectors[2 * i] = c * corners[i][0] - s * corners[i][1];
      vectors[2 * i + 1] = s * corners[i][0] + c * corners[i][1];
    }
    double entropy = -(2 * Math.log(2.0 / 3) + Math.log(1.0 / 3)) / 3;
    assertThat(Spread.of(vectors, 4, 1, 2).effectiveRank())
        .isCloseTo(Math.exp(entropy), within(1e-6));
  }
}
