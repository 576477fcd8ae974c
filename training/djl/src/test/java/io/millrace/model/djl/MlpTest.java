package io.millrace.model.djl;

import static io.millrace.model.TestTensors.find;
import static io.millrace.model.TestTensors.random;
import static io.millrace.model.TestTensors.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.Architecture;
import io.millrace.model.CtrModel;
import io.millrace.model.HiddenLayers;
import io.millrace.model.MlpConfig;
import io.millrace.model.Tensors;
import io.millrace.model.TestTensors;
import java.util.List;
import org.junit.jupiter.api.Test;

class MlpTest extends DjlModelContract {
  private static final HiddenLayers FULL = new HiddenLayers(List.of(5, 3), true, 0.3f);

  @Override
  List<Architecture> architectures() {
    return List.of(
        new MlpConfig(HiddenLayers.plain(9, 5)),
        new MlpConfig(HiddenLayers.plain(7)),
        new MlpConfig(new HiddenLayers(List.of(5, 3), true, 0)),
        new MlpConfig(new HiddenLayers(List.of(16, 16), false, 0.25f)),
        new MlpConfig(FULL));
  }

  @Override
  List<Architecture> atOddSizes() {
    return List.of(
        new MlpConfig(PLAIN_LAYERS),
        new MlpConfig(FULL_LAYERS),
        new MlpConfig(new HiddenLayers(List.of(300, 150), true, 0)));
  }

  /** What comes before a normalisation by the batch may shift as it likes. */
  @Override
  List<String> flat(Architecture architecture) {
    return ((MlpConfig) architecture).hidden().batchNorm()
        ? List.of("hidden0.bias", "hidden1.bias")
        : List.of();
  }

  @Override
  Architecture typical() {
    return new MlpConfig(new HiddenLayers(List.of(16, 8), true, 0.25f));
  }

  @Override
  float[] golden() {
    return new float[] {
      .91647434f, .7407491f, .8126659f, .70261806f, .6220669f,
      .5912821f, .56022924f, .5053483f, .58462864f, .5666741f
    };
  }

  @Test
  void computesAPerceptronByHand() {
    CtrModel model = model(new MlpConfig(HiddenLayers.plain(2)), 1, 2);
    Tensors weights = Tensors.zeros(model.tensors());
    set(weights, "hidden0.weight", 1, 2, -1, 0.5f);
    set(weights, "hidden0.bias", 0.25f, -0.5f);
    set(weights, "output.weight", 3, 5);
    set(weights, "output.bias", -1);
    float[] logits = new float[2];
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      workspace.infer(weights, new float[] {1, 1, -2, 1}, 2, logits);
    }
    // hidden: (3.25, -1) and (.25, 2)
    assertThat(logits).containsExactly(new float[] {8.75f, 9.75f}, within(1e-6f));
  }

  /** One unit whose input is x itself, 1 and 3 in the batch: mean 2, unbiased variance 2. */
  @Test
  void normalizesByTheBatchInTrainingAndByTheRunningStatisticsOtherwise() {
    CtrModel model = model(new MlpConfig(new HiddenLayers(List.of(1), true, 0)), 1, 1);
    Tensors weights = Tensors.initial(model.tensors(), 1);
    set(weights, "hidden0.weight", 1);
    set(weights, "hidden0.norm.scale", 2);
    set(weights, "hidden0.norm.shift", 5);
    set(weights, "hidden0.norm.mean", 0.5f);
    set(weights, "hidden0.norm.variance", 4);
    set(weights, "output.weight", 1);
    float[] x = {1, 3};
    float[] logits = new float[2];
    Tensors gradients = Tensors.zeros(model.tensors());
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      workspace.forward(weights, x, 2, 0, logits);
      assertThat(logits).containsExactly(new float[] {3, 7}, within(1e-4f));
      workspace.backward(new float[] {1, 1}, new float[2], gradients);
      assertThat(find(gradients, "hidden0.norm.mean")).containsExactly(2);
      assertThat(find(gradients, "hidden0.norm.variance")).containsExactly(2);

      workspace.infer(weights, x, 2, logits);
      assertThat(logits).containsExactly(new float[] {5.5f, 7.5f}, within(1e-4f));

      // a batch of one: normalised as a prediction, mean 3, square deviation 2.5²
      workspace.forward(weights, new float[] {3}, 1, 0, logits);
      assertThat(logits[0]).isCloseTo(7.5f, within(1e-4f));
      workspace.backward(new float[] {1}, new float[1], gradients);
      assertThat(find(gradients, "hidden0.norm.mean")).containsExactly(3);
      assertThat(find(gradients, "hidden0.norm.variance")).containsExactly(6.25f);
    }
  }

  @Test
  void dropsTheSameUnitsForTheSameSeedAndNoneInAPrediction() {
    CtrModel model = model(new MlpConfig(new HiddenLayers(List.of(64), false, 0.5f)), 2, 3);
    Tensors weights = TestTensors.weights(model, 2);
    float[] x = random(4 * 6, 3);
    float[] first = new float[4];
    float[] again = new float[4];
    float[] other = new float[4];
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      workspace.forward(weights, x, 4, 11, first);
      workspace.forward(weights, x, 4, 11, again);
      workspace.forward(weights, x, 4, 12, other);
    }
    assertThat(again).containsExactly(first);
    assertThat(other).doesNotContain(first);
  }

  @Test
  void namesAbsurdSettings() {
    assertThatThrownBy(() -> HiddenLayers.plain())
        .hasMessage("number of widths: 0, expected 1 to 8");
    assertThatThrownBy(() -> HiddenLayers.plain(8, 0)).hasMessage("width: 0, expected 1 to 4096");
    assertThatThrownBy(() -> new HiddenLayers(List.of(1), false, 1))
        .hasMessage("dropout: 1.0, expected 0 to less than 1");
  }
}
