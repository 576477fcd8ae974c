package io.millrace.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.CtrModel;
import io.millrace.model.Tensors;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * What lr and fm keep: both are polynomials of order 2 at most, so central differences are exact.
 */
abstract class PlainModelContract {
  abstract CtrModel model(int fields);

  /** The logit by the model's formula, in double precision. */
  abstract double logit(CtrModel model, float bias, float[] x, int from);

  @Test
  void inferAndForwardAgreeWithTheFormulaAtOddSizes() {
    SplittableRandom random = new SplittableRandom(11);
    for (int fields : new int[] {1, 2, 7, 39}) {
      CtrModel model = model(fields);
      Tensors weights = Tensors.initial(model.tensors(), 1);
      weights.values()[0][0] = 0.3f;
      CtrModel.Workspace workspace = model.newWorkspace();
      for (int batch : new int[] {1, 5, 3}) {
        int n = fields * model.dim();
        float[] x = random(random, batch * n + 3);
        float[] inferred = new float[batch];
        float[] forward = new float[batch];
        workspace.infer(weights, x, batch, inferred);
        workspace.forward(weights, x, batch, 0, forward);
        assertThat(forward).isEqualTo(inferred);
        for (int b = 0; b < batch; b++) {
          assertThat((double) inferred[b])
              .isCloseTo(logit(model, 0.3f, x, b * n), within(2e-5 * fields));
        }
      }
    }
  }

  @Test
  void gradientsOfAllInputsAndTensorsMatchFiniteDifferences() {
    SplittableRandom random = new SplittableRandom(12);
    int fields = 5;
    int batch = 3;
    CtrModel model = model(fields);
    int n = fields * model.dim();
    float[] x = random(random, batch * n);
    float[] dLogits = random(random, batch);
    Tensors weights = Tensors.initial(model.tensors(), 1);
    Tensors dWeights = Tensors.zeros(model.tensors());
    dWeights.values()[0][0] = 99;
    float[] dx = new float[batch * n];
    Arrays.fill(dx, 99);
    CtrModel.Workspace workspace = model.newWorkspace();
    workspace.forward(weights, x, batch, 0, new float[batch]);
    workspace.infer(weights, random(random, n), 1, new float[1]); // must not disturb backward
    float[] kept = x.clone();
    Arrays.fill(x, 0); // forward must have remembered what it needs
    workspace.backward(dLogits, dx, dWeights);
    float h = 0.25f;
    for (int i = 0; i < kept.length; i++) {
      float[] up = kept.clone();
      float[] down = kept.clone();
      up[i] += h;
      down[i] -= h;
      int b = i / n;
      double numeric =
          dLogits[b]
              * (logit(model, 0, up, b * n) - logit(model, 0, down, b * n))
              / ((double) up[i] - down[i]);
      assertThat((double) dx[i]).as("dx[%d]", i).isCloseTo(numeric, within(1e-5));
    }
    double bias = 0;
    for (float d : dLogits) {
      bias += d;
    }
    assertThat((double) dWeights.values()[0][0]).isCloseTo(bias, within(1e-6));
  }

  private static float[] random(SplittableRandom random, int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }
}
