package io.millrace.model;

import static io.millrace.model.TestTensors.random;
import static io.millrace.model.TestTensors.weights;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** A workspace may keep what it derives from constant tensors, and nothing from others. */
public final class ConstantTensors {
  private ConstantTensors() {}

  /** Predicts by several tensors in turn, one of which changes, as a fresh workspace does. */
  public static void check(CtrModel model) {
    Tensors first = constant(weights(model, 8));
    Tensors second = constant(weights(model, 9));
    Tensors changing = weights(model, 10);
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      for (Tensors weights : List.of(first, first, second, changing, changing, first, second)) {
        for (int batch : new int[] {1, 33, 5}) {
          float[] x = random(batch * model.fields() * model.dim(), batch);
          float[] expected = new float[batch];
          float[] found = new float[batch];
          try (CtrModel.Workspace fresh = model.newWorkspace()) {
            fresh.infer(weights, x, batch, expected);
          }
          workspace.infer(weights, x, batch, found);
          assertThat(found).isEqualTo(expected);
        }
        for (float[] values : changing.values()) {
          for (int i = 0; i < values.length; i++) {
            values[i] *= 1.5f;
          }
        }
      }
    }
  }

  private static Tensors constant(Tensors tensors) {
    return new Tensors(tensors.specs(), tensors.values(), true);
  }
}
