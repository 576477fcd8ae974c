package io.millrace.model.layer;

/**
 * A function of one example's values that torch has no operation for, computed in Java, with its
 * derivative. Examples are independent of each other. Holds scratch memory: an instance belongs to
 * one pass.
 *
 * <p>Shapes: N values of an example, P parameters that all examples share.
 */
public interface BlockFunction {

  /** Whether the parameters are learned, so that their gradient counts. */
  public boolean learnsParameters();

  /**
   * @param in [N]
   * @param parameters [P]
   * @param out [N], overwritten
   */
  public void forward(float[] in, float[] parameters, float[] out);

  /**
   * The vector-Jacobian product at values that {@link #forward} has seen.
   *
   * @param in [N]
   * @param parameters [P]
   * @param out what forward gave for it [N]
   * @param dOut gradient with respect to {@code out} [N]
   * @param dIn gradient with respect to {@code in} [N], overwritten
   * @param dParameters gradient with respect to the parameters [P], added to
   */
  public void backward(
      float[] in, float[] parameters, float[] out, float[] dOut, float[] dIn, double[] dParameters);
}
