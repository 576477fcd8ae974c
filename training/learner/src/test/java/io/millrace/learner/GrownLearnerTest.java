package io.millrace.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.bits.SplitMix64;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureSchema;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A model that takes in a further field while it learns. */
class GrownLearnerTest {
  private static final String CATEGORICAL = "{'kind':'categorical'}";
  private static final FeatureSchema BEFORE =
      TestSchemas.of("user", CATEGORICAL, "item", CATEGORICAL, "os", CATEGORICAL);

  /** The new field comes before the last. */
  private static final FeatureSchema AFTER =
      TestSchemas.of(
          "user", CATEGORICAL, "item", CATEGORICAL, "brand", CATEGORICAL, "os", CATEGORICAL);

  private static final int[] POSITIONS = {0, 1, 3};
  private static final int STEP = 16;

  /** What the brand says decides most clicks. */
  private static final class Stream {
    final EncodedBatch before = new EncodedBatch(3);
    final EncodedBatch after = new EncodedBatch(4);
    final byte[] labels = new byte[STEP];
    private final SplittableRandom random = new SplittableRandom(7);

    void next() {
      before.clear();
      after.clear();
      for (int b = 0; b < STEP; b++) {
        int user = random.nextInt(30);
        int brand = random.nextInt(8);
        long[] tokens = {user, 1000 + random.nextInt(50), 3000 + random.nextInt(4)};
        long[] all = {tokens[0], tokens[1], 2000 + brand, tokens[2]};
        append(before, tokens);
        append(after, all);
        double p = brand % 2 == 0 ? 0.85 : 0.15;
        labels[b] = (byte) (random.nextDouble() < (user % 2 == 0 ? p : 0.5 * p) ? 1 : 0);
      }
    }

    private static void append(EncodedBatch batch, long[] tokens) {
      EncodedBatch.Appender example = batch.append();
      for (long token : tokens) {
        example.add(token * SplitMix64.GOLDEN, 1);
        example.endField();
      }
      example.commit();
    }
  }

  /** Rows enough that no two of the few values share one. */
  private static ModelConfig config(ModelKind kind) {
    return ModelConfig.defaults(kind, "m", BEFORE).with("{\"rows\":1048576}");
  }

  static List<ModelKind> takingNewFields() {
    return Arrays.stream(ModelKind.values())
        .filter(kind -> kind.streaming().takesNewFields())
        .toList();
  }

  private static double logit(float p) {
    return Math.log(p / (1.0 - p));
  }

  @ParameterizedTest
  @MethodSource("takingNewFields")
  void noLogitChangesAtTheSwitchAndTheFieldIsLearnedAfterIt(ModelKind kind) {
    ModelConfig config = config(kind);
    try (CompiledModel before = CompiledModel.of(config, BEFORE);
        CompiledModel after = CompiledModel.of(config, AFTER)) {
      Stream stream = new Stream();
      Learner old = new Learner(before, 100_000);
      Learner learner = new Learner(before, 100_000);
      float[] expected = new float[STEP];
      float[] actual = new float[STEP];
      for (int i = 0; i < 200; i++) {
        stream.next();
        old.learn(stream.before, stream.labels, expected);
        learner.learn(stream.before, stream.labels, actual);
        assertThat(actual).isEqualTo(expected);
      }
      Learner grown = learner.grown(after, POSITIONS);
      assertThat(grown.total().metrics()).isEqualTo(old.total().metrics());
      stream.next();
      old.learn(stream.before, stream.labels, expected);
      grown.learn(stream.after, stream.labels, actual);
      for (int b = 0; b < STEP; b++) {
        if (kind == ModelKind.LR) {
          assertThat(actual[b]).isEqualTo(expected[b]);
        } else {
          // a fresh factor of ±0.01 meets the others' in a sum of pairs
          boolean pairs = kind == ModelKind.FM || kind == ModelKind.DEEPFM;
          assertThat(logit(actual[b])).isCloseTo(logit(expected[b]), within(pairs ? 0.05 : 2e-6));
        }
      }
      old.closeSegment();
      grown.closeSegment();
      for (int i = 0; i < 1500; i++) {
        stream.next();
        old.learn(stream.before, stream.labels, expected);
        grown.learn(stream.after, stream.labels, actual);
      }
      assertThat(grown.segment().metrics().auc())
          .isGreaterThan(old.segment().metrics().auc() + 0.1);
      old.close();
      grown.close();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ModelKind.class,
      names = {"AUTOINT", "AUTOINT_PLUS", "ARMNET", "ARMNET_PLUS"})
  void attentionSharesItsWeightsSoItTakesNoFieldIn(ModelKind kind) {
    assertThat(kind.streaming().takesNewFields()).isFalse();
  }

  @Test
  void theStateOfAGrownLearnerIsThatOfItsModel() {
    ModelConfig config =
        config(ModelKind.MLP)
            .with(
                "{\"denseOptimizer\":{\"rule\":\"adam\",\"learningRate\":0.001,"
                    + "\"beta1\":0.9,\"beta2\":0.999,\"epsilon\":1e-8}}");
    try (CompiledModel before = CompiledModel.of(config, BEFORE);
        CompiledModel after = CompiledModel.of(config, AFTER)) {
      Stream stream = new Stream();
      Learner learner = new Learner(before, 1000);
      float[] p = new float[STEP];
      stream.next();
      learner.learn(stream.before, stream.labels, p);
      float[] slots = learner.tensorSlots()[0].clone(); // of the first layer: steps, m, v
      learner = learner.grown(after, POSITIONS);
      float[] grown = learner.tensorSlots()[0];
      assertThat(grown[0]).isEqualTo(slots[0]).isEqualTo(1);
      double sum = 0;
      double grownSum = 0;
      for (float slot : slots) {
        sum += slot;
      }
      for (float slot : grown) {
        grownSum += slot;
      }
      assertThat(grown.length).isGreaterThan(slots.length);
      assertThat(grownSum).as("nothing is forgotten").isCloseTo(sum, within(1e-6));
      Learner restored = new Learner(after, 1000);
      restored.restoreDenseState(learner.denseState());
      learner.table().forEachUpdatedPage(restored.table()::restorePage);
      float[] q = new float[STEP];
      for (int i = 0; i < 20; i++) {
        stream.next();
        learner.learn(stream.after, stream.labels, p);
        restored.learn(stream.after, stream.labels, q);
        assertThat(q).isEqualTo(p);
      }
      learner.close();
      restored.close();
    }
  }

  @Test
  void anotherModelIsRefused() {
    try (CompiledModel before = CompiledModel.of(config(ModelKind.LR), BEFORE);
        CompiledModel other = CompiledModel.of(config(ModelKind.FM), AFTER)) {
      Learner learner = new Learner(before, 1000);
      assertThatThrownBy(() -> learner.grown(other, POSITIONS))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("model m with rows of 24 values, expected m with 1 as before");
      learner.close();
    }
  }
}
