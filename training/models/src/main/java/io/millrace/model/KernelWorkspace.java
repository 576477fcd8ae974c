package io.millrace.model;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Matrix;
import org.jspecify.annotations.Nullable;

/**
 * A kernel model's workspace. A prediction and a learning step have networks of their own, so that
 * one between a step's forward and backward pass disturbs nothing. Predictions go by small parts of
 * the batch, whose intermediate values stay in the caches.
 */
final class KernelWorkspace implements CtrModel.Workspace {
  private static final int PREDICTED_AT_ONCE = 128;

  private final KernelModel model;
  private final KernelNet predicting;
  private final KernelNet learning;
  private final Matrix gradient = new Matrix(Columns.of(1));
  private final int[] sizes;
  private @Nullable KernelPass step;
  private @Nullable Tensors loaded; // by predicting, if constant

  KernelWorkspace(KernelModel model, KernelNet predicting, KernelNet learning) {
    this.model = model;
    this.predicting = predicting;
    this.learning = learning;
    this.sizes = model.tensors().stream().mapToInt(TensorSpec::size).toArray();
  }

  @Override
  public void infer(
      Tensors weights, float[] x, boolean @Nullable [] missing, int batch, float[] logits) {
    infer(weights, x, missing, null, batch, logits);
  }

  @Override
  public void infer(
      Tensors weights,
      float[] x,
      boolean @Nullable [] missing,
      boolean @Nullable [] shared,
      int batch,
      float[] logits) {
    check(weights, batch);
    load(weights);
    int example = model.fields() * model.dim();
    // parts of about the same size, so that none is so small that it is computed differently
    int parts = (batch + PREDICTED_AT_ONCE - 1) / PREDICTED_AT_ONCE;
    int part = (batch + parts - 1) / parts;
    for (int b = 0; b < batch; b += part) {
      int size = Math.min(part, batch - b);
      KernelPass pass = KernelPass.predicting(size, missing, b * model.fields(), shared);
      predicting.forward(pass, x, b * example).store(logits, b);
    }
  }

  private void load(Tensors weights) {
    if (weights != loaded) {
      predicting.load(weights.values());
      loaded = weights.constant() ? weights : null;
    }
  }

  @Override
  public void forward(
      Tensors weights,
      float[] x,
      boolean @Nullable [] missing,
      int batch,
      long dropoutSeed,
      float[] logits) {
    check(weights, batch);
    step = null;
    learning.load(weights.values());
    KernelPass pass = KernelPass.training(batch, missing, dropoutSeed);
    learning.forward(pass, x, 0).store(logits, 0);
    step = pass;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException without a forward pass that no backward pass has used yet
   */
  @Override
  public void backward(float[] dLogits, float[] dx, Tensors dWeights) {
    KernelPass pass = step;
    if (pass == null) {
      throw new IllegalStateException("backward without forward, expected one before each");
    }
    step = null;
    gradient.rows(pass.batch()).load(dLogits, 0);
    learning.backward(pass, gradient, dWeights.values()).store(dx, 0);
  }

  private void check(Tensors weights, int batch) {
    if (batch < 1) {
      throw new IllegalArgumentException("batch: " + batch + ", expected at least 1");
    }
    float[][] values = weights.values();
    boolean same = values.length == sizes.length;
    for (int t = 0; same && t < sizes.length; t++) {
      same = values[t].length == sizes[t];
    }
    if (!same) {
      throw new IllegalArgumentException(
          "weights: " + weights.specs() + ", expected " + model.tensors());
    }
  }
}
