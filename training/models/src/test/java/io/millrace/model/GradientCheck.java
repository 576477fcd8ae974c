package io.millrace.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares a workspace's gradients of {@code Σ_b dLogits[b]·logits[b]} with finite differences, for
 * every element of every learned tensor and of x, in training mode with a fixed dropout seed.
 *
 * <p>Steps h of 4e-3, 1e-3 and 2.5e-4 are tried, to both sides and to one: one side of a point may
 * hold the kink of a ReLU or the border of a gate's support, and a normalised batch bends much
 * within the larger ones. A gradient g is right if one of these differences is within {@code 1e-3 +
 * 1e-2·max(|g|, r)} of it, with r the root mean square of its tensor's gradients. Logits in fp32
 * are good to about 2e-7, which makes 2e-3 at the smallest step. A tensor whose r is below 2e-3
 * would be checked against noise and fails the check, unless it is named as flat.
 */
public final class GradientCheck {
  private static final float[] STEPS = {4e-3f, 1e-3f, 2.5e-4f};

  private final CtrModel.Workspace workspace;
  private final Tensors weights;
  private final float[] x;
  private final boolean @Nullable [] missing;
  private final float[] dLogits;
  private final List<String> wrong = new ArrayList<>();

  private GradientCheck(
      CtrModel.Workspace workspace,
      Tensors weights,
      float[] x,
      boolean @Nullable [] missing,
      float[] dLogits) {
    this.workspace = workspace;
    this.weights = weights;
    this.x = x;
    this.missing = missing;
    this.dLogits = dLogits;
  }

  /**
   * What is wrong; empty if nothing is.
   *
   * @param flat tensors whose gradient is zero by the nature of the model
   */
  public static List<String> differences(
      CtrModel model, Tensors weights, float[] x, float[] dLogits, List<String> flat) {
    return differences(model, weights, x, null, dLogits, flat);
  }

  /** The same with fields that have no value. */
  public static List<String> differences(
      CtrModel model,
      Tensors weights,
      float[] x,
      boolean @Nullable [] missing,
      float[] dLogits,
      List<String> flat) {
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      GradientCheck check = new GradientCheck(workspace, weights, x, missing, dLogits);
      float[] dx = new float[x.length];
      Tensors gradients = Tensors.zeros(model.tensors());
      workspace.forward(weights, x, missing, dLogits.length, 9, new float[dLogits.length]);
      workspace.backward(dLogits, dx, gradients);
      check.compare("x", x, dx, false);
      for (int t = 0; t < model.tensors().size(); t++) {
        TensorSpec spec = model.tensors().get(t);
        if (spec.role() instanceof TensorSpec.Role.Weight) {
          boolean zero = flat.contains(spec.name());
          check.compare(spec.name(), weights.values()[t], gradients.values()[t], zero);
        }
      }
      return check.wrong;
    }
  }

  private void compare(String name, float[] at, float[] gradient, boolean flat) {
    double squares = 0;
    for (float g : gradient) {
      squares += (double) g * g;
    }
    double r = Math.sqrt(squares / gradient.length);
    if (r < 2e-3 != flat) {
      wrong.add(name + ": root mean square of the gradient " + r);
    }
    double middle = objective();
    for (int i = 0; i < at.length; i++) {
      double tolerance = 1e-3 + 1e-2 * Math.max(Math.abs(gradient[i]), r);
      float kept = at[i];
      StringBuilder seen = new StringBuilder();
      boolean agrees = false;
      for (float h : STEPS) {
        at[i] = kept + h;
        double above = (objective() - middle) / ((double) at[i] - kept);
        at[i] = kept - h;
        double below = (objective() - middle) / ((double) at[i] - kept);
        at[i] = kept;
        agrees =
            Math.abs((above + below) / 2 - gradient[i]) < tolerance
                || Math.abs(above - gradient[i]) < tolerance
                || Math.abs(below - gradient[i]) < tolerance;
        seen.append(", ").append(below).append(" and ").append(above);
        if (agrees) {
          break;
        }
      }
      if (!agrees) {
        wrong.add(name + "[" + i + "] " + gradient[i] + ", differences" + seen);
      }
    }
  }

  private double objective() {
    float[] logits = new float[dLogits.length];
    workspace.forward(weights, x, missing, dLogits.length, 9, logits);
    double sum = 0;
    for (int b = 0; b < logits.length; b++) {
      sum += (double) dLogits[b] * logits[b];
    }
    return sum;
  }
}
