package io.millrace.model.djl;

import static io.millrace.model.TestTensors.find;
import static io.millrace.model.TestTensors.permute;
import static io.millrace.model.TestTensors.random;
import static io.millrace.model.TestTensors.set;
import static io.millrace.model.TestTensors.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.millrace.model.Architecture;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.CtrModel;
import io.millrace.model.Engine;
import io.millrace.model.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AutoIntTest extends DjlModelContract {
  static final AutoIntConfig ODD =
      new AutoIntConfig(2, 3, 5, true, true, true, true, true, true, 0.2f);
  private static final float[] X = {1, 0, 0.5f, -0.5f, 0, 2};

  @Override
  List<Architecture> architectures() {
    return List.of(
        AutoIntConfig.streaming(),
        AutoIntConfig.paper(1, 1, 3),
        AutoIntConfig.official(2, 3, 2),
        new AutoIntConfig(3, 2, 2, true, true, false, false, true, true, 0),
        new AutoIntConfig(1, 2, 5, false, false, false, true, true, false, 0.4f));
  }

  @Override
  List<Architecture> atOddSizes() {
    return List.of(
        ODD,
        AutoIntConfig.paper(3, 1, 17),
        AutoIntConfig.official(2, 2, 16),
        new AutoIntConfig(1, 2, 3, false, true, false, false, false, true, 0));
  }

  @Override
  Architecture typical() {
    return AutoIntConfig.streaming();
  }

  @Override
  float[] golden() {
    return new float[] {
      .9748474f, .47040594f, .31553516f, .23368616f, .18157806f,
      .147564f, .12290741f, .10498666f, .09167014f, .08156f
    };
  }

  @Test
  void followsTheWorkedExampleInThePapersForm() {
    AutoIntConfig config = AutoIntConfig.paper(1, 2, 2);
    assertThat(Arrays.copyOf(attention(config), 3))
        .containsExactly(new float[] {.16795275f, .07933526f, .75271199f}, within(1e-5f));
    assertThat(lastLayer(config))
        .containsExactly(
            new float[] {
              .30762038f, 1.66575635f, .53142116f, 1.70573652f,
              .03443196f, 1.42606656f, .46752313f, .82520999f,
              1.6020853f, .43590199f, .68974376f, 1.48546662f
            },
            within(1e-5f));
  }

  @Test
  void followsTheWorkedExampleInTheOfficialForm() {
    AutoIntConfig config = AutoIntConfig.official(1, 2, 2);
    assertThat(Arrays.copyOf(attention(config), 3))
        .containsExactly(new float[] {.21784283f, .15296673f, .62919045f}, within(1e-5f));
    assertThat(lastLayer(new AutoIntConfig(1, 2, 2, true, false, true, true, false, false, 0)))
        .containsExactly(
            new float[] {
              .39432619f, 1.4583809f, .67238262f, 1.40697969f,
              .40113059f, .96085505f, .55f, .81666667f,
              1.494541f, .84995227f, .76219419f, 1.28737264f
            },
            within(1e-5f));
    assertThat(Arrays.copyOf(lastLayer(config), 4))
        .containsExactly(
            new float[] {-1.27797856f, 1.03195778f, -.67435109f, .92037186f}, within(1e-5f));
  }

  @Test
  void addsTheFieldEmbeddingAndTheWideTerm() {
    AutoIntConfig with = new AutoIntConfig(1, 2, 2, false, false, true, false, true, true, 0);
    DjlModel model = DjlModel.of(with, 3, 2, 2);
    Tensors weights = worked(with);
    float[] embedding = {1, 0, 0, 0.25f, -1, 1};
    float[] wide = {1, 2, 3, 4, 5, 6};
    set(weights, "field_embedding", embedding);
    set(weights, "wide", wide);
    Arrays.fill(find(weights, "output"), 1);
    set(weights, "bias", 0.125f);
    float[] shifted = X.clone();
    float linear = 0;
    for (int i = 0; i < X.length; i++) {
      shifted[i] -= embedding[i];
      linear += wide[i] * shifted[i];
    }
    float sum = 0;
    for (float v : lastLayer(AutoIntConfig.paper(1, 2, 2))) {
      sum += v;
    }
    float[] logits = new float[1];
    try (DjlWorkspace workspace = model.newWorkspace()) {
      workspace.infer(weights, shifted, 1, logits);
    }
    assertThat(logits[0]).isCloseTo(sum + linear + 0.125f, within(1e-4f));
  }

  /** Predictions of wide layers are computed in another order than steps, and few examples too. */
  @Test
  void wideLayersPredictAsTheyLearn() {
    CtrModel model = AutoIntConfig.paper(2, 2, 32).model(Engine.KERNELS, 39, 16, 16);
    Tensors weights = Tensors.initial(model.tensors(), 3);
    int batch = 37;
    int size = 39 * 16;
    float[] x = new float[batch * size];
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble(-1, 1);
    }
    float[] learned = new float[batch];
    float[] predicted = new float[batch];
    float[] alone = new float[1];
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      workspace.forward(weights, x, batch, 0, learned);
      workspace.infer(weights, x, batch, predicted);
      for (int b = 0; b < batch; b++) {
        assertThat(predicted[b]).isCloseTo(learned[b], within(1e-4f));
        workspace.infer(weights, Arrays.copyOfRange(x, b * size, (b + 1) * size), 1, alone);
        assertThat(alone[0]).isCloseTo(learned[b], within(1e-4f));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void attentionOfEachFieldSumsToOne(Architecture architecture) {
    AutoIntConfig config = (AutoIntConfig) architecture;
    DjlModel model = DjlModel.of(config, 5, 3, 3);
    try (DjlWorkspace workspace = model.newWorkspace()) {
      float[] a = workspace.intermediate("attention", weights(model, 1), random(7 * 15, 2), 7);
      assertThat(a).hasSize(config.layers() * 7 * config.heads() * 25);
      for (int row = 0; row < a.length; row += 5) {
        float sum = 0;
        for (int k = 0; k < 5; k++) {
          assertThat(a[row + k]).isNotNegative();
          sum += a[row + k];
        }
        assertThat(sum).isCloseTo(1, within(1e-5f));
      }
    }
  }

  /** Fields of the input permuted give fields of the layers permuted. */
  @Test
  void layersAreEquivariantToThePermutationOfFields() {
    int[] order = {2, 0, 3, 1};
    AutoIntConfig config = AutoIntConfig.official(2, 2, 3);
    DjlModel model = DjlModel.of(config, 4, 3, 3);
    Tensors weights = weights(model, 3);
    Tensors permuted = weights.copy();
    float[] x = random(12, 4);
    float[] xPermuted = permute(x, order, 3);
    set(permuted, "output", permute(find(weights, "output"), order, config.width()));
    float[] expected = new float[1];
    float[] actual = new float[1];
    try (DjlWorkspace workspace = model.newWorkspace()) {
      workspace.infer(weights, x, 1, expected);
      workspace.infer(permuted, xPermuted, 1, actual);
      assertThat(actual[0]).isCloseTo(expected[0], within(1e-5f));
      workspace.infer(weights, xPermuted, 1, actual);
      assertThat(Math.abs(actual[0] - expected[0])).isGreaterThan(1e-3f);
    }
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void aBatchLearnsAsItsExamplesOneByOne(Architecture config) {
    assumeFalse(DjlModel.of(config, 9, 16, 16).hasTrainingMode());
    CtrModel model = DjlModel.of(config, 9, 16, 16);
    Tensors weights = weights(model, 9);
    int batch = 21;
    float[] x = random(batch * 144, 10);
    float[] together = new float[batch];
    float[] alone = new float[1];
    float[] dLogits = random(batch, 11);
    float[] dx = new float[x.length];
    float[] dxAlone = new float[144];
    Tensors dWeights = Tensors.zeros(model.tensors());
    Tensors dAlone = Tensors.zeros(model.tensors());
    Tensors sum = Tensors.zeros(model.tensors());
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      workspace.forward(weights, x, batch, 0, together);
      workspace.backward(dLogits, dx, dWeights);
      for (int b = 0; b < batch; b++) {
        workspace.forward(weights, Arrays.copyOfRange(x, b * 144, (b + 1) * 144), 1, 0, alone);
        assertThat(alone[0]).isCloseTo(together[b], within(2e-6f));
        workspace.backward(new float[] {dLogits[b]}, dxAlone, dAlone);
        assertThat(dxAlone)
            .containsExactly(Arrays.copyOfRange(dx, b * 144, (b + 1) * 144), within(2e-6f));
        for (int t = 0; t < sum.values().length; t++) {
          for (int i = 0; i < sum.values()[t].length; i++) {
            sum.values()[t][i] += dAlone.values()[t][i];
          }
        }
      }
    }
    for (int t = 0; t < sum.values().length; t++) {
      assertThat(sum.values()[t]).containsExactly(dWeights.values()[t], within(2e-5f));
    }
  }

  @Test
  void seesWeightsThatWereChangedInPlace() {
    DjlModel model = DjlModel.of(AutoIntConfig.streaming(), 4, 8, 8);
    Tensors weights = weights(model, 16);
    float[] x = random(32, 17);
    float[] before = new float[1];
    float[] after = new float[1];
    try (DjlWorkspace workspace = model.newWorkspace()) {
      workspace.infer(weights, x, 1, before);
      find(weights, "bias")[0] += 1;
      workspace.infer(weights, x, 1, after);
    }
    assertThat(after[0]).isCloseTo(before[0] + 1, within(1e-5f));
  }

  private static float[] learn(DjlModel model, int steps) {
    Tensors weights = weights(model, 18);
    Tensors gradients = Tensors.zeros(model.tensors());
    float[] logits = new float[8];
    float[] dx = new float[8 * 144];
    try (DjlWorkspace workspace = model.newWorkspace()) {
      for (int step = 0; step < steps; step++) {
        workspace.forward(weights, random(8 * 144, step), 8, 0, logits);
        workspace.backward(logits, dx, gradients);
        for (int t = 0; t < weights.values().length; t++) {
          for (int i = 0; i < weights.values()[t].length; i++) {
            weights.values()[t][i] -= 1e-3f * gradients.values()[t][i];
          }
        }
      }
    }
    return logits;
  }

  @Test
  void learnsWithTheLossItIsGiven() {
    DjlModel model = DjlModel.of(AutoIntConfig.streaming(), 9, 16, 16);
    float[] learnt = learn(model, 300);
    float[] fresh = learn(model, 1);
    assertThat(sumOfSquares(learnt)).isLessThan(sumOfSquares(fresh) / 4);
  }

  /** Attention [L, B, H, F, F] of the worked example. */
  private static float[] attention(AutoIntConfig config) {
    DjlModel model = DjlModel.of(config, 3, 2, 2);
    try (DjlWorkspace workspace = model.newWorkspace()) {
      return workspace.intermediate("attention", worked(config), X, 1);
    }
  }

  /** What the only layer gives, [F, A], read through outputs that pick one value each. */
  private static float[] lastLayer(AutoIntConfig config) {
    DjlModel model = DjlModel.of(config, 3, 2, 2);
    Tensors weights = worked(config);
    float[] output = find(weights, "output");
    float[] seen = new float[output.length];
    float[] logit = new float[1];
    try (DjlWorkspace workspace = model.newWorkspace()) {
      for (int i = 0; i < output.length; i++) {
        Arrays.fill(output, 0);
        output[i] = 1;
        workspace.infer(weights, X, 1, logit);
        seen[i] = logit[0];
      }
    }
    return seen;
  }

  /** Weights of the worked example: columns of its W are rows of a projection. */
  private static Tensors worked(AutoIntConfig config) {
    Tensors weights = Tensors.zeros(DjlModel.of(config, 3, 2, 2).tensors());
    set(
        weights,
        "layer0.projection",
        new float[] {
          1,
          0,
          0,
          1,
          .5f,
          .5f,
          -.5f,
          .5f, // query
          .5f,
          1,
          1,
          -.5f,
          0,
          1,
          1,
          0, // key
          1,
          0,
          0,
          1,
          1,
          0,
          0,
          1, // value
          .1f,
          .4f,
          .2f,
          .3f,
          .3f,
          .2f,
          .4f,
          .1f // residual
        });
    if (config.layerNorm()) {
      Arrays.fill(find(weights, "layer0.norm_scale"), 1);
    }
    return weights;
  }

  private static double sumOfSquares(float[] v) {
    double sum = 0;
    for (float f : v) {
      sum += f * f;
    }
    return sum;
  }
}
