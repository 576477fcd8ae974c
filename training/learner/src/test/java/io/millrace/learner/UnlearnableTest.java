package io.millrace.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.feature.EncodedBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Examples that a learner leaves out: then it is to the bit as if they had never come. */
class UnlearnableTest {
  private static final String NONE = "{\"numericScaling\":{\"method\":\"none\"}}";
  private static final String ADAGRAD =
      "{\"rule\":\"adagrad\",\"learningRate\":%s,\"epsilon\":1e-8,\"initialAccumulator\":%s}";

  private final NumericStream stream = new NumericStream(",\"limit\":1e18", 1);

  private Learner learner(ModelKind kind, String... settings) {
    ModelConfig config = ModelConfig.defaults(kind, "m", stream.schema).with(NONE);
    for (String setting : settings) {
      config = config.with(setting);
    }
    return new Learner(CompiledModel.of(config, stream.schema), 7);
  }

  /** Everything that a learner holds. */
  private static Map<String, byte[]> state(Learner learner) {
    Map<String, byte[]> all = new TreeMap<>();
    learner.table().forEachUpdatedPage((page, bytes) -> all.put("page " + page, bytes));
    all.put("dense", learner.denseState());
    return all;
  }

  private static void assertSame(Map<String, byte[]> actual, Map<String, byte[]> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach((name, bytes) -> assertThat(actual.get(name)).as(name).isEqualTo(bytes));
  }

  private static Map<Integer, byte[]> changed(Learner learner) {
    Map<Integer, byte[]> pages = new TreeMap<>();
    learner.table().forEachPageChangedSinceCheckpoint(pages::put);
    return pages;
  }

  private void warm(Learner learner, int steps) {
    for (int i = 0; i < steps; i++) {
      stream.next(1);
      assertThat(learner.learn(stream.batch, stream.labels, new float[1])).isEmpty();
    }
  }

  private EncodedBatch single(Double price) {
    EncodedBatch batch = new EncodedBatch(3);
    stream.append(batch, "u1", "a1", price);
    return batch;
  }

  private void leavesOut(Learner learner, double price, String detail) {
    Map<String, byte[]> before = state(learner);
    changed(learner);
    float[] p = {0.5f};
    List<Unlearnable> out = learner.learn(single(price), new byte[] {1}, p);
    assertThat(out).hasSize(1);
    assertThat(out.get(0).example()).isZero();
    assertThat(out.get(0).detail()).contains(detail);
    assertThat(p[0]).isNaN();
    assertSame(state(learner), before);
    assertThat(changed(learner)).isEmpty();
    warm(learner, 20);
    learner.close();
  }

  @ParameterizedTest
  @CsvSource({"LR", "FM", "DEEPFM", "AUTOINT", "MLP", "DCNV2", "FINALMLP"})
  void aLogitThatIsTooLargeOrNone(ModelKind kind) {
    Learner learner = learner(kind);
    warm(learner, 200);
    Map<String, byte[]> before = state(learner);
    List<Unlearnable> out = learner.learn(single(1e18), new byte[] {1}, new float[1]);
    assertThat(out).hasSize(1);
    assertThat(out.get(0).detail())
        .containsAnyOf("logit: ", "the gradient of")
        .contains("expected a magnitude of at most ")
        .endsWith("largest numbers: price 1.00000e+18");
    assertSame(state(learner), before);
    learner.close();
  }

  @Test
  void aRowThatIsNoNumber() {
    Learner learner = learner(ModelKind.LR);
    warm(learner, 10);
    long row = 0;
    EncodedBatch batch = single(1.0);
    io.millrace.embedding.Lookups lookups = new io.millrace.embedding.Lookups();
    CompiledModel compiled = CompiledModel.of(learner.config(), stream.schema);
    compiled.scheme().lookUp(batch, lookups);
    row =
        ((io.millrace.embedding.UnifiedEmbedding) compiled.scheme()).firstRow(0, batch.token(0), 0);
    learner.table().put(row, new float[] {Float.NaN}, 0);
    leavesOut(learner, 1.0, "logit: NaN, expected a magnitude of at most 1000000.0");
  }

  @Test
  void aGradientThatIsTooLarge() {
    // the first example of a linear model: its logit is 0, its gradient the number itself
    leavesOut(
        learner(ModelKind.LR),
        1e15,
        "the gradient of a row of the table: 4.99999993E14, expected a magnitude of at most 1.0E12; largest"
            + " numbers: price 1.00000e+15");
  }

  /**
   * Experts that are sure of different things, or of the wrong one, behind an answer that is tame:
   * a perceptron's first layer has a gradient as large as its input, the row itself a small one.
   */
  @Test
  void aGradientOfATensorThatIsTooLarge() {
    Learner learner =
        learner(
            ModelKind.MLP,
            "{\"experts\":[{\"rate\":1,\"linearRate\":1},{\"rate\":2,\"linearRate\":1}],\"mixer\":true}");
    warm(learner, 10);
    EncodedBatch batch = single(1.0);
    try (CompiledModel compiled = CompiledModel.of(learner.config(), stream.schema)) {
      var scheme = (io.millrace.embedding.UnifiedEmbedding) compiled.scheme();
      float[] far = new float[scheme.rowWidth()];
      Arrays.fill(far, 1e15f);
      learner.table().put(scheme.firstRow(0, batch.token(0), 0), far, 0);
    }
    Map<String, byte[]> before = state(learner);
    List<String> details = new ArrayList<>();
    for (byte label = 0; label < 2; label++) {
      learner
          .learn(batch, new byte[] {label}, new float[1])
          .forEach(out -> details.add(out.detail()));
    }
    assertThat(details).anyMatch(detail -> detail.startsWith("the gradient of tensor "));
    assertSame(state(learner), before);
    learner.close();
  }

  /** A running statistic of batch normalisation: its layer's logits are as tame as ever. */
  @Test
  void aStatisticThatIsTooLarge() {
    Learner learner =
        learner(
            ModelKind.MLP, "{\"initScale\":1,\"architecture\":{\"hidden\":{\"batchNorm\":true}}}");
    warm(learner, 50);
    Map<String, byte[]> before = state(learner);
    List<Unlearnable> out = learner.learn(single(1e18), new byte[] {0}, new float[1]);
    assertThat(out).hasSize(1);
    assertSame(state(learner), before);
    learner.close();
  }

  @Test
  void anArmNetsExponents() {
    leavesOut(
        learner(ModelKind.ARMNET, "{\"initScale\":0.5}"), 1e9, "exponents of ARM-Net's neurons:");
  }

  /** The step itself would go too far, whatever the example. */
  @Test
  void aWeightThatWouldBeTooLarge() {
    String far = "{\"rowOptimizer\":" + ADAGRAD.formatted("1e7", "0.1") + "}";
    Learner learner = learner(ModelKind.LR, far);
    Map<String, byte[]> before = state(learner);
    stream.next(1);
    List<Unlearnable> out = learner.learn(stream.batch, stream.labels, new float[1]);
    assertThat(out).hasSize(1);
    assertThat(out.get(0).detail())
        .startsWith(
            "a row of the table would pass a magnitude of 1000000.0; largest numbers: price");
    assertSame(state(learner), before);
    learner.close();
    String bias = "{\"denseOptimizer\":" + ADAGRAD.formatted("1e7", "0") + "}";
    Learner dense = learner(ModelKind.LR, bias);
    out = dense.learn(stream.batch, stream.labels, new float[1]);
    assertThat(out.get(0).detail()).startsWith("tensor bias would pass a magnitude of 1000000.0");
    assertThat(changed(dense)).isEmpty();
    dense.close();
  }

  /** Where a value is near the bound, steps are taken in a copy first: to the same bits. */
  @ParameterizedTest
  @CsvSource({"LR", "FM", "DEEPFM", "MLP"})
  void whatIsLookedAtFirstIsLearnedAlike(ModelKind kind) {
    Learner learner = learner(kind);
    Learner careful = learner(kind);
    int width = careful.table().rowWidth();
    float[] unused = new float[width];
    float[] far = new float[width];
    Arrays.fill(far, StepGuard.LARGEST_VALUE);
    careful.table().put(65_000, far, 0);
    for (int i = 0; i < 1500; i++) {
      stream.next(1);
      float[] p = new float[1];
      float[] q = new float[1];
      assertThat(learner.learn(stream.batch, stream.labels, p)).isEmpty();
      assertThat(careful.learn(stream.batch, stream.labels, q)).isEmpty();
      assertThat(q).isEqualTo(p);
    }
    learner.table().put(65_000, unused, 0);
    careful.table().put(65_000, unused, 0);
    assertSame(state(careful), state(learner));
    learner.close();
    careful.close();
  }

  /** Of values that grow without end, the room is used up at the same step after any restore. */
  @ParameterizedTest
  @CsvSource({"0", "1", "700", "1999"})
  void theBoundDoesNotDependOnWhereItWasRestored(int restoredAt) {
    String far = "{\"rowOptimizer\":" + ADAGRAD.formatted("3000", "0.1") + "}";
    Learner steady = learner(ModelKind.LR, far);
    Learner restarted = learner(ModelKind.LR, far);
    // the same label with no regard to the logit: a price of 0 keeps it small
    List<Integer> left = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      stream.next(1);
      int out = steady.learn(stream.batch, stream.labels, new float[1]).size();
      assertThat(restarted.learn(stream.batch, stream.labels, new float[1])).hasSize(out);
      if (out > 0) {
        left.add(i);
      }
      if (i == restoredAt) {
        Learner next = learner(ModelKind.LR, far);
        next.restoreDenseState(restarted.denseState());
        restarted.table().forEachUpdatedPage(next.table()::restorePage);
        restarted.close();
        restarted = next;
      }
    }
    assertSame(state(restarted), state(steady));
    steady.close();
    restarted.close();
  }

  @ParameterizedTest
  @CsvSource({"LR", "FM", "DEEPFM", "AUTOINT"})
  void theGoodExamplesOfAStepAreLearned(ModelKind kind) {
    Learner learner = learner(kind);
    Learner never = learner(kind);
    stream.next(64);
    Learner probe = learner(kind);
    for (Learner each : List.of(learner, never, probe)) {
      each.learn(stream.batch, stream.labels, new float[64]);
    }
    // an expert that is sure of the right label has no gradient
    boolean sure = probe.learn(single(1e18), new byte[] {1}, new float[1]).isEmpty();
    probe.close();

    EncodedBatch good = new EncodedBatch(3);
    EncodedBatch mixed = new EncodedBatch(3);
    byte[] goodLabels = new byte[6];
    byte[] labels = new byte[8];
    stream.next(6);
    for (int b = 0, next = 0; b < 8; b++) {
      if (b == 2 || b == 7) {
        mixed.append(single(1e18), 0);
        labels[b] = (byte) (sure ? 0 : 1);
      } else {
        labels[b] = stream.labels[next];
        goodLabels[next] = stream.labels[next];
        mixed.append(stream.batch, next);
        good.append(stream.batch, next++);
      }
    }
    float[] p = new float[8];
    float[] expected = new float[6];
    List<Unlearnable> out = learner.learn(mixed, labels, p);
    assertThat(never.learn(good, goodLabels, expected)).isEmpty();
    assertThat(out).extracting(Unlearnable::example).containsExactly(2, 7);
    assertThat(out.get(0).detail()).contains("price 1.00000e+18");
    assertSame(state(learner), state(never));
    assertThat(p[2]).isNaN();
    assertThat(p[7]).isNaN();
    float[] found = {p[0], p[1], p[3], p[4], p[5], p[6]};
    assertThat(found).isEqualTo(expected);
    assertThat(Arrays.equals(found, new float[6])).isFalse();
    learner.close();
    never.close();
  }

  /** Each for itself is fine; together they are too much. */
  @Test
  void aStepThatOnlyTogetherIsTooMuchIsLeftOutAsAWhole() {
    Learner learner = learner(ModelKind.LR);
    Map<String, byte[]> before = state(learner);
    EncodedBatch batch = new EncodedBatch(3);
    for (int b = 0; b < 4; b++) {
      stream.append(batch, "u" + b, "a", 1.5e12); // half of it is the gradient
    }
    List<Unlearnable> out = learner.learn(batch, new byte[] {1, 1, 1, 1}, new float[4]);
    assertThat(out).extracting(Unlearnable::example).containsExactly(0, 1, 2, 3);
    assertThat(out.get(3).detail())
        .isEqualTo(
            "the gradient of a row of the table: 3.00000005E12, expected a magnitude of at most 1.0E12;"
                + " largest numbers: price 1.50000e+12");
    assertSame(state(learner), before);
    learner.close();
  }
}
