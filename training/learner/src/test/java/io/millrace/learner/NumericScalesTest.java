package io.millrace.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.feature.EncodedBatch;
import io.millrace.model.CtrModel;
import io.millrace.model.Sigmoid;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumericScalesTest {
  private static final NumericScaling SCALING = NumericScaling.running();
  private static final int PRICE = 2;

  private final NumericStream stream = new NumericStream("", 1);
  private final NumericFields fields = new NumericFields(stream.schema);
  private final NumericScales scales = new NumericScales(SCALING, fields);

  private void add(@Nullable Double... prices) {
    EncodedBatch batch = new EncodedBatch(3);
    for (Double price : prices) {
      stream.append(batch, "u", "a", price);
    }
    scales.add(batch);
  }

  private float scale() {
    return scales.byField()[PRICE];
  }

  @Test
  void aNumberIsDividedBeyondFourAndBoundedAtFourTimesItsScale() {
    for (float ordinary : new float[] {0, -0f, 1e-30f, -3.5f, 4}) {
      for (float scale : new float[] {0, 0.001f, 1, 4}) {
        assertThat(SCALING.scaled(ordinary, scale)).isEqualTo(ordinary);
      }
    }
    assertThat(SCALING.scaled(4.5f, 1)).isEqualTo(4);
    assertThat(SCALING.scaled(-1e16f, 0.01f)).isEqualTo(-4);
    assertThat(SCALING.scaled(12.5f, 3)).isEqualTo(12);
    assertThat(SCALING.scaled(1e6f, 4e6f)).isEqualTo(1);
    assertThat(SCALING.scaled(1e16f, 4e6f)).isEqualTo(16);
  }

  @Test
  void aScaleIsTheRootMeanSquareOfWhatIsNotZero() {
    add(3.0);
    add(0.0, null, 0.0);
    add(2.0, null, -1.0);
    // beginning as if there had been a 1
    assertThat(scale()).isCloseTo((float) Math.sqrt((1 + 9 + 4 + 1) / 4.0), within(1e-6f));
    assertThat(scales.byField()).startsWith(1, 1);
  }

  @Test
  void oneNumberMovesAScaleByABoundedPart() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 2000; i++) {
      add(100 + 100 * random.nextDouble());
    }
    float before = scale();
    assertThat(before).isBetween(150f, 155f);
    add(1e16);
    // as sixteen numbers more
    assertThat(scale() / before).isBetween(1.003f, 1.004f);
  }

  /** How many numbers it takes until the scale is half of what it will be. */
  @ParameterizedTest
  @CsvSource({"50, 4", "1e4, 18", "1e6, 40", "1e8, 83", "1.79e12, 335"})
  void aUnitIsKnownSoon(double number, int after) {
    for (int i = 1; i < after; i++) {
      add(number);
    }
    assertThat(scale()).isLessThan((float) number / 2);
    add(number);
    assertThat(scale()).isGreaterThanOrEqualTo((float) number / 2);
  }

  @Test
  void aScaleForgets() {
    NumericScales short10 =
        new NumericScales(new NumericScaling(NumericScaling.Method.RUNNING, 4, 4, 10), fields);
    EncodedBatch batch = new EncodedBatch(3);
    for (int i = 0; i < 200; i++) {
      stream.append(batch, "u", "a", i < 100 ? 8.0 : 2.0);
    }
    short10.add(batch);
    assertThat(short10.byField()[PRICE]).isCloseTo(2, within(1e-3f));
  }

  @Test
  void aStepIsAsItsNumbersOneByOne() {
    NumericScales other = new NumericScales(SCALING, fields);
    EncodedBatch batch = new EncodedBatch(3);
    for (double price : new double[] {3, 1e9, -5, 70}) {
      stream.append(batch, "u", "a", price);
      add(price);
    }
    other.add(batch);
    assertThat(other.toBytes()).isEqualTo(scales.toBytes());
  }

  @Test
  void storedAndRestoredItIsTheSame() {
    add(3.0, 1e9, -5.0);
    NumericScales restored = new NumericScales(SCALING, fields);
    restored.restore(scales.toBytes());
    assertThat(restored.byField()).isEqualTo(scales.byField());
    assertThat(restored.toBytes()).isEqualTo(scales.toBytes()).hasSize(4 + 12);
    NumericScales none = new NumericScales(NumericScaling.none(), fields);
    assertThat(none.isEmpty()).isTrue();
    assertThatThrownBy(() -> none.restore(scales.toBytes()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("scales of 1 features in 16 bytes, expected 0");
    byte[] cut = Arrays.copyOf(scales.toBytes(), 15);
    assertThatThrownBy(() -> restored.restore(cut)).hasMessageContaining("expected 1 features");
  }

  @Test
  void aModelThatTakesFieldsInKeepsItsScales() {
    NumericStream wider =
        new NumericStream(
            "}},{\"name\":\"age\",\"type\":\"double\",\"default\":0,\"feature\":{\"kind\":\"numeric\"",
            1);
    NumericFields next = new NumericFields(wider.schema);
    assertThat(next.size()).isEqualTo(2);
    add(1e9, 3e9);
    // the price became the last of four fields, the new one is the third
    NumericScales grown = scales.grown(next, new int[] {0, 1, 3});
    assertThat(grown.byField()).containsExactly(1, 1, 1, scale());
    assertThat(scale()).isGreaterThan(1);
    NumericScales other = scales.grown(next, new int[] {0, 1, 2});
    assertThat(other.byField()).containsExactly(1, 1, scale(), 1);
    try (CompiledModel before =
            CompiledModel.of(
                ModelConfig.defaults(ModelKind.LR, "m", stream.schema), stream.schema);
        CompiledModel after =
            CompiledModel.of(ModelConfig.defaults(ModelKind.LR, "m", wider.schema), wider.schema)) {
      Learner learner = new Learner(before, 10);
      for (int i = 0; i < 100; i++) {
        stream.next(70.0 + i);
        learner.learn(stream.batch, stream.labels, new float[1]);
      }
      byte[] old = learner.denseState();
      float[] published = learner.publishedTensors().values()[1];
      Learner taken = learner.grown(after, new int[] {0, 1, 2});
      assertThat(taken.publishedTensors().values()[1])
          .containsExactly(published[0], published[1], published[2], 1);
      assertThat(published[2]).isGreaterThan(70);
      Learner restored = new Learner(before, 10);
      restored.restoreDenseState(old);
      assertThat(restored.publishedTensors().values()[1]).isEqualTo(published);
      taken.close();
      restored.close();
    }
  }

  /** A missing number has a row of its own, which is no number. */
  @Test
  void whatIsMissingStaysAsItIs() {
    EncodedBatch batch = new EncodedBatch(3);
    stream.append(batch, "u", "a", null);
    stream.append(batch, "u", "a", 8e5);
    new NumericScaler(SCALING, fields, new float[] {9, 9, 8e5f}).apply(batch);
    assertThat(batch.weight(batch.start(0, PRICE))).isEqualTo(1);
    assertThat(batch.weight(batch.start(1, PRICE))).isEqualTo(4);
    assertThat(batch.weight(batch.start(1, 0))).isEqualTo(1);
    assertThatThrownBy(() -> new NumericScaler(SCALING, fields, new float[2]))
        .hasMessage("numeric-scales: 2 values, expected one of each of 3 fields");
  }

  /**
   * A server predicts from what a learner has published what the learner predicts next, to the bit.
   */
  @Test
  void aServerTakesNumbersAsTheLearnerDoes() {
    NumericStream unscaled = new NumericStream("", 3e5);
    ModelConfig config = ModelConfig.defaults(ModelKind.FM, "m", unscaled.schema);
    try (CompiledModel compiled = CompiledModel.of(config, unscaled.schema);
        Learner learner = new Learner(compiled, Long.MAX_VALUE);
        CtrModel.Workspace workspace = compiled.model().newWorkspace()) {
      assertThat(compiled.scalesNumbers()).isTrue();
      float[] p = new float[1];
      float[] x = new float[3 * compiled.model().dim()];
      float[] logits = new float[1];
      for (int i = 0; i < 500; i++) {
        if (i % 100 == 99) {
          unscaled.next(i % 200 == 199 ? null : Double.valueOf(1e15));
        } else {
          unscaled.next(1);
        }
        float[] published = null;
        for (int t = 0; t < learner.publishedTensors().specs().size(); t++) {
          if (learner.publishedTensors().specs().get(t).name().equals(Learner.NUMERIC_SCALES)) {
            published = learner.publishedTensors().values()[t];
          }
        }
        EncodedBatch served = new EncodedBatch(3);
        served.append(unscaled.batch, 0);
        compiled.numericScaler(java.util.Objects.requireNonNull(published)).apply(served);
        compiled.newFieldVectors().gather(served, learner.table(), learner.tensors(), x);
        workspace.infer(learner.tensors(), x, served.missing(), 1, logits);
        long before = unscaled.batch.hash(0);
        learner.learn(unscaled.batch, unscaled.labels, p);
        assertThat((float) Sigmoid.of(logits[0])).isEqualTo(p[0]);
        assertThat(unscaled.batch.hash(0)).as("the caller's batch").isEqualTo(before);
      }
    }
  }

  @Test
  void withoutNumbersNothingIsPublished() {
    try (CompiledModel compiled =
            CompiledModel.of(
                ModelConfig.defaults(ModelKind.FM, "m", TestSchemas.categoricals(3)),
                TestSchemas.categoricals(3));
        Learner learner = new Learner(compiled, 10)) {
      assertThat(compiled.scalesNumbers()).isFalse();
      assertThat(learner.publishedTensors().specs()).isEqualTo(learner.tensors().specs());
    }
  }
}
