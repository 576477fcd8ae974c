package io.millrace.model.kernel;

import io.millrace.model.CtrModel;
import io.millrace.model.TensorSpec;
import io.millrace.model.Tensors;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The frame of a {@link BiasModel}'s workspace, in which a field without a value is zeros. */
abstract class BiasWorkspace implements CtrModel.Workspace {
  static final List<TensorSpec> TENSORS =
      List.of(new TensorSpec("bias", new int[] {1}, new TensorSpec.Init.Constant(0)));

  private int batch; // of the last forward

  /** Logits of field vectors x [B, F, D]. */
  abstract void predict(float bias, float[] x, int batch, float[] logits);

  /** The same where examples share some fields, which are computed once. */
  abstract void predict(float bias, float[] x, boolean[] shared, int batch, float[] logits);

  /** Logits, and what {@link #gradients} needs of x. */
  abstract void forward(float bias, float[] x, int batch, float[] logits);

  /**
   * Gradients of the x of the last {@link #forward}. Returns that of the bias, the sum of {@code
   * dLogits}: summed on the way, it costs nothing.
   */
  abstract float gradients(float[] dLogits, int batch, float[] dx);

  @Override
  public final void infer(
      Tensors weights, float[] x, boolean @Nullable [] missing, int batch, float[] logits) {
    predict(weights.values()[0][0], x, batch, logits);
  }

  @Override
  public final void infer(
      Tensors weights,
      float[] x,
      boolean @Nullable [] missing,
      boolean @Nullable [] shared,
      int batch,
      float[] logits) {
    float bias = weights.values()[0][0];
    if (shared == null) {
      predict(bias, x, batch, logits);
    } else {
      predict(bias, x, shared, batch, logits);
    }
  }

  @Override
  public final void forward(
      Tensors weights,
      float[] x,
      boolean @Nullable [] missing,
      int batch,
      long dropoutSeed,
      float[] logits) {
    this.batch = batch;
    forward(weights.values()[0][0], x, batch, logits);
  }

  @Override
  public final void backward(float[] dLogits, float[] dx, Tensors dWeights) {
    dWeights.values()[0][0] = gradients(dLogits, batch, dx);
  }
}
