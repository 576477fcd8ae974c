package io.millrace.model.djl;

import static io.millrace.model.TestTensors.find;
import static io.millrace.model.TestTensors.random;
import static io.millrace.model.TestTensors.set;
import static io.millrace.model.TestTensors.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.Architecture;
import io.millrace.model.FinalMlpConfig;
import io.millrace.model.HiddenLayers;
import io.millrace.model.TensorSpec;
import io.millrace.model.Tensors;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class FinalMlpTest extends DjlModelContract {
  @Override
  List<Architecture> architectures() {
    HiddenLayers plain = HiddenLayers.plain(5, 4);
    HiddenLayers wide = HiddenLayers.plain(12);
    return List.of(
        new FinalMlpConfig(plain, HiddenLayers.plain(6), 2, 0, List.of(), List.of()),
        new FinalMlpConfig(wide, wide, 1, 6, List.of(0, 2), List.of()),
        new FinalMlpConfig(
            new HiddenLayers(List.of(12), true, 0.2f), wide, 4, 5, List.of(), List.of(1)));
  }

  @Override
  List<Architecture> atOddSizes() {
    return List.of(
        new FinalMlpConfig(FULL_LAYERS, HiddenLayers.plain(7, 12), 3, 0, List.of(), List.of()),
        new FinalMlpConfig(
            new HiddenLayers(List.of(20), true, 0), FULL_LAYERS, 2, 5, List.of(0), List.of()),
        new FinalMlpConfig(PLAIN_LAYERS, HiddenLayers.plain(5), 1, 17, List.of(), List.of(0)),
        new FinalMlpConfig(
            HiddenLayers.plain(160),
            new HiddenLayers(List.of(80), true, 0.3f),
            8,
            33,
            List.of(0),
            List.of(0)));
  }

  /** What comes before a normalisation by the batch may shift as it likes. */
  @Override
  List<String> flat(Architecture architecture) {
    return ((FinalMlpConfig) architecture).first().batchNorm()
        ? List.of("first.hidden0.bias")
        : List.of();
  }

  @Override
  Architecture typical() {
    HiddenLayers hidden = HiddenLayers.plain(16, 8);
    return new FinalMlpConfig(hidden, hidden, 4, 5, List.of(1), List.of());
  }

  @Override
  float[] golden() {
    return new float[] {
      .6695926f, .6235521f, .58696866f, .5538828f, .5254842f,
      .5001698f, .47583747f, .45347208f, .4315607f, .4110949f
    };
  }

  /**
   * Both perceptrons pass on two values; heads of one: (1, 2) and (3, 4) meet as 1·10·3 + 2·100·4.
   */
  @Test
  void fusesAsWorkedOut() {
    HiddenLayers two = HiddenLayers.plain(2);
    FinalMlpConfig config = new FinalMlpConfig(two, two, 2, 0, List.of(), List.of());
    DjlModel model = DjlModel.of(config, 2, 1, 1);
    Tensors weights = Tensors.zeros(model.tensors());
    set(weights, "first.hidden0.weight", 1, 0, 0, 1);
    set(weights, "second.hidden0.weight", 3, 0, 0, 2);
    set(weights, "fusion.first", 5, 7);
    set(weights, "fusion.second", 11, 13);
    set(weights, "fusion.bilinear", 10, 100);
    set(weights, "fusion.bias", .5f);
    float[] logit = new float[1];
    try (DjlWorkspace workspace = model.newWorkspace()) {
      workspace.infer(weights, new float[] {1, 2}, 1, logit);
    }
    float linear = 5 + 14 + 33 + 52 + .5f;
    assertThat(logit[0]).isCloseTo(linear + 30 + 800, within(1e-3f));
  }

  /** One head of two values: oᵀ W o' takes all pairs. */
  @Test
  void aHeadJoinsAllPairsOfItsValues() {
    HiddenLayers two = HiddenLayers.plain(2);
    FinalMlpConfig config = new FinalMlpConfig(two, two, 1, 0, List.of(), List.of());
    DjlModel model = DjlModel.of(config, 2, 1, 1);
    Tensors weights = Tensors.zeros(model.tensors());
    set(weights, "first.hidden0.weight", 1, 0, 0, 1);
    set(weights, "second.hidden0.weight", 3, 0, 0, 2);
    set(weights, "fusion.bilinear", 1, 10, 100, 1000);
    float[] logit = new float[1];
    try (DjlWorkspace workspace = model.newWorkspace()) {
      workspace.infer(weights, new float[] {1, 2}, 1, logit);
    }
    // o1 = (1, 2), o2 = (3, 4)
    assertThat(logit[0]).isCloseTo(3 + 40 + 600 + 8000, within(1e-2f));
  }

  /** An untrained gate is 1, whatever its context; a trained one scales by 2σ. */
  @Test
  void aGateStartsAtOneAndScales() {
    HiddenLayers hidden = HiddenLayers.plain(4);
    DjlModel bare =
        DjlModel.of(new FinalMlpConfig(hidden, hidden, 2, 0, List.of(), List.of()), 3, 2, 2);
    DjlModel gated =
        DjlModel.of(new FinalMlpConfig(hidden, hidden, 2, 3, List.of(1), List.of()), 3, 2, 2);
    Tensors bareWeights = weights(bare, 1);
    Tensors gatedWeights = Tensors.zeros(gated.tensors());
    for (TensorSpec spec : bare.tensors()) {
      float[] values = find(bareWeights, spec.name());
      System.arraycopy(values, 0, find(gatedWeights, spec.name()), 0, values.length);
    }
    float[] x = random(12, 2);
    float[] expected = new float[2];
    float[] logits = new float[2];
    try (DjlWorkspace a = bare.newWorkspace();
        DjlWorkspace b = gated.newWorkspace()) {
      a.infer(bareWeights, x, 2, expected);
      b.infer(gatedWeights, x, 2, logits);
      assertThat(logits).containsExactly(expected, within(1e-6f));

      Arrays.fill(find(gatedWeights, "first.gate.output.bias"), (float) Math.log(3));
      Arrays.fill(find(gatedWeights, "second.gate.output.bias"), (float) Math.log(3));
      b.infer(gatedWeights, x, 2, logits);
      float[] scaled = x.clone();
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] *= 1.5f; // 2σ(ln 3)
      }
      a.infer(bareWeights, scaled, 2, expected);
      assertThat(logits).containsExactly(expected, within(1e-5f));
    }
  }

  @Test
  void saysWhatItCannotTake() {
    HiddenLayers hidden = HiddenLayers.plain(6);
    assertThatThrownBy(() -> new FinalMlpConfig(hidden, hidden, 4, 0, List.of(), List.of()))
        .hasMessage("heads: 4, expected a divisor of the last width 6");
    FinalMlpConfig config = new FinalMlpConfig(hidden, hidden, 2, 1, List.of(), List.of(3));
    assertThatThrownBy(() -> DjlModel.of(config, 3, 2, 2))
        .hasMessage("secondContext: field 3, expected 0 to 2");
  }
}
