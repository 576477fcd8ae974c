package io.millrace.model.djl;

import static io.millrace.model.TestTensors.random;
import static io.millrace.model.TestTensors.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.Architecture;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.AutoIntPlusConfig;
import io.millrace.model.ConstantTensors;
import io.millrace.model.CtrModel;
import io.millrace.model.Engine;
import io.millrace.model.EngineComparison;
import io.millrace.model.GradientCheck;
import io.millrace.model.HiddenLayers;
import io.millrace.model.ProcessMemory;
import io.millrace.model.TenSteps;
import io.millrace.model.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every model on DJL keeps, and its twin by kernels as well. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DjlModelContract {

  static final HiddenLayers PLAIN_LAYERS = HiddenLayers.plain(9, 5);
  static final HiddenLayers FULL_LAYERS = new HiddenLayers(List.of(19, 6), true, 0.3f);

  /** Every option on and off, odd sizes. */
  abstract List<Architecture> architectures();

  /** Those that both engines compute at odd sizes, with layers of odd widths. */
  abstract List<Architecture> atOddSizes();

  /** One with every option that {@link #golden} is to cover. */
  abstract Architecture typical();

  /** Losses of ten steps of {@link #typical}, 4 fields of 6 values. */
  abstract float[] golden();

  /** Tensors of an architecture whose gradient is zero whatever the data. */
  List<String> flat(Architecture architecture) {
    return List.of();
  }

  static CtrModel model(Architecture architecture, int fields, int dim) {
    return model(Engine.DJL, architecture, fields, dim);
  }

  private static CtrModel model(Engine engine, Architecture architecture, int fields, int dim) {
    return architecture.model(engine, fields, dim, dim);
  }

  /** Each architecture on each engine. */
  Stream<Arguments> cases() {
    return Stream.of(Engine.values())
        .flatMap(engine -> architectures().stream().map(a -> Arguments.of(engine, a)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsAgreeWithFiniteDifferences(Engine engine, Architecture architecture) {
    for (int batch : new int[] {6, 1}) {
      CtrModel model = model(engine, architecture, 3, 4);
      float[] x = random(batch * 12, 6);
      float[] dLogits = random(batch, 7);
      for (int b = 0; b < batch; b++) {
        dLogits[b] += Math.signum(dLogits[b]); // none is small
      }
      Tensors weights = weights(model, 5);
      List<String> flat = batch == 1 ? List.of() : flat(architecture);
      assertThat(GradientCheck.differences(model, weights, x, dLogits, flat))
          .as("batch %d", batch)
          .isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("atOddSizes")
  void kernelsComputeWhatDjlComputes(Architecture architecture) {
    EngineComparison.checkOddSizes(architecture, 6);
    EngineComparison.check(architecture, 10, 34, 33);
  }

  @ParameterizedTest
  @MethodSource("atOddSizes")
  void kernelsLearnWhatDjlLearns(Architecture architecture) {
    EngineComparison.checkTenSteps(architecture, 10);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aBatchIsPredictedAsItsExamplesOneByOne(Engine engine, Architecture architecture) {
    CtrModel model = model(engine, architecture, 9, 16);
    Tensors weights = weights(model, 9);
    int batch = 21;
    float[] x = random(batch * 144, 10);
    float[] together = new float[batch];
    float[] alone = new float[1];
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      workspace.infer(weights, x, batch, together);
      for (int b = 0; b < batch; b++) {
        workspace.infer(weights, Arrays.copyOfRange(x, b * 144, (b + 1) * 144), 1, alone);
        assertThat(alone[0]).isCloseTo(together[b], within(5e-6f * (1 + Math.abs(together[b]))));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void infersBitForBitWhatItForwardsUnlessItSaysOtherwise(
      Engine engine, Architecture architecture) {
    CtrModel model = model(engine, architecture, 9, 16);
    Tensors weights = weights(model, 8);
    boolean same = true;
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      for (int batch : new int[] {1, 2, 8, 33, 5}) {
        float[] x = random(batch * 144, batch);
        float[] inferred = new float[batch];
        float[] forwarded = new float[batch];
        workspace.infer(weights, x, batch, inferred);
        workspace.forward(weights, x, batch, 3, forwarded);
        same &=
            rounds(engine, architecture)
                ? close(forwarded, inferred)
                : Arrays.equals(forwarded, inferred);
      }
    }
    assertThat(same).isEqualTo(!model.hasTrainingMode());
  }

  /** The kernels' AutoInt computes a prediction's last examples in another order. */
  private static boolean rounds(Engine engine, Architecture architecture) {
    return engine == Engine.KERNELS
        && (architecture instanceof AutoIntConfig || architecture instanceof AutoIntPlusConfig);
  }

  private static boolean close(float[] a, float[] b) {
    boolean close = true;
    for (int i = 0; i < a.length; i++) {
      close &= Math.abs(a[i] - b[i]) <= 5e-6f * (1 + Math.abs(a[i]));
    }
    return close;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void predictsByTheTensorsAtHandWhetherTheyAreConstantOrNot(
      Engine engine, Architecture architecture) {
    ConstantTensors.check(model(engine, architecture, 9, 16));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void aPredictionBetweenForwardAndBackwardDisturbsNothing(
      Engine engine, Architecture architecture) {
    CtrModel model = model(engine, architecture, 4, 8);
    Tensors weights = weights(model, 12);
    float[] x = random(3 * 32, 13);
    float[] dLogits = {1, -1, 0.5f};
    Tensors undisturbed = Tensors.zeros(model.tensors());
    Tensors disturbed = Tensors.zeros(model.tensors());
    float[] dx = new float[x.length];
    float[] dxDisturbed = new float[x.length];
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      workspace.forward(weights, x, 3, 1, new float[3]);
      workspace.backward(dLogits, dx, undisturbed);
      workspace.forward(weights, x, 3, 1, new float[3]);
      workspace.infer(weights(model, 14), random(50 * 32, 15), 50, new float[50]);
      workspace.backward(dLogits, dxDisturbed, disturbed);
    }
    assertThat(dxDisturbed).containsExactly(dx);
    for (int t = 0; t < disturbed.values().length; t++) {
      assertThat(disturbed.values()[t]).containsExactly(undisturbed.values()[t]);
    }
  }

  @ParameterizedTest
  @EnumSource
  void learnsTheGoldenLosses(Engine engine) {
    float[] losses = TenSteps.losses(model(engine, typical(), 4, 6));
    assertThat(losses).as(Arrays.toString(losses)).containsExactly(golden(), within(2e-5f));
    assertThat(TenSteps.losses(model(engine, typical(), 4, 6))).containsExactly(losses);
    assertThat(losses[9]).isLessThan(losses[0]);
  }

  @ParameterizedTest
  @EnumSource
  void workspacesInTwoThreadsLearnWhatOneLearns(Engine engine) throws Exception {
    CtrModel model = model(engine, typical(), 9, 16);
    float[] alone = TenSteps.losses(model);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<float[]> first = threads.submit(() -> TenSteps.losses(model));
      Future<float[]> second = threads.submit(() -> TenSteps.losses(model));
      assertThat(first.get()).containsExactly(alone);
      assertThat(second.get()).containsExactly(alone);
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void holdsNoNativeMemoryFromOneStepToTheNext() {
    CtrModel model = model(typical(), 9, 16);
    Tensors weights = weights(model, 19);
    Tensors gradients = Tensors.zeros(model.tensors());
    float[] x = random(32 * 144, 20);
    float[] logits = new float[32];
    float[] dx = new float[x.length];
    try (DjlWorkspace workspace = (DjlWorkspace) model.newWorkspace()) {
      workspace.forward(weights, x, 32, 0, logits); // makes the constants
      workspace.backward(logits, dx, gradients);
      int atRest = workspace.nativeArrays();
      assertThat(atRest).isLessThan(8);
      workspace.forward(weights, x, 32, 0, logits);
      int inStep = workspace.nativeArrays();
      workspace.infer(weights, x, 32, logits);
      int buffers = workspace.buffers();
      assertThat(inStep).isGreaterThan(atRest);
      long resident = 0;
      for (int step = 0; step < 900; step++) {
        workspace.forward(weights, x, 32, step, logits);
        assertThat(workspace.nativeArrays()).isEqualTo(inStep);
        if (step % 3 != 0) {
          workspace.backward(logits, dx, gradients);
          assertThat(workspace.nativeArrays()).isEqualTo(atRest);
        }
        workspace.infer(weights, x, 32, logits);
        assertThat(workspace.buffers()).isEqualTo(buffers);
        if (step == 300) {
          resident = ProcessMemory.residentBytes();
        }
      }
      // 600 steps that leaked 200 kB each would show; the Java heap may still grow
      assertThat(ProcessMemory.residentBytes() - resident).isLessThan(100L << 20);
    }
  }

  @ParameterizedTest
  @EnumSource
  void namesWhatIsWrong(Engine engine) {
    CtrModel model = model(engine, typical(), 4, 8);
    CtrModel other = model(engine, typical(), 5, 8);
    Tensors weights = weights(model, 21);
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      assertThatThrownBy(() -> workspace.infer(weights(other, 1), new float[32], 1, new float[1]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected");
      assertThatThrownBy(() -> workspace.infer(weights, new float[32], 0, new float[1]))
          .hasMessage("batch: 0, expected at least 1");
      assertThatThrownBy(
              () -> workspace.backward(new float[1], new float[32], Tensors.zeros(model.tensors())))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("backward without forward, expected one before each");
    }
    assertThatThrownBy(() -> model(engine, typical(), 0, 8))
        .hasMessage("fields: 0, expected at least 1");
  }
}
