package io.millrace.model.kernel;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Matrix;
import io.millrace.model.CtrModel;
import io.millrace.model.TensorSpec;
import io.millrace.model.Tensors;
import io.millrace.model.layer.KernelNet;
import io.millrace.model.layer.KernelPass;
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
  private @Nullable Tensors more; // gradients of a part of a step, once there was one
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
    KernelPass pass = KernelPass.training(batch, missing, 0, dropoutSeed);
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

  @Override
  public void step(
      Tensors weights,
      float[] x,
      boolean @Nullable [] missing,
      int batch,
      long dropoutSeed,
      CtrModel.Loss loss,
      float[] logits,
      float[] dLogits,
      float[] dx,
      Tensors dWeights) {
    int parts = (batch - 1) / learning.stepPart() + 1;
    if (parts == 1) {
      CtrModel.Workspace.super.step(
          weights, x, missing, batch, dropoutSeed, loss, logits, dLogits, dx, dWeights);
      return;
    }
    check(weights, batch);
    step = null;
    learning.load(weights.values());
    int example = model.fields() * model.dim();
    int part = (batch + parts - 1) / parts;
    Tensors ofPart = more == null ? Tensors.zeros(model.tensors()) : more;
    more = ofPart;
    for (int b = 0; b < batch; b += part) {
      int size = Math.min(part, batch - b);
      KernelPass pass = KernelPass.training(size, missing, b * model.fields(), dropoutSeed);
      learning.forward(pass, x, b * example).store(logits, b);
      loss.gradients(b, size, logits, dLogits);
      gradient.rows(size).load(dLogits, b);
      Tensors to = b == 0 ? dWeights : ofPart;
      learning.backward(pass, gradient, to.values()).store(dx, b * example);
      if (b > 0) {
        add(ofPart, dWeights);
      }
    }
  }

  private static void add(Tensors from, Tensors to) {
    for (int t = 0; t < to.values().length; t++) {
      float[] sums = to.values()[t];
      float[] values = from.values()[t];
      for (int i = 0; i < sums.length; i++) {
        sums[i] += values[i];
      }
    }
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
