package io.millrace.model.djl;

import static io.millrace.model.TestTensors.find;
import static io.millrace.model.TestTensors.random;
import static io.millrace.model.TestTensors.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.Architecture;
import io.millrace.model.CtrModel;
import io.millrace.model.DeepFmConfig;
import io.millrace.model.HiddenLayers;
import io.millrace.model.Tensors;
import io.millrace.model.kernel.FactorizationMachine;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeepFmTest extends DjlModelContract {
  @Override
  List<Architecture> architectures() {
    return List.of(
        new DeepFmConfig(HiddenLayers.plain(7, 5)),
        new DeepFmConfig(new HiddenLayers(List.of(5), true, 0.2f)));
  }

  @Override
  List<Architecture> atOddSizes() {
    return List.of(new DeepFmConfig(FULL_LAYERS));
  }

  /** What comes before a normalisation by the batch may shift as it likes. */
  @Override
  List<String> flat(Architecture architecture) {
    return ((DeepFmConfig) architecture).hidden().batchNorm() ? List.of("hidden0.bias") : List.of();
  }

  @Override
  Architecture typical() {
    return DeepFmConfig.streaming();
  }

  @Override
  float[] golden() {
    return new float[] {
      1.3139516f, .7867164f, .5054047f, .34733206f, .2527157f,
      .18954687f, .14701715f, .11792272f, .097551964f, .08300092f
    };
  }

  /** With one row or several to a field vector; in its gradients too. */
  @Test
  void isAFactorizationMachineWhereThePerceptronIsSilent() {
    for (int rowWidth : new int[] {6, 3, 2}) {
      DjlModel model = DjlModel.of(DeepFmConfig.streaming(), 4, 6, rowWidth);
      FactorizationMachine machine = new FactorizationMachine(4, 6, rowWidth);
      Tensors weights = weights(model, 85);
      Arrays.fill(find(weights, "output.weight"), 0);
      Tensors bias = new Tensors(machine.tensors(), new float[][] {find(weights, "output.bias")});
      float[] x = random(5 * 24, 86);
      float[] dLogits = random(5, 87);
      float[] logits = new float[5];
      float[] expected = new float[5];
      float[] dx = new float[x.length];
      float[] dxExpected = new float[x.length];
      CtrModel.Workspace other = machine.newWorkspace();
      try (DjlWorkspace workspace = model.newWorkspace()) {
        workspace.forward(weights, x, 5, 0, logits);
        workspace.backward(dLogits, dx, Tensors.zeros(model.tensors()));
      }
      other.forward(bias, x, 5, 0, expected);
      other.backward(dLogits, dxExpected, Tensors.zeros(machine.tensors()));
      assertThat(logits).containsExactly(expected, within(1e-5f));
      assertThat(dx).containsExactly(dxExpected, within(1e-5f));
    }
  }

  /** The linear weights, first of each row, are no input of the perceptron. */
  @Test
  void thePerceptronTakesFactorsOnly() {
    DjlModel model = DjlModel.of(DeepFmConfig.streaming(), 2, 6, 3);
    Tensors weights = weights(model, 88);
    float[] x = random(12, 89);
    float[] before = new float[1];
    float[] after = new float[1];
    try (DjlWorkspace workspace = model.newWorkspace()) {
      workspace.infer(weights, x, 1, before);
      x[3] += 1;
      workspace.infer(weights, x, 1, after);
      assertThat(after[0]).isCloseTo(before[0] + 1, within(1e-5f));
    }
    assertThat(find(weights, "hidden0.weight")).hasSize(64 * 2 * 2 * 2);
  }

  @Test
  void needsRoomForFactors() {
    assertThatThrownBy(() -> DjlModel.of(DeepFmConfig.streaming(), 3, 4, 1))
        .hasMessage("rowWidth: 1, expected at least 2 and a divisor of dim 4");
  }
}
