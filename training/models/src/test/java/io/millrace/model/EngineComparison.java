package io.millrace.model;

import static io.millrace.model.TestTensors.random;
import static io.millrace.model.TestTensors.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** Kernels compute what the models on DJL compute: logits, every gradient, ten steps. */
public final class EngineComparison {
  private EngineComparison() {}

  /** At sizes that are no multiple of a vector. */
  public static void checkOddSizes(Architecture architecture, int dim) {
    for (int fields : new int[] {1, 3, 7, 17}) {
      for (int batch : new int[] {1, 5, 67, 130}) {
        check(architecture, fields, dim, batch);
      }
    }
  }

  /** Losses of ten steps. */
  public static void checkTenSteps(Architecture architecture, int dim) {
    float[] expected = TenSteps.losses(architecture.model(Engine.DJL, 7, dim, dim));
    float[] actual = TenSteps.losses(architecture.model(Engine.KERNELS, 7, dim, dim));
    assertThat(actual).containsExactly(expected, within(2e-5f));
  }

  /** At one size. */
  public static void check(Architecture architecture, int fields, int dim, int batch) {
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
}
