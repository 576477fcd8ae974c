package io.millrace.model.djl;

import static io.millrace.model.TestTensors.find;
import static io.millrace.model.TestTensors.random;
import static io.millrace.model.TestTensors.set;
import static io.millrace.model.TestTensors.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.Architecture;
import io.millrace.model.ArmNetConfig;
import io.millrace.model.ArmNetPlusConfig;
import io.millrace.model.CtrModel;
import io.millrace.model.HiddenLayers;
import io.millrace.model.MlpConfig;
import io.millrace.model.TensorSpec;
import io.millrace.model.Tensors;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArmNetPlusTest extends DjlModelContract {
  private static final ArmNetConfig ARM =
      new ArmNetConfig(2, 2, 1.7f, false, false, true, HiddenLayers.plain(5));

  @Override
  List<Architecture> architectures() {
    return List.of(
        new ArmNetPlusConfig(ArmNetConfig.streaming(), HiddenLayers.plain(7)),
        new ArmNetPlusConfig(ARM, new HiddenLayers(List.of(6), true, 0.1f)));
  }

  @Override
  List<Architecture> atOddSizes() {
    return List.of(new ArmNetPlusConfig(ArmNetTest.ODD, FULL_LAYERS));
  }

  /** What comes before a normalisation by the batch may shift as it likes. */
  @Override
  List<String> flat(Architecture architecture) {
    return ((ArmNetPlusConfig) architecture).dnn().batchNorm()
        ? List.of("dnn.hidden0.bias")
        : List.of();
  }

  @Override
  Architecture typical() {
    return new ArmNetPlusConfig(ARM, new HiddenLayers(List.of(16), true, 0.1f));
  }

  @Override
  float[] golden() {
    return new float[] {
      .725964f, .69197726f, .62487614f, .6417677f, .60436785f,
      .6208933f, .5832379f, .5864502f, .5579508f, .5371044f
    };
  }

  /** The first half of each field vector goes to the ARM-Net, the second to the perceptron. */
  @Test
  void weighsAnArmNetAndAPerceptronOfTheirOwnHalves() {
    int fields = 3;
    int batch = 4;
    DjlModel model = DjlModel.of(new ArmNetPlusConfig(ARM, HiddenLayers.plain(4)), fields, 6, 6);
    Tensors weights = weights(model, 81);
    float[] x = random(batch * fields * 6, 82);
    float[][] halves = new float[2][batch * fields * 3];
    for (int i = 0; i < x.length; i++) {
      halves[i % 6 / 3][i / 6 * 3 + i % 3] = x[i];
    }
    float[] logits = new float[batch];
    float[] crossed = new float[batch];
    float[] deep = new float[batch];
    DjlModel arm = DjlModel.of(ARM, fields, 3, 3);
    DjlModel dnn = DjlModel.of(new MlpConfig(HiddenLayers.plain(4)), fields, 3, 3);
    try (DjlWorkspace whole = model.newWorkspace();
        DjlWorkspace first = arm.newWorkspace();
        DjlWorkspace second = dnn.newWorkspace()) {
      whole.infer(weights, x, batch, logits);
      first.infer(part(arm, "", weights), halves[0], batch, crossed);
      second.infer(part(dnn, "dnn.", weights), halves[1], batch, deep);
    }
    float[] w = find(weights, "ensemble.weight");
    for (int b = 0; b < batch; b++) {
      float expected = w[0] * crossed[b] + w[1] * deep[b] + find(weights, "ensemble.bias")[0];
      assertThat(logits[b]).isCloseTo(expected, within(1e-5f));
    }
    Tensors initial = Tensors.initial(model.tensors(), 1);
    assertThat(find(initial, "ensemble.weight")).containsExactly(0.5f, 0.5f);
    assertThat(find(initial, "ensemble.bias")).containsExactly(0);
  }

  /** Weights of a part, by the names they have in the whole. */
  static Tensors part(CtrModel part, String prefix, Tensors whole) {
    Tensors weights = Tensors.zeros(part.tensors());
    for (TensorSpec spec : part.tensors()) {
      set(weights, spec.name(), find(whole, prefix + spec.name()));
    }
    return weights;
  }

  @Test
  void needsAnEvenDimension() {
    assertThatThrownBy(() -> DjlModel.of(ArmNetPlusConfig.streaming(), 3, 5, 5))
        .hasMessageStartingWith("dim: 5, expected an even number for kind armnet+");
  }
}
