package io.millrace.model.layer;

import io.millrace.kernel.Matrix;

/**
 * A model, or a part of one, by {@link io.millrace.kernel.Kernels}: from field vectors to logits
 * and back. It holds the buffers of one pass and belongs to one thread; what it returns is valid
 * until its next pass.
 */
public interface KernelNet {

  /** Takes the weights of the passes that follow. */
  public void load(float[][] weights);

  /**
   * Computes logits and keeps what {@link #backward} needs.
   *
   * @param x field vectors, from {@code from} on
   * @return [B, 1]
   */
  public Matrix forward(KernelPass pass, float[] x, int from);

  /**
   * Examples of a step that are best taken through both passes before the next ones are: more than
   * any step has, unless examples are independent of each other.
   */
  public default int stepPart() {
    return Integer.MAX_VALUE;
  }

  /**
   * The backward pass of the last {@link #forward}.
   *
   * @param dLogits [B, 1]
   * @param gradients of the tensors of this part, overwritten
   * @return gradient with respect to x, in its order
   */
  public Matrix backward(KernelPass pass, Matrix dLogits, float[][] gradients);
}
