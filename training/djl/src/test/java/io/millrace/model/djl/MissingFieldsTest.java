package io.millrace.model.djl;

import static io.millrace.model.TestTensors.random;
import static io.millrace.model.TestTensors.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.AutoIntConfig;
import io.millrace.model.CtrModel;
import io.millrace.model.Engine;
import io.millrace.model.Explainer;
import io.millrace.model.GradientCheck;
import io.millrace.model.Reasons;
import io.millrace.model.Tensors;
import io.millrace.model.TestTensors;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A field without a value is to an AutoInt as if the model did not have that field. */
class MissingFieldsTest {
  private static final int DIM = 5;

  static Stream<Arguments> cases() {
    List<AutoIntConfig> configs =
        List.of(
            AutoIntConfig.streaming(),
            AutoIntConfig.paper(1, 1, 3),
            AutoIntConfig.official(2, 3, 2),
            new AutoIntConfig(3, 2, 17, true, true, false, true, true, true, 0));
    return Stream.of(Engine.values())
        .flatMap(engine -> configs.stream().map(config -> Arguments.of(engine, config)));
  }

  /** Logit and gradient of one example. */
  private record Result(float logit, float[] dx, Tensors gradients) {
    static Result of(CtrModel model, Tensors weights, float[] x, boolean @Nullable [] missing) {
      float[] logit = new float[1];
      float[] dx = new float[x.length];
      Tensors gradients = Tensors.zeros(model.tensors());
      try (CtrModel.Workspace workspace = model.newWorkspace()) {
        workspace.forward(weights, x, missing, 1, 0, logit);
        workspace.backward(new float[] {1}, dx, gradients);
      }
      return new Result(logit[0], dx, gradients);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void predictsAndLearnsAsTheModelOfTheOtherFields(Engine engine, AutoIntConfig config) {
    SplittableRandom random = new SplittableRandom(41);
    for (int trial = 0; trial < 12; trial++) {
      int fields = 2 + random.nextInt(16);
      boolean[] missing = new boolean[fields];
      for (int f = 0; f < fields; f++) {
        missing[f] = random.nextInt(3) == 0;
      }
      missing[random.nextInt(fields)] = true;
      int kept = random.nextInt(fields);
      missing[kept] = false;
      missing[(kept + 1) % fields] = true;
      int[] present = IntStream.range(0, fields).filter(f -> !missing[f]).toArray();
      CtrModel whole = config.model(engine, fields, DIM, DIM);
      CtrModel part = config.model(Engine.DJL, present.length, DIM, DIM);
      Tensors weights = weights(whole, trial);
      float[] x = random(fields * DIM, trial);
      clear(x, missing);

      Result actual = Result.of(whole, weights, x, missing);
      Result expected =
          Result.of(
              part, only(present, weights, part, config), only(present, x, fields, DIM), null);

      String place = "trial %d, missing %s".formatted(trial, Arrays.toString(missing));
      assertThat(actual.logit).as(place).isCloseTo(expected.logit, within(2e-5f));
      assertThat(only(present, actual.dx, fields, DIM))
          .as(place)
          .containsExactly(expected.dx, within(1e-4f));
      Tensors gradients = only(present, actual.gradients, part, config);
      for (int t = 0; t < gradients.values().length; t++) {
        assertThat(gradients.values()[t])
            .as("%s, gradient of %s", place, gradients.specs().get(t).name())
            .containsExactly(expected.gradients.values()[t], within(2e-4f));
      }
    }
  }

  /** The tensors of a model of the present fields. */
  private static Tensors only(int[] present, Tensors all, CtrModel part, AutoIntConfig config) {
    Tensors cut = Tensors.zeros(part.tensors());
    for (int t = 0; t < cut.values().length; t++) {
      float[] values = all.values()[t];
      switch (cut.specs().get(t).name()) {
        case "field_embedding", "wide" ->
            cut.values()[t] = only(present, values, values.length / DIM, DIM);
        case "output" -> {
          int width = config.width();
          cut.values()[t] = only(present, values, values.length / width, width);
        }
        default -> cut.values()[t] = values;
      }
    }
    return cut;
  }

  /** Rows of present fields. */
  private static float[] only(int[] present, float[] rows, int fields, int width) {
    assertThat(rows).hasSize(fields * width);
    float[] cut = new float[present.length * width];
    for (int i = 0; i < present.length; i++) {
      System.arraycopy(rows, present[i] * width, cut, i * width, width);
    }
    return cut;
  }

  private static void clear(float[] x, boolean[] missing) {
    for (int i = 0; i < x.length; i++) {
      x[i] = missing[i / DIM] ? 0 : x[i];
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsAgreeWithFiniteDifferences(Engine engine, AutoIntConfig config) {
    int batch = 4;
    boolean[] missing = new boolean[batch * 3];
    missing[1] = true; // of example 0
    missing[3] = true; // of example 1: its first field
    missing[5] = true; // and its last
    CtrModel model = config.model(engine, 3, DIM, DIM);
    float[] x = random(batch * 3 * DIM, 6);
    clear(x, missing);

    assertThat(
            GradientCheck.differences(
                model,
                weights(model, 5),
                x,
                missing,
                new float[] {1, -1.5f, 0.7f, 1.2f},
                List.of()))
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void withoutAnyFieldTheLogitIsTheBias(Engine engine, AutoIntConfig config) {
    int fields = 7;
    boolean[] missing = new boolean[2 * fields];
    Arrays.fill(missing, 0, fields, true);
    CtrModel model = config.model(engine, fields, DIM, DIM);
    Tensors weights = weights(model, 8);
    float[] x = random(2 * fields * DIM, 9);
    clear(x, missing);
    float[] logits = new float[2];
    float[] dx = new float[x.length];
    Tensors gradients = Tensors.zeros(model.tensors());
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      workspace.infer(weights, x, missing, 2, logits);
      assertThat(logits[0]).isEqualTo(TestTensors.find(weights, "bias")[0]);
      workspace.forward(weights, x, missing, 2, 0, logits);
      workspace.backward(new float[] {1, 1}, dx, gradients);
    }
    for (float[] gradient : gradients.values()) {
      for (float g : gradient) {
        assertThat(g).isFinite();
      }
    }
  }

  /** The mask of a batch goes with its examples, whatever part of the batch is computed at once. */
  @ParameterizedTest
  @EnumSource
  void eachExampleHasItsOwnMissingFields(Engine engine) {
    int batch = 300;
    int fields = 3;
    CtrModel model = AutoIntConfig.streaming().model(engine, fields, DIM, DIM);
    Tensors weights = weights(model, 10);
    SplittableRandom random = new SplittableRandom(11);
    boolean[] missing = new boolean[batch * fields];
    for (int i = 0; i < missing.length; i++) {
      missing[i] = random.nextInt(4) == 0;
    }
    float[] x = random(batch * fields * DIM, 12);
    clear(x, missing);
    float[] together = new float[batch];
    float[] alone = new float[1];
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      workspace.infer(weights, x, missing, batch, together);
      for (int b = 0; b < batch; b++) {
        int from = b * fields;
        workspace.infer(
            weights,
            Arrays.copyOfRange(x, from * DIM, (from + fields) * DIM),
            Arrays.copyOfRange(missing, from, from + fields),
            1,
            alone);
        assertThat(together[b]).as("example %d", b).isCloseTo(alone[0], within(1e-5f));
      }
    }
  }

  @Test
  void nobodyAttendsToAFieldWithoutAValue() {
    AutoIntConfig config = AutoIntConfig.streaming();
    Tensors weights = weights(DjlModel.of(config, 4, DIM, DIM), 13);
    boolean[] missing = {false, true, false, false};
    float[] x = random(4 * DIM, 14);
    clear(x, missing);
    try (Explainer explainer = config.explainer(4, DIM, DIM)) {
      Reasons reasons = explainer.explain(weights, x, missing);
      Reasons.Attention attention = (Reasons.Attention) reasons.detail();
      for (float[][][] layer : attention.weights()) {
        for (float[][] head : layer) {
          for (int f = 0; f < 4; f++) {
            assertThat(head[f][1]).isZero();
            float sum = head[f][0] + head[f][2] + head[f][3];
            assertThat(sum).isCloseTo(f == 1 ? 0 : 1, within(1e-5f));
          }
        }
      }
      assertThat(reasons.effects()[1]).isZero();
      assertThat(reasons.effects()[0]).isNotZero();
    }
  }
}
