package io.millrace.model.djl;

import static io.millrace.model.TestTensors.find;
import static io.millrace.model.TestTensors.random;
import static io.millrace.model.TestTensors.set;
import static io.millrace.model.TestTensors.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.Architecture;
import io.millrace.model.DcnV2Config;
import io.millrace.model.HiddenLayers;
import io.millrace.model.MlpConfig;
import io.millrace.model.TensorSpec;
import io.millrace.model.Tensors;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DcnV2Test extends DjlModelContract {
  @Override
  List<Architecture> architectures() {
    return List.of(
        new DcnV2Config(2, false, HiddenLayers.plain(7, 5)),
        new DcnV2Config(1, true, HiddenLayers.plain(7)),
        new DcnV2Config(3, true, new HiddenLayers(List.of(5), true, 0.2f)));
  }

  @Override
  List<Architecture> atOddSizes() {
    return List.of(new DcnV2Config(2, false, FULL_LAYERS), new DcnV2Config(3, true, PLAIN_LAYERS));
  }

  /** What comes before a normalisation by the batch may shift as it likes. */
  @Override
  List<String> flat(Architecture architecture) {
    return ((DcnV2Config) architecture).hidden().batchNorm() ? List.of("hidden0.bias") : List.of();
  }

  @Override
  Architecture typical() {
    return DcnV2Config.streaming();
  }

  @Override
  float[] golden() {
    return new float[] {
      .7097415f, .6445875f, .5906029f, .54357016f, .50140566f,
      .46333057f, .42854798f, .39630485f, .36629477f, .33836174f
    };
  }

  /** x0 = (1, 2), W = [[1, 2], [3, 4]], b = (.5, -1): x1 = x0 ∘ (5.5, 10) + x0 = (6.5, 22). */
  @Test
  void crossesAsWorkedOut() {
    DjlModel model = DjlModel.of(new DcnV2Config(2, false, HiddenLayers.plain(1)), 2, 1, 1);
    Tensors weights = Tensors.zeros(model.tensors());
    set(weights, "cross0.weight", 1, 2, 3, 4);
    set(weights, "cross0.bias", .5f, -1);
    float[] logit = new float[1];
    try (DjlWorkspace workspace = model.newWorkspace()) {
      set(weights, "output.weight", 1, 0, 0);
      workspace.infer(weights, new float[] {1, 2}, 1, logit);
      assertThat(logit[0]).isCloseTo(6.5f, within(1e-5f));
      set(weights, "output.weight", 0, 1, 0);
      workspace.infer(weights, new float[] {1, 2}, 1, logit);
      assertThat(logit[0]).isCloseTo(22, within(1e-5f));
      // x2 = x0 ∘ (6.5 + 22, 6.5 - 22) + x1 = (28.5, -31) + (6.5, 22)
      set(weights, "cross1.weight", 1, 1, 1, -1);
      set(weights, "output.weight", 1, 10, 0);
      workspace.infer(weights, new float[] {1, 2}, 1, logit);
      assertThat(logit[0]).isCloseTo(35 - 90, within(1e-4f));
    }
  }

  /** Cross layers without weights pass x on: what is left is a perceptron, in both structures. */
  @Test
  void withoutCrossesItIsAPerceptron() {
    DjlModel dnn = DjlModel.of(new MlpConfig(HiddenLayers.plain(4)), 2, 3, 3);
    Tensors perceptron = weights(dnn, 91);
    float[] x = random(18, 92);
    float[] expected = new float[3];
    try (DjlWorkspace workspace = dnn.newWorkspace()) {
      workspace.infer(perceptron, x, 3, expected);
    }
    for (boolean stacked : new boolean[] {true, false}) {
      DjlModel model = DjlModel.of(new DcnV2Config(2, stacked, HiddenLayers.plain(4)), 2, 3, 3);
      Tensors weights = Tensors.zeros(model.tensors());
      for (TensorSpec spec : dnn.tensors()) {
        float[] values = find(perceptron, spec.name());
        float[] to = find(weights, spec.name());
        System.arraycopy(values, 0, to, to.length - values.length, values.length);
      }
      float[] logits = new float[3];
      try (DjlWorkspace workspace = model.newWorkspace()) {
        workspace.infer(weights, x, 3, logits);
        assertThat(logits).containsExactly(expected, within(1e-5f));
        Arrays.fill(find(weights, "cross0.bias"), 1);
        workspace.infer(weights, x, 3, logits);
        assertThat(Arrays.equals(logits, expected)).isEqualTo(!stacked);
      }
    }
  }
}
