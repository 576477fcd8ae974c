package io.millrace.model.djl;

import static io.millrace.model.TestTensors.find;
import static io.millrace.model.TestTensors.permute;
import static io.millrace.model.TestTensors.random;
import static io.millrace.model.TestTensors.set;
import static io.millrace.model.TestTensors.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.Architecture;
import io.millrace.model.ArmNetConfig;
import io.millrace.model.CrossFeature;
import io.millrace.model.CtrModel;
import io.millrace.model.HiddenLayers;
import io.millrace.model.TensorSpec;
import io.millrace.model.Tensors;
import io.millrace.model.layer.Entmax;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArmNetTest extends DjlModelContract {
  static final ArmNetConfig ODD = new ArmNetConfig(3, 6, 1.7f, false, true, true, FULL_LAYERS);

  /** Field vectors of the worked example, 3 fields of 2 values. */
  private static final float[] E = {.1f, -.2f, .3f, .4f, -.5f, .2f};

  @Override
  List<Architecture> architectures() {
    return List.of(
        ArmNetConfig.streaming(),
        new ArmNetConfig(3, 2, 1.7f, false, false, true, HiddenLayers.plain(7)),
        new ArmNetConfig(2, 3, 1, false, false, false, HiddenLayers.plain(5, 4)),
        new ArmNetConfig(2, 3, 1.5f, true, false, false, HiddenLayers.plain(8)),
        new ArmNetConfig(2, 2, 2, false, true, true, new HiddenLayers(List.of(6), true, 0.2f)));
  }

  @Override
  List<Architecture> atOddSizes() {
    return List.of(
        ODD,
        new ArmNetConfig(1, 10, 1.5f, false, false, false, PLAIN_LAYERS),
        new ArmNetConfig(2, 16, 2, false, true, false, PLAIN_LAYERS),
        new ArmNetConfig(1, 3, 1, false, false, true, PLAIN_LAYERS),
        new ArmNetConfig(2, 3, 2.5f, false, false, false, PLAIN_LAYERS),
        new ArmNetConfig(2, 4, 1.5f, true, true, false, PLAIN_LAYERS));
  }

  /** What comes before a normalisation by the batch may shift as it likes. */
  @Override
  List<String> flat(Architecture architecture) {
    return ((ArmNetConfig) architecture).batchNorm()
        ? List.of("hidden0.bias", "neuron_norm.shift")
        : List.of();
  }

  @Override
  Architecture typical() {
    return new ArmNetConfig(
        2, 4, 1.5f, true, true, true, new HiddenLayers(List.of(16), true, 0.1f));
  }

  @Override
  float[] golden() {
    return new float[] {
      .7961176f, .684812f, .6816817f, .58787775f, .58119506f,
      .57079786f, .51760054f, .4919151f, .48081592f, .47201067f
    };
  }

  private static ArmNetConfig neuron(float alpha) {
    return new ArmNetConfig(1, 1, alpha, false, false, false, HiddenLayers.plain(1));
  }

  /** W = I, q = (2, -1), v = (.7, -1.2, .4). */
  private static Tensors worked(CtrModel model) {
    Tensors weights = Tensors.initial(model.tensors(), 1);
    set(weights, "bilinear", 1, 0, 0, 1);
    set(weights, "query", 2, -1);
    set(weights, "value", .7f, -1.2f, .4f);
    return weights;
  }

  @ParameterizedTest
  @CsvSource({
    "1, .45647215, .39627417, .14725368, .86922229, .78479134",
    "1.5, .53545408, .43696938, .02757654, .8821947, .75389457",
    "2, .57071068, .42928932, 0, .89172775, .75129389"
  })
  void followsTheWorkedExample(float alpha, float z0, float z1, float z2, float y0, float y1) {
    DjlModel model = DjlModel.of(neuron(alpha), 3, 2, 2);
    Tensors weights = worked(model);
    try (DjlWorkspace workspace = model.newWorkspace()) {
      assertThat(workspace.intermediate("gate", weights, E, 1))
          .containsExactly(new float[] {z0, z1, z2}, within(1e-6f));
      assertThat(workspace.intermediate("weight", weights, E, 1))
          .containsExactly(new float[] {.7f * z0, -1.2f * z1, .4f * z2}, within(1e-6f));
      assertThat(workspace.intermediate("neuron", weights, E, 1))
          .containsExactly(new float[] {y0, y1}, within(1e-6f));
    }
  }

  /** A head's bilinear map, queries and values are used with each other and no others. */
  @Test
  void computesNeuronsByTheFormula() {
    ArmNetConfig config = new ArmNetConfig(3, 2, 1.7f, false, false, true, HiddenLayers.plain(4));
    int fields = 4;
    int dim = 3;
    DjlModel model = DjlModel.of(config, fields, dim, dim);
    Tensors weights = weights(model, 61);
    float[] x = random(2 * 12, 62);
    float[] embedding = find(weights, "field_embedding");
    float[] w = find(weights, "bilinear");
    float[] q = find(weights, "query");
    float[] v = find(weights, "value");
    try (DjlWorkspace workspace = model.newWorkspace()) {
      float[] y = workspace.intermediate("neuron", weights, x, 2);
      for (int b = 0; b < 2; b++) {
        for (int n = 0; n < 6; n++) {
          int k = n / 2;
          float[] s = new float[fields];
          for (int j = 0; j < fields; j++) {
            for (int r = 0; r < dim; r++) {
              for (int c = 0; c < dim; c++) {
                float e = x[b * 12 + j * dim + c] + embedding[j * dim + c];
                s[j] += q[n * dim + r] * w[(k * dim + r) * dim + c] * e;
              }
            }
            s[j] /= (float) Math.sqrt(dim);
          }
          float[] z = new float[fields];
          new Entmax(fields).forward(s, 0, 1, 1.7f, z);
          for (int c = 0; c < dim; c++) {
            double exponent = 0;
            for (int j = 0; j < fields; j++) {
              float e = x[b * 12 + j * dim + c] + embedding[j * dim + c];
              exponent += z[j] * v[n * fields + j] * e;
            }
            assertThat(y[(b * dim + c) * 6 + n])
                .isCloseTo((float) Math.exp(exponent), within(1e-5f));
          }
        }
      }
    }
  }

  @Test
  void withoutValuesEachNeuronIsExactlyOneAndAlwaysPositive() {
    DjlModel model = DjlModel.of(ArmNetConfig.streaming(), 5, 3, 3);
    Tensors weights = weights(model, 63);
    float[] x = random(4 * 15, 64);
    try (DjlWorkspace workspace = model.newWorkspace()) {
      for (float y : workspace.intermediate("neuron", weights, x, 4)) {
        assertThat(y).isPositive();
      }
      Arrays.fill(find(weights, "value"), 0);
      assertThat(workspace.intermediate("neuron", weights, x, 4)).containsOnly(1);
    }
  }

  /** With α = 2 the third field of the worked example is outside of the support. */
  @Test
  void aFieldOutsideOfTheSupportLearnsNothing() {
    DjlModel model = DjlModel.of(neuron(2), 3, 2, 2);
    Tensors weights = worked(model);
    set(weights, "hidden0.weight", 1, 2);
    set(weights, "output.weight", 1);
    float[] dx = new float[6];
    Tensors gradients = Tensors.zeros(model.tensors());
    try (DjlWorkspace workspace = model.newWorkspace()) {
      workspace.forward(weights, E, 1, 0, new float[1]);
      workspace.backward(new float[] {1}, dx, gradients);
    }
    assertThat(Arrays.copyOf(dx, 4)).doesNotContain(0);
    assertThat(Arrays.copyOfRange(dx, 4, 6)).containsOnly(0);
    assertThat(find(gradients, "value")[2]).isZero();
  }

  @ParameterizedTest
  @ValueSource(floats = {1, 1.5f, 1.7f, 2})
  void fieldsPermutedWithTheirValuesGiveTheSame(float alpha) {
    int[] order = {2, 0, 3, 1};
    ArmNetConfig config = new ArmNetConfig(2, 3, alpha, false, false, true, HiddenLayers.plain(5));
    DjlModel model = DjlModel.of(config, 4, 3, 3);
    Tensors weights = weights(model, 65);
    Tensors permuted = weights.copy();
    set(permuted, "value", permute(find(weights, "value"), order, 1));
    set(permuted, "field_embedding", permute(find(weights, "field_embedding"), order, 3));
    float[] x = random(12, 66);
    try (DjlWorkspace workspace = model.newWorkspace()) {
      float[] expected = workspace.intermediate("neuron", weights, x, 1);
      assertThat(workspace.intermediate("neuron", permuted, permute(x, order, 3), 1))
          .containsExactly(expected, within(1e-5f));
      float[] other = workspace.intermediate("neuron", weights, permute(x, order, 3), 1);
      assertThat(Math.abs(other[0] - expected[0])).isGreaterThan(1e-3f);
    }
  }

  /** The authors' framework: fans of [K, o, m] are o·m and K·m; K=8, o=32, m=10 gives .1732. */
  @Test
  void valuesStartWithinTheAuthorsBound() {
    ArmNetConfig config = new ArmNetConfig(8, 32, 1.5f, false, false, false, HiddenLayers.plain(4));
    Tensors weights = Tensors.initial(DjlModel.of(config, 10, 6, 6).tensors(), 7);
    assertThat(largest(find(weights, "value"))).isBetween(0.172f, 0.17318f);
    double query = 1.414 * Math.sqrt(6.0 / (32 * 6 + 8 * 6));
    assertThat(largest(find(weights, "query"))).isBetween((float) (0.98 * query), (float) query);
    double bilinear = 1.414 * Math.sqrt(6.0 / (6 * 6 + 8 * 6));
    assertThat(largest(find(weights, "bilinear")))
        .isBetween((float) (0.95 * bilinear), (float) bilinear);
  }

  private static float largest(float[] values) {
    float max = 0;
    for (float v : values) {
      max = Math.max(max, Math.abs(v));
    }
    return max;
  }

  /** α starts where the config says and goes no further than its bounds. */
  @Test
  void learnsAlphaWithinItsBounds() {
    ArmNetConfig learned = new ArmNetConfig(2, 1, 1.7f, true, false, false, HiddenLayers.plain(3));
    ArmNetConfig fixed = new ArmNetConfig(2, 1, 1.7f, false, false, false, HiddenLayers.plain(3));
    DjlModel model = DjlModel.of(learned, 4, 3, 3);
    Tensors weights = Tensors.initial(model.tensors(), 68);
    // 1 + ln(1 + e^a) = 1.7
    assertThat(find(weights, "alpha")).containsExactly(new float[] {.0136f, .0136f}, within(1e-4f));
    float[] x = random(12, 69);
    try (DjlWorkspace workspace = model.newWorkspace()) {
      for (float[] aAndAlpha : new float[][] {{50, 2.5f}, {-50, 1.05f}}) {
        set(weights, "alpha", aAndAlpha[0], aAndAlpha[0]);
        ArmNetConfig at =
            new ArmNetConfig(2, 1, aAndAlpha[1], false, false, false, HiddenLayers.plain(3));
        assertThat(workspace.intermediate("gate", weights, x, 1))
            .containsExactly(gates(at, weights, x), within(1e-6f));
      }
    }
    assertThat(gates(fixed, weights, x)).hasSize(8);
  }

  /** Gates of a model with a fixed α and otherwise these weights. */
  private static float[] gates(ArmNetConfig config, Tensors like, float[] x) {
    DjlModel model = DjlModel.of(config, 4, 3, 3);
    Tensors weights = Tensors.zeros(model.tensors());
    for (TensorSpec spec : model.tensors()) {
      set(weights, spec.name(), find(like, spec.name()));
    }
    try (DjlWorkspace workspace = model.newWorkspace()) {
      return workspace.intermediate("gate", weights, x, 1);
    }
  }

  @Test
  void explainsAPredictionByItsCrossFeatures() {
    ArmNetConfig config = neuron(2);
    DjlModel model = DjlModel.of(config, 3, 2, 2);
    try (DjlWorkspace workspace = model.newWorkspace()) {
      List<List<CrossFeature>> examples =
          DjlExplainers.crosses(config, workspace, worked(model), E, 1);
      assertThat(examples).hasSize(1);
      assertThat(examples.get(0)).hasSize(1);
      CrossFeature feature = examples.get(0).get(0);
      assertThat(feature.order()).isEqualTo(2);
      assertThat(feature.support()).isEqualTo(0b011);
      CrossFeature.Term first = feature.terms().get(0);
      assertThat(first.field()).isEqualTo(1);
      assertThat(first.gate()).isCloseTo(.42928932f, within(1e-6f));
      assertThat(first.weight()).isCloseTo(-.51514719f, within(1e-6f));
      assertThat(feature.terms().get(1).weight()).isCloseTo(.39949747f, within(1e-6f));
      assertThat(CrossFeature.importance(examples.get(0), 3))
          .containsExactly(new float[] {.39949747f, .51514719f, 0}, within(1e-6f));
    }
  }

  @Test
  void crossFeaturesAreThoseOfTheirExampleHeadAndNeuron() {
    ArmNetConfig config = new ArmNetConfig(2, 3, 2, false, false, false, HiddenLayers.plain(3));
    DjlModel model = DjlModel.of(config, 5, 4, 4);
    Tensors weights = weights(model, 70);
    float[] x = random(3 * 20, 71);
    try (DjlWorkspace workspace = model.newWorkspace()) {
      float[] gates = workspace.intermediate("gate", weights, x, 3);
      List<List<CrossFeature>> examples = DjlExplainers.crosses(config, workspace, weights, x, 3);
      for (int b = 0; b < 3; b++) {
        for (int n = 0; n < 6; n++) {
          CrossFeature feature = examples.get(b).get(n);
          assertThat(feature.head()).isEqualTo(n / 3);
          assertThat(feature.neuron()).isEqualTo(n % 3);
          float sum = 0;
          for (CrossFeature.Term term : feature.terms()) {
            assertThat(term.gate()).isEqualTo(gates[(b * 5 + term.field()) * 6 + n]);
            sum += term.gate();
          }
          assertThat(sum).isCloseTo(1, within(1e-5f));
        }
      }
    }
  }

  /** The places of a neuron's output share its statistics: D in a batch of one. */
  @Test
  void aBatchOfOneReportsTheStatisticsOfItsPlaces() {
    ArmNetConfig config = new ArmNetConfig(1, 3, 1.5f, false, true, false, HiddenLayers.plain(4));
    DjlModel model = DjlModel.of(config, 2, 4, 4);
    Tensors weights = weights(model, 72);
    float[] x = random(8, 73);
    Tensors gradients = Tensors.zeros(model.tensors());
    try (DjlWorkspace workspace = model.newWorkspace()) {
      float[] y = workspace.intermediate("neuron", weights, x, 1);
      workspace.forward(weights, x, 1, 0, new float[1]);
      workspace.backward(new float[] {1}, new float[8], gradients);
      for (int n = 0; n < 3; n++) {
        float mean = 0;
        float deviation = 0;
        for (int c = 0; c < 4; c++) {
          float d = y[c * 3 + n] - find(weights, "neuron_norm.mean")[n];
          mean += y[c * 3 + n] / 4;
          deviation += d * d / 4;
        }
        assertThat(find(gradients, "neuron_norm.mean")[n]).isCloseTo(mean, within(1e-6f));
        assertThat(find(gradients, "neuron_norm.variance")[n]).isCloseTo(deviation, within(1e-6f));
      }
    }
  }

  @Test
  void refusesWhatItCannotDo() {
    DjlModel soft = DjlModel.of(neuron(1), 3, 2, 2);
    try (DjlWorkspace workspace = soft.newWorkspace()) {
      assertThatThrownBy(() -> DjlExplainers.crosses(neuron(1), workspace, worked(soft), E, 1))
          .hasMessage("alpha: 1, expected more: with 1 no gate ever closes");
      Tensors weights = worked(soft);
      set(weights, "value", 700, 0, 0);
      assertThatThrownBy(() -> workspace.infer(weights, E, 1, new float[1]))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("expected within ±30.0: the model diverged");
      set(weights, "value", Float.NaN, 0, 0);
      assertThatThrownBy(() -> workspace.forward(weights, E, 1, 0, new float[1]))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThatThrownBy(() -> neuron(0.5f)).hasMessage("alpha: 0.5, expected 1.0 to 3.0");
    assertThatThrownBy(() -> new ArmNetConfig(1, 1, 1, true, false, false, HiddenLayers.plain(1)))
        .hasMessage("alpha: 1.0, expected 1.05 to 2.5");
  }
}
