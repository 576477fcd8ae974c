package io.millrace.model;

import org.jspecify.annotations.Nullable;

/**
 * Says what made a model's logits. It has a model and a workspace of its own, by kernels, so that
 * it explains a model whatever computes its predictions, and needs no PyTorch; both engines' logits
 * agree but for rounding. For one thread.
 *
 * <p>Shapes: F fields, D dimension of a field vector.
 */
public interface Explainer extends AutoCloseable {

  /**
   * Explains one prediction.
   *
   * @param weights the dense tensors of the model
   * @param x field vectors of one example [F, D]
   * @param missing which fields have no value [F], or null
   */
  Reasons explain(Tensors weights, float[] x, boolean @Nullable [] missing);

  @Override
  void close();
}
