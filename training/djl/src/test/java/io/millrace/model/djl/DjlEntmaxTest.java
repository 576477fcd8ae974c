package io.millrace.model.djl;

import static io.millrace.model.TestTensors.random;
import static io.millrace.model.TestTensors.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.ArmNetConfig;
import io.millrace.model.GradientCheck;
import io.millrace.model.HiddenLayers;
import io.millrace.model.TensorSpecs;
import io.millrace.model.Tensors;
import io.millrace.model.layer.EntmaxContract;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Gates by torch's operations on the CPU: against worked numbers, differences, and Java's. */
class DjlEntmaxTest extends EntmaxContract {
  private static final HiddenLayers HIDDEN = HiddenLayers.plain(5);

  /** Scores [B, F, N] in, Σ g ∘ p out; with {@code learned} α is a tensor [K]. */
  private record Gates(int fields, int gates, float alpha, int heads) implements DjlGraph {
    @Override
    public PtNDArray logits(DjlPass pass, PtNDArray x) {
      PtNDArray p =
          heads == 0
              ? DjlEntmax.apply(pass, x, alpha)
              : DjlEntmax.applyByHead(pass, x, pass.tensor(1));
      pass.report("p", p);
      PtNDArray weighted = JniUtils.mul(p, pass.tensor(0, fields, gates));
      PtNDArray sums = JniUtils.sum(weighted, new long[] {1, 2}, false);
      return JniUtils.reshape(sums, new long[] {pass.batch(), 1});
    }

    DjlModel model() {
      TensorSpecs specs = new TensorSpecs();
      specs.constant("g", 0, fields, gates);
      specs.constant("alpha", alpha, Math.max(1, heads));
      return DjlModel.of(fields, gates, specs.list(), false, this);
    }
  }

  DjlEntmaxTest() {
    super(new Tolerance(2e-6f, 5e-6f, 2e-5f));
  }

  /** With α a constant, and as a tensor of one head, which is never 1. */
  @Override
  protected List<float[]> shares(float alpha, float[] z) {
    return (alpha == 1 ? IntStream.of(0) : IntStream.of(0, 1))
        .mapToObj(heads -> shares(new Gates(z.length, 1, alpha, heads).model(), z))
        .toList();
  }

  private static float[] shares(DjlModel model, float[] z) {
    try (DjlWorkspace workspace = model.newWorkspace()) {
      return workspace.intermediate("p", Tensors.initial(model.tensors(), 1), z, 1);
    }
  }

  @Override
  protected List<float[]> byScores(float alpha, float[] z, float[] g) {
    return IntStream.of(0, 1)
        .mapToObj(
            heads -> {
              float[] dz = new float[z.length];
              gradients(alpha, heads, z, g, dz);
              return dz;
            })
        .toList();
  }

  @Override
  protected double byAlpha(float alpha, float[] z, float[] g) {
    return gradients(alpha, 1, z, g, new float[z.length]).values()[1][0];
  }

  private static Tensors gradients(float alpha, int heads, float[] z, float[] g, float[] dz) {
    DjlModel model = new Gates(z.length, 1, alpha, heads).model();
    Tensors weights = Tensors.initial(model.tensors(), 1);
    System.arraycopy(g, 0, weights.values()[0], 0, g.length);
    Tensors gradients = Tensors.zeros(model.tensors());
    try (DjlWorkspace workspace = model.newWorkspace()) {
      workspace.forward(weights, z, 1, 0, new float[1]);
      workspace.backward(new float[] {1}, dz, gradients);
    }
    return gradients;
  }

  static List<ArmNetConfig> architectures() {
    return List.of(
        new ArmNetConfig(2, 3, 1, false, false, false, HIDDEN),
        new ArmNetConfig(1, 5, 1.25f, false, false, true, HIDDEN),
        new ArmNetConfig(2, 3, 1.5f, false, true, false, HIDDEN),
        new ArmNetConfig(2, 3, 1.7f, false, false, false, HIDDEN),
        new ArmNetConfig(1, 4, 2, false, false, true, HIDDEN),
        new ArmNetConfig(1, 4, 2.5f, false, false, false, HIDDEN),
        new ArmNetConfig(3, 2, 1.6f, true, false, true, HIDDEN));
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void modelsAreThoseWithGatesInJava(ArmNetConfig config) {
    for (int fields : new int[] {1, 3, 10, 39}) {
      for (int batch : new int[] {1, 5, 33}) {
        DjlModel java = DjlModel.of(config, fields, 6, 6);
        Tensors weights = weights(java, 3);
        float[] x = random(batch * fields * 6, 4);
        float[] dLogits = random(batch, 5);
        float[][] logits = new float[2][batch];
        float[][] dx = new float[2][x.length];
        Tensors[] gradients = {Tensors.zeros(java.tensors()), Tensors.zeros(java.tensors())};
        DjlModel[] models = {java, java.withGatesByTorch()};
        for (int m = 0; m < 2; m++) {
          try (DjlWorkspace workspace = models[m].newWorkspace()) {
            workspace.infer(weights, x, batch, logits[m]);
            workspace.forward(weights, x, batch, 1, logits[m]);
            workspace.backward(dLogits, dx[m], gradients[m]);
          }
        }
        String place = "%s, F %d, B %d".formatted(config, fields, batch);
        assertThat(logits[1]).as(place).containsExactly(logits[0], within(1e-4f));
        assertThat(dx[1]).as(place).containsExactly(dx[0], within(1e-3f));
        for (int t = 0; t < gradients[0].values().length; t++) {
          assertThat(gradients[1].values()[t])
              .as(place + java.tensors().get(t).name())
              .containsExactly(gradients[0].values()[t], within(2e-3f));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void gradientsAgreeWithFiniteDifferences(ArmNetConfig config) {
    DjlModel model = DjlModel.of(config, 3, 4, 4).withGatesByTorch();
    float[] dLogits = {1.5f, -1.2f, 1.1f, -2};
    assertThat(
            GradientCheck.differences(model, weights(model, 5), random(48, 6), dLogits, List.of()))
        .isEmpty();
  }

  /** Σp = 1, adding to all scores changes nothing, and equal scores have equal shares. */
  @ParameterizedTest
  @ValueSource(floats = {1, 1.05f, 1.3f, 1.5f, 1.9f, 2, 2.5f, 4})
  void invariants(float alpha) {
    DjlModel model = new Gates(7, 5, alpha, 0).model();
    Tensors weights = Tensors.initial(model.tensors(), 1);
    float[] z = random(3 * 35, 8);
    float[] shifted = z.clone();
    float[] equal = new float[105];
    for (int i = 0; i < z.length; i++) {
      z[i] *= 3;
      shifted[i] = z[i] + 2;
    }
    try (DjlWorkspace workspace = model.newWorkspace()) {
      float[] p = workspace.intermediate("p", weights, z, 3);
      for (int i = 0; i < 15; i++) {
        float sum = 0;
        for (int f = 0; f < 7; f++) {
          sum += p[(i / 5 * 7 + f) * 5 + i % 5];
        }
        assertThat(sum).isCloseTo(1, within(1e-5f));
      }
      assertThat(workspace.intermediate("p", weights, shifted, 3))
          .containsExactly(p, within(2e-5f));
      for (float share : workspace.intermediate("p", weights, equal, 3)) {
        assertThat(share).isCloseTo(1 / 7f, within(1e-5f));
      }
    }
  }

  /** A halving's arrays die with it. */
  @Test
  void holdsNoArrayPerHalving() {
    DjlModel model = new Gates(9, 8, 1.7f, 0).model();
    Tensors weights = Tensors.initial(model.tensors(), 1);
    try (DjlWorkspace workspace = model.newWorkspace()) {
      int before = workspace.nativeArrays();
      workspace.forward(weights, random(72, 1), 1, 0, new float[1]);
      assertThat(workspace.nativeArrays() - before).isLessThan(90);
    }
  }
}
