package io.millrace.learner;

import static io.millrace.model.TestTensors.random;
import static io.millrace.model.TestTensors.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.Architecture;
import io.millrace.model.ConstantTensors;
import io.millrace.model.CtrModel;
import io.millrace.model.EffectsCheck;
import io.millrace.model.Engine;
import io.millrace.model.EngineComparison;
import io.millrace.model.GradientCheck;
import io.millrace.model.TenSteps;
import io.millrace.model.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every model keeps, in its shape for streams. A constant of {@link ModelKind} is all that
 * brings a model here.
 */
class EveryModelTest {
  private static final int DIM = 6;

  static Stream<Arguments> onEachEngine() {
    return Stream.of(ModelKind.values())
        .flatMap(kind -> Stream.of(Engine.values()).map(engine -> Arguments.of(kind, engine)));
  }

  private static CtrModel model(ModelKind kind, Engine engine, int fields) {
    int dim = dim(kind.streaming());
    return kind.streaming().model(engine, fields, dim, dim);
  }

  /** D of a model that takes weights alone is 1. */
  private static int dim(Architecture architecture) {
    try {
      architecture.requireDim(DIM);
      return DIM;
    } catch (IllegalArgumentException e) {
      return 1;
    }
  }

  @ParameterizedTest
  @MethodSource("onEachEngine")
  void gradientsAgreeWithFiniteDifferences(ModelKind kind, Engine engine) {
    CtrModel model = model(kind, engine, 3);
    float[] dLogits = {1.5f, -1.2f, 1.1f, -2};
    float[] x = random(4 * 3 * model.dim(), 6);
    assertThat(GradientCheck.differences(model, weights(model, 5), x, dLogits, List.of()))
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("onEachEngine")
  void aBatchIsPredictedAsItsExamplesOneByOne(ModelKind kind, Engine engine) {
    CtrModel model = model(kind, engine, 9);
    Tensors weights = weights(model, 9);
    int batch = 21;
    int size = 9 * model.dim();
    float[] x = random(batch * size, 10);
    float[] together = new float[batch];
    float[] alone = new float[1];
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      workspace.infer(weights, x, batch, together);
      for (int b = 0; b < batch; b++) {
        workspace.infer(weights, Arrays.copyOfRange(x, b * size, (b + 1) * size), 1, alone);
        assertThat(alone[0]).isCloseTo(together[b], within(5e-6f * (1 + Math.abs(together[b]))));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("onEachEngine")
  void predictsByTheTensorsAtHandWhetherTheyAreConstantOrNot(ModelKind kind, Engine engine) {
    ConstantTensors.check(model(kind, engine, 9));
  }

  @ParameterizedTest
  @MethodSource("onEachEngine")
  void tenStepsMakeTheLossSmaller(ModelKind kind, Engine engine) {
    float[] losses = TenSteps.losses(model(kind, engine, 4));
    assertThat(losses[9]).isLessThan(losses[0]);
  }

  @ParameterizedTest
  @EnumSource
  void kernelsComputeWhatDjlComputes(ModelKind kind) {
    Architecture architecture = kind.streaming();
    EngineComparison.check(architecture, 7, dim(architecture), 67);
    EngineComparison.check(architecture, 3, dim(architecture), 5);
    EngineComparison.checkTenSteps(architecture, dim(architecture));
  }

  @ParameterizedTest
  @EnumSource
  void effectsAreWhatLeavingOutAFieldChanges(ModelKind kind) {
    EffectsCheck.check(kind.streaming(), dim(kind.streaming()));
  }

  @ParameterizedTest
  @EnumSource
  void itsShapeForFilesIsOfTheSameKind(ModelKind kind) {
    assertThat(ModelKind.of(kind.forFiles())).isEqualTo(kind);
  }

  @ParameterizedTest
  @EnumSource
  void theReferenceHasItsRow(ModelKind kind) throws IOException {
    assertThat(Files.readAllLines(Path.of("../../docs/reference/models.md")))
        .anyMatch(line -> line.startsWith("| `" + kind + "` |"));
  }
}
