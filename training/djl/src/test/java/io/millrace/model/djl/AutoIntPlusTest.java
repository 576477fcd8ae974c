package io.millrace.model.djl;

import static io.millrace.model.TestTensors.random;
import static io.millrace.model.TestTensors.weights;
import static io.millrace.model.djl.ArmNetPlusTest.part;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.Architecture;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.AutoIntPlusConfig;
import io.millrace.model.HiddenLayers;
import io.millrace.model.MlpConfig;
import io.millrace.model.Tensors;
import java.util.List;
import org.junit.jupiter.api.Test;

class AutoIntPlusTest extends DjlModelContract {
  @Override
  List<Architecture> architectures() {
    return List.of(
        new AutoIntPlusConfig(AutoIntConfig.streaming(), HiddenLayers.plain(7)),
        new AutoIntPlusConfig(
            AutoIntConfig.official(1, 2, 3), new HiddenLayers(List.of(8, 8), true, 0.1f)));
  }

  @Override
  List<Architecture> atOddSizes() {
    return List.of(new AutoIntPlusConfig(AutoIntTest.ODD, FULL_LAYERS));
  }

  /** What comes before a normalisation by the batch may shift as it likes. */
  @Override
  List<String> flat(Architecture architecture) {
    return ((AutoIntPlusConfig) architecture).dnn().batchNorm()
        ? List.of("dnn.hidden0.bias", "dnn.hidden1.bias")
        : List.of();
  }

  @Override
  Architecture typical() {
    return new AutoIntPlusConfig(
        AutoIntConfig.streaming(), new HiddenLayers(List.of(16), true, 0.1f));
  }

  @Override
  float[] golden() {
    return new float[] {
      1.1969826f, .47979552f, .321531f, .22625446f, .16983515f,
      .13975121f, .11401981f, .10242205f, .08961374f, .076414734f
    };
  }

  @Test
  void addsAnAutoIntAndAPerceptronOnTheSameFieldVectors() {
    int batch = 4;
    AutoIntConfig attention = AutoIntConfig.streaming();
    DjlModel model = DjlModel.of(new AutoIntPlusConfig(attention, HiddenLayers.plain(4)), 3, 5, 5);
    Tensors weights = weights(model, 83);
    float[] x = random(batch * 15, 84);
    float[] logits = new float[batch];
    float[] attended = new float[batch];
    float[] deep = new float[batch];
    DjlModel autoint = DjlModel.of(attention, 3, 5, 5);
    DjlModel dnn = DjlModel.of(new MlpConfig(HiddenLayers.plain(4)), 3, 5, 5);
    try (DjlWorkspace whole = model.newWorkspace();
        DjlWorkspace first = autoint.newWorkspace();
        DjlWorkspace second = dnn.newWorkspace()) {
      whole.infer(weights, x, batch, logits);
      first.infer(part(autoint, "", weights), x, batch, attended);
      second.infer(part(dnn, "dnn.", weights), x, batch, deep);
    }
    for (int b = 0; b < batch; b++) {
      assertThat(logits[b]).isCloseTo(attended[b] + deep[b], within(1e-5f));
    }
  }
}
