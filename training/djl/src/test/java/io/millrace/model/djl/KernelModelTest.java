package io.millrace.model.djl;

import static io.millrace.model.TestTensors.random;
import static io.millrace.model.TestTensors.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.Architecture;
import io.millrace.model.ArmNetConfig;
import io.millrace.model.ArmNetPlusConfig;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.AutoIntPlusConfig;
import io.millrace.model.CtrModel;
import io.millrace.model.DcnV2Config;
import io.millrace.model.DeepFmConfig;
import io.millrace.model.Engine;
import io.millrace.model.FinalMlpConfig;
import io.millrace.model.HiddenLayers;
import io.millrace.model.MlpConfig;
import io.millrace.model.TenSteps;
import io.millrace.model.Tensors;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Kernel models compute what the models on DJL compute: logits, every gradient, ten steps. */
class KernelModelTest {
  private static final HiddenLayers PLAIN = HiddenLayers.plain(9, 5);
  private static final HiddenLayers FULL = new HiddenLayers(List.of(19, 6), true, 0.3f);

  static List<Architecture> architectures() {
    AutoIntConfig attention = new AutoIntConfig(2, 3, 5, true, true, true, true, true, true, 0.2f);
    ArmNetConfig arm = new ArmNetConfig(3, 6, 1.7f, false, true, true, FULL);
    return List.of(
        new MlpConfig(PLAIN),
        new MlpConfig(FULL),
        new MlpConfig(new HiddenLayers(List.of(300, 150), true, 0)),
        attention,
        AutoIntConfig.paper(3, 1, 17),
        AutoIntConfig.official(2, 2, 16),
        new AutoIntConfig(1, 2, 3, false, true, false, false, false, true, 0),
        new AutoIntPlusConfig(attention, FULL),
        arm,
        new ArmNetConfig(1, 10, 1.5f, false, false, false, PLAIN),
        new ArmNetConfig(2, 16, 2, false, true, false, PLAIN),
        new ArmNetConfig(1, 3, 1, false, false, true, PLAIN),
        new ArmNetConfig(2, 3, 2.5f, false, false, false, PLAIN),
        new ArmNetConfig(2, 4, 1.5f, true, true, false, PLAIN),
        new ArmNetPlusConfig(arm, FULL),
        new DeepFmConfig(FULL),
        new DcnV2Config(2, false, FULL),
        new DcnV2Config(3, true, PLAIN),
        new FinalMlpConfig(FULL, HiddenLayers.plain(7, 12), 3, 0, List.of(), List.of()),
        new FinalMlpConfig(
            new HiddenLayers(List.of(20), true, 0), FULL, 2, 5, List.of(0), List.of()),
        new FinalMlpConfig(PLAIN, HiddenLayers.plain(5), 1, 17, List.of(), List.of(0)),
        new FinalMlpConfig(
            HiddenLayers.plain(160),
            new HiddenLayers(List.of(80), true, 0.3f),
            8,
            33,
            List.of(0),
            List.of(0)));
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void hasTheSameLogitsAndGradientsAtOddSizes(Architecture architecture) {
    for (int fields : new int[] {1, 3, 7, 17}) {
      for (int batch : new int[] {1, 5, 67, 130}) {
        compare(architecture, fields, 6, batch);
      }
    }
    compare(architecture, 10, 34, 33);
  }

  private static void compare(Architecture architecture, int fields, int dim, int batch) {
    CtrModel reference = architecture.model(Engine.DJL, fields, dim, dim);
    CtrModel kernel = architecture.model(Engine.KERNELS, fields, dim, dim);
    Tensors weights = weights(reference, 31);
    float[] x = random(batch * fields * dim, 32);
    float[] dLogits = random(batch, 33);
    Result expected = new Result(reference, x.length, batch);
    Result actual = new Result(kernel, x.length, batch);
    expected.compute(reference, weights, x, dLogits);
    actual.compute(kernel, weights, x, dLogits);
    String place = "%s, F %d, D %d, B %d: ".formatted(architecture, fields, dim, batch);
    close(place + "inferred", expected.inferred, actual.inferred);
    close(place + "logits", expected.logits, actual.logits);
    close(place + "dx", expected.dx, actual.dx);
    for (int t = 0; t < reference.tensors().size(); t++) {
      String name = place + reference.tensors().get(t).name();
      close(name, expected.gradients.values()[t], actual.gradients.values()[t]);
    }
  }

  /**
   * Within 2e-3 of the largest value, or of 0.02 where all are smaller: normalisation by a batch
   * whose values hardly differ enlarges what rounding left.
   */
  private static void close(String what, float[] expected, float[] actual) {
    float largest = 0.02f;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(actual[i] - expected[i]) <= 2e-3f * largest)) {
        throw new AssertionError(
            "%s[%d]: %s, expected %s (largest %s)"
                .formatted(what, i, actual[i], expected[i], largest));
      }
    }
  }

  private static final class Result {
    final float[] inferred;
    final float[] logits;
    final float[] dx;
    final Tensors gradients;

    Result(CtrModel model, int size, int batch) {
      inferred = new float[batch];
      logits = new float[batch];
      dx = new float[size];
      gradients = Tensors.zeros(model.tensors());
    }

    void compute(CtrModel model, Tensors weights, float[] x, float[] dLogits) {
      try (CtrModel.Workspace workspace = model.newWorkspace()) {
        workspace.infer(weights, x, logits.length, inferred);
        // twice, as nothing of a pass may be left for the next
        for (int pass = 0; pass < 2; pass++) {
          workspace.forward(weights, x, logits.length, 77, logits);
          workspace.backward(dLogits, dx, gradients);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("architectures")
  void learnsTheSameInTenSteps(Architecture architecture) {
    float[] expected = TenSteps.losses(architecture.model(Engine.DJL, 7, 10, 10));
    float[] actual = TenSteps.losses(architecture.model(Engine.KERNELS, 7, 10, 10));
    assertThat(actual).containsExactly(expected, within(2e-5f));
  }
}
