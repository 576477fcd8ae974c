package io.millrace.model.layer;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Matrix;
import io.millrace.model.HiddenLayers;
import io.millrace.model.MlpConfig;
import io.millrace.model.TensorNumbers;

/** {@link MlpConfig} by kernels. */
public final class KernelMlp implements KernelNet {
  private final KernelHidden hidden;
  private final KernelLinear output;
  private final Matrix input;

  /**
   * @param prefix of the tensors' names
   * @param in values of an example
   */
  public KernelMlp(HiddenLayers layers, String prefix, int in, TensorNumbers numbers) {
    Columns from = Columns.of(in);
    this.input = new Matrix(from);
    this.hidden = new KernelHidden(layers, prefix, from, numbers);
    this.output =
        new KernelLinear(
            hidden.columns(),
            Columns.of(1),
            numbers.of(prefix + "output.weight"),
            numbers.of(prefix + "output.bias"));
  }

  @Override
  public void load(float[][] weights) {
    hidden.load(weights);
    output.load(weights);
  }

  @Override
  public Matrix forward(KernelPass pass, float[] x, int from) {
    input.rows(pass.batch()).load(x, from);
    return output.forward(hidden.forward(pass, input, pass.shared()));
  }

  /**
   * The same from rows that lie padded already.
   *
   * @param rows [B, in]; must not change until the backward pass
   */
  public Matrix forward(KernelPass pass, Matrix rows) {
    return output.forward(hidden.forward(pass, rows));
  }

  @Override
  public Matrix backward(KernelPass pass, Matrix dLogits, float[][] gradients) {
    return hidden.backward(output.backward(dLogits, gradients), gradients);
  }
}
