package io.millrace.model.kernel;

import static io.millrace.model.TestTensors.random;
import static io.millrace.model.TestTensors.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.AutoIntConfig;
import io.millrace.model.CtrModel;
import io.millrace.model.Engine;
import io.millrace.model.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A step taken part by part is the step as a whole. */
class StepTest {
  private static final int FIELDS = 39;
  private static final int DIM = 16;

  /** Which examples it was asked for, as their first and their number. */
  private static final class Asked implements CtrModel.Loss {
    final List<List<Integer>> parts = new ArrayList<>();

    @Override
    public void gradients(int first, int count, float[] logits, float[] dLogits) {
      parts.add(List.of(first, count));
      for (int b = first; b < first + count; b++) {
        dLogits[b] = logits[b] - b % 2;
      }
    }
  }

  private static CtrModel autoint(float dropout) {
    AutoIntConfig config = new AutoIntConfig(2, 2, 8, true, true, true, false, true, true, dropout);
    return config.model(Engine.KERNELS, FIELDS, DIM, DIM);
  }

  @Test
  void largeStepsOfAutoIntGoPartByPart() {
    int batch = 203;
    CtrModel model = autoint(0);
    Tensors weights = weights(model, 1);
    float[] x = random(batch * FIELDS * DIM, 2);
    boolean[] missing = new boolean[batch * FIELDS];
    for (int i = 0; i < missing.length; i += 7) {
      missing[i] = true;
      Arrays.fill(x, i * DIM, (i + 1) * DIM, 0);
    }
    float[] logits = new float[batch];
    float[] dLogits = new float[batch];
    float[] dx = new float[x.length];
    Tensors gradients = Tensors.zeros(model.tensors());
    float[] logitsOfWhole = new float[batch];
    float[] dxOfWhole = new float[x.length];
    Tensors gradientsOfWhole = Tensors.zeros(model.tensors());
    Asked asked = new Asked();
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      for (int step = 0; step < 2; step++) {
        asked.parts.clear();
        workspace.step(weights, x, missing, batch, 3, asked, logits, dLogits, dx, gradients);
      }
      workspace.forward(weights, x, missing, batch, 3, logitsOfWhole);
      workspace.backward(dLogits, dxOfWhole, gradientsOfWhole);
    }
    assertThat(asked.parts).hasSizeGreaterThan(1);
    int next = 0;
    for (List<Integer> part : asked.parts) {
      assertThat(part.get(0)).isEqualTo(next);
      next += part.get(1);
    }
    assertThat(next).isEqualTo(batch);
    assertThat(logits).containsExactly(logitsOfWhole, within(1e-5f));
    assertThat(dx).containsExactly(dxOfWhole, within(1e-5f));
    for (int t = 0; t < model.tensors().size(); t++) {
      float[] expected = gradientsOfWhole.values()[t];
      float largest = 0;
      for (float value : expected) {
        largest = Math.max(largest, Math.abs(value));
      }
      assertThat(gradients.values()[t])
          .as(model.tensors().get(t).name())
          .containsExactly(expected, within(1e-5f * largest));
    }
  }

  /** Masks are drawn for the step as a whole, so that both engines drop the same units. */
  @Test
  void withDropoutAStepStaysWhole() {
    int batch = 203;
    CtrModel model = autoint(0.2f);
    Asked asked = new Asked();
    float[] dx = new float[batch * FIELDS * DIM];
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      workspace.step(
          weights(model, 1),
          random(dx.length, 2),
          null,
          batch,
          3,
          asked,
          new float[batch],
          new float[batch],
          dx,
          Tensors.zeros(model.tensors()));
    }
    assertThat(asked.parts).containsExactly(List.of(0, batch));
  }
}
