package io.millrace.model.kernel;

import static io.millrace.model.TestTensors.random;
import static io.millrace.model.TestTensors.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.Architecture;
import io.millrace.model.ArmNetConfig;
import io.millrace.model.ArmNetPlusConfig;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.AutoIntPlusConfig;
import io.millrace.model.CtrModel;
import io.millrace.model.DcnV2Config;
import io.millrace.model.DeepFmConfig;
import io.millrace.model.Engine;
import io.millrace.model.ExpertMixture;
import io.millrace.model.HiddenLayers;
import io.millrace.model.MlpConfig;
import io.millrace.model.Tensors;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What candidates share is computed once, and their logits are those of candidates alone. */
class SharedFieldsTest {
  private static final int FIELDS = 7;
  private static final int DIM = 6;

  static List<CtrModel> models() {
    HiddenLayers hidden = new HiddenLayers(List.of(19, 6), true, 0.3f);
    AutoIntConfig attention = AutoIntConfig.streaming();
    ArmNetConfig arm = new ArmNetConfig(1, 10, 1.7f, false, true, true, hidden);
    CtrModel machine = new FactorizationMachine(FIELDS, DIM, DIM);
    return List.of(
        new LogisticRegression(FIELDS),
        machine,
        new FactorizationMachine(FIELDS, DIM, 3),
        new ExpertMixture(List.of(machine, kernel(new DeepFmConfig(hidden)), machine), DIM, true),
        kernel(new MlpConfig(hidden)),
        kernel(new DeepFmConfig(hidden)),
        kernel(new DcnV2Config(2, false, hidden)),
        kernel(new DcnV2Config(2, true, hidden)),
        kernel(new ArmNetPlusConfig(arm, hidden)),
        kernel(new AutoIntPlusConfig(attention, hidden)),
        kernel(attention),
        kernel(AutoIntConfig.paper(2, 2, 8)),
        kernel(AutoIntConfig.official(2, 2, 16)),
        kernel(new AutoIntConfig(2, 3, 5, true, true, true, true, true, true, 0.2f)));
  }

  private static CtrModel kernel(Architecture architecture) {
    return architecture.model(Engine.KERNELS, FIELDS, DIM, DIM);
  }

  @ParameterizedTest
  @MethodSource("models")
  void givesTheSameLogits(CtrModel model) {
    boolean[][] contexts = {
      {true, true, true, true, false, false, false},
      {false, true, true, false, false, true, false},
      {true, false, false, false, false, false, true},
      {true, true, true, true, true, true, true},
    };
    for (boolean[] shared : contexts) {
      for (int batch : new int[] {1, 2, 17, 40, 259}) {
        compare(model, shared, batch);
      }
    }
  }

  private static void compare(CtrModel model, boolean[] shared, int batch) {
    int dim = model.dim();
    float[] x = random(batch * FIELDS * dim, 5);
    boolean[] missing = new boolean[batch * FIELDS];
    for (int i = 0; i < missing.length; i++) {
      int f = i % FIELDS;
      // a field that is shared is missing in all examples or in none
      missing[i] = shared[f] ? f == 1 : i % 11 == 3;
      for (int c = 0; c < dim; c++) {
        int at = i * dim + c;
        x[at] = missing[i] ? 0 : shared[f] ? x[f * dim + c] : x[at];
      }
    }
    Tensors weights = weights(model, 31);
    float[] expected = new float[batch];
    float[] actual = new float[batch];
    float[] alone = new float[1];
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      for (int b = 0; b < batch; b++) {
        float[] own = Arrays.copyOfRange(x, b * FIELDS * dim, (b + 1) * FIELDS * dim);
        boolean[] ownMissing = Arrays.copyOfRange(missing, b * FIELDS, (b + 1) * FIELDS);
        workspace.infer(weights, own, ownMissing, 1, alone);
        expected[b] = alone[0];
      }
      workspace.infer(weights, x, missing, shared, batch, actual);
    }
    for (int b = 0; b < batch; b++) {
      assertThat(actual[b])
          .as("candidate %d of %d", b, batch)
          .isCloseTo(expected[b], within(2e-5f * Math.max(1, Math.abs(expected[b]))));
    }
  }
}
