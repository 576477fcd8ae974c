package io.millrace.model.djl;

import static io.millrace.model.TestTensors.random;
import static io.millrace.model.TestTensors.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.GradientCheck;
import io.millrace.model.Tensors;
import io.millrace.model.TestTensors;
import java.util.List;
import org.junit.jupiter.api.Test;

class JepaTest {
  private static final int FIELDS = 5;
  private static final int DIM = 4;
  private static final JepaConfig CONFIG =
      new JepaConfig(8, 1, 2, 12, 6, 1, 3, 0.2, 0.6, 0.2, 0.6, 3);

  /** Gradients of the loss, those with respect to the targets included. */
  @Test
  void gradientsAgreeWithFiniteDifferences() {
    DjlModel model = CONFIG.model(FIELDS, DIM);
    float[] x = random(4 * model.fields() * DIM, 1);
    float[] dLosses = {1.5f, -1, 2, 1};
    // what attends is softmaxed: a shift of all keys' scores changes nothing
    assertThat(GradientCheck.differences(model, weights(model, 2), x, dLosses, List.of()))
        .isEmpty();
  }

  @Test
  void aFieldOutsideTheContextHasNoInfluence() {
    DjlModel model = CONFIG.model(FIELDS, DIM);
    int batch = 6;
    int stride = model.fields() * DIM;
    long seed = 77;
    JepaMasks masks = JepaMasks.draw(CONFIG, batch, FIELDS, seed);
    Tensors weights = weights(model, 3);
    float[] x = random(batch * stride, 4);
    float[] losses = new float[batch];
    float[] changed = new float[batch];
    try (DjlWorkspace workspace = model.newWorkspace()) {
      workspace.forward(weights, x, batch, seed, losses);
      for (int f = 0; f < FIELDS; f++) {
        float[] other = x.clone();
        for (int b = 0; b < batch; b++) {
          for (int d = 0; d < DIM; d++) {
            other[b * stride + f * DIM + d] += 3;
          }
        }
        workspace.forward(weights, other, batch, seed, changed);
        for (int b = 0; b < batch; b++) {
          if (masks.isContext(b, f)) {
            assertThat(changed[b]).isNotEqualTo(losses[b]);
          } else {
            assertThat(changed[b]).isEqualTo(losses[b]);
          }
        }
      }
    }
  }

  /** A target that is no target of any set changes nothing; the others do. */
  @Test
  void theLossIsTheMeanSquareOverTheTargets() {
    DjlModel model = CONFIG.model(FIELDS, DIM);
    int h = CONFIG.width();
    int own = FIELDS * DIM;
    long seed = 78;
    JepaMasks masks = JepaMasks.draw(CONFIG, 1, FIELDS, seed);
    Tensors weights = weights(model, 3);
    // the predictor gives zeros
    java.util.Arrays.fill(TestTensors.find(weights, "predictor.out.weight"), 0);
    java.util.Arrays.fill(TestTensors.find(weights, "predictor.out.bias"), 0);
    float[] x = random(model.fields() * DIM, 5);
    double expected = 0;
    for (int t = 0; t < CONFIG.targets(); t++) {
      for (int f = 0; f < FIELDS; f++) {
        for (int d = 0; d < h && masks.isTarget(t, 0, f); d++) {
          double target = x[own + f * h + d];
          expected += target * target / (h * masks.targetSize() * CONFIG.targets());
        }
      }
    }
    float[] loss = new float[1];
    try (DjlWorkspace workspace = model.newWorkspace()) {
      workspace.forward(weights, x, 1, seed, loss);
    }
    assertThat(loss[0]).isCloseTo((float) expected, within(1e-5f));
  }

  @Test
  void masksAreDisjointAndTreatFieldsAlike() {
    int[] inContext = new int[FIELDS];
    int[] inTarget = new int[FIELDS];
    int contexts = 0;
    int targets = 0;
    for (int draw = 0; draw < 10_000; draw++) {
      JepaMasks masks = JepaMasks.draw(CONFIG, 2, FIELDS, draw);
      for (int b = 0; b < 2; b++) {
        for (int t = 0; t < CONFIG.targets(); t++) {
          int size = 0;
          for (int f = 0; f < FIELDS; f++) {
            if (masks.isTarget(t, b, f)) {
              assertThat(masks.isContext(b, f)).isFalse();
              inTarget[f]++;
              targets++;
              size++;
            }
          }
          assertThat(size).isEqualTo(masks.targetSize()).isPositive();
        }
        for (int f = 0; f < FIELDS; f++) {
          inContext[f] += masks.isContext(b, f) ? 1 : 0;
          contexts += masks.isContext(b, f) ? 1 : 0;
        }
      }
    }
    for (int f = 0; f < FIELDS; f++) {
      assertThat(inContext[f] / (double) contexts).isCloseTo(1.0 / FIELDS, within(.01));
      assertThat(inTarget[f] / (double) targets).isCloseTo(1.0 / FIELDS, within(.01));
    }
  }

  @Test
  void representsEveryField() {
    DjlModel model = CONFIG.model(FIELDS, DIM);
    float[] x = random(3 * model.fields() * DIM, 6);
    try (DjlWorkspace workspace = model.newWorkspace()) {
      Tensors weights = weights(model, 7);
      float[] all = workspace.intermediate(JepaConfig.REPRESENTATION, weights, x, 3);
      assertThat(all).hasSize(3 * FIELDS * CONFIG.width());
      float[] second = new float[model.fields() * DIM];
      System.arraycopy(x, second.length, second, 0, second.length);
      float[] alone = workspace.intermediate(JepaConfig.REPRESENTATION, weights, second, 1);
      int size = FIELDS * CONFIG.width();
      for (int i = 0; i < size; i++) {
        assertThat(alone[i]).isCloseTo(all[size + i], within(1e-5f));
      }
    }
  }

  @Test
  void saysWhatItCannotTake() {
    assertThatThrownBy(() -> CONFIG.model(1, 4)).hasMessage("fields: 1, expected at least 2");
    assertThatThrownBy(() -> CONFIG.model(2, 3))
        .hasMessage("width: 8, expected a multiple of the dimension 3");
    assertThatThrownBy(() -> new JepaConfig(8, 1, 3, 1, 6, 1, 3, .2, .5, .2, .5, 1))
        .hasMessage("heads: 3, expected a divisor of width 8");
    assertThatThrownBy(() -> new JepaConfig(8, 1, 2, 1, 6, 1, 3, 0, .5, .2, .5, 1))
        .hasMessage("contextMin, contextMax: 0.0, 0.5, expected 0 < min <= max <= 1");
  }
}
