package io.millrace.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Explains a logit by leaving out each field in turn, and by what the model's inside shows.
 *
 * <p>Source of the effects: Zeiler and Fergus, "Visualizing and understanding convolutional
 * networks", ECCV 2014, section 4.2, with fields for patches and no value for grey.
 */
public final class OcclusionExplainer<W extends CtrModel.Workspace> implements Explainer {
  private final CtrModel model;
  private final W workspace;
  private final Inside<W> inside;
  private final float[] occluded; // [F + 1, F, D]
  private final boolean[] without; // [F + 1, F]
  private final float[] logits;

  /** Reads a model's inside at one example. */
  public interface Inside<W> {
    Reasons.Detail at(W workspace, Tensors weights, float[] x, boolean @Nullable [] missing);
  }

  /**
   * @param model closed with the explainer, like the workspace
   * @param workspace of the model
   */
  public OcclusionExplainer(CtrModel model, W workspace, Inside<W> inside) {
    this.model = model;
    this.workspace = workspace;
    this.inside = inside;
    int fields = model.fields();
    this.occluded = new float[(fields + 1) * fields * model.dim()];
    this.without = new boolean[(fields + 1) * fields];
    this.logits = new float[fields + 1];
  }

  /** An explainer of a model whose inside says nothing. */
  public static Explainer of(CtrModel model) {
    return new OcclusionExplainer<>(
        model, model.newWorkspace(), (workspace, weights, x, missing) -> new Reasons.None());
  }

  @Override
  public Reasons explain(Tensors weights, float[] x, boolean @Nullable [] missing) {
    int fields = model.fields();
    int dim = model.dim();
    int size = fields * dim;
    // the example as it is, then once without each field
    for (int i = 0; i <= fields; i++) {
      System.arraycopy(x, 0, occluded, i * size, size);
      for (int f = 0; f < fields; f++) {
        without[i * fields + f] = missing != null && missing[f];
      }
      if (i > 0) {
        int from = i * size + (i - 1) * dim;
        Arrays.fill(occluded, from, from + dim, 0);
        without[i * fields + i - 1] = true;
      }
    }
    workspace.infer(weights, occluded, without, fields + 1, logits);
    float[] effects = new float[fields];
    for (int f = 0; f < fields; f++) {
      effects[f] = logits[0] - logits[f + 1];
    }
    return new Reasons(logits[0], effects, inside.at(workspace, weights, x, missing));
  }

  @Override
  public void close() {
    workspace.close();
    model.close();
  }
}
