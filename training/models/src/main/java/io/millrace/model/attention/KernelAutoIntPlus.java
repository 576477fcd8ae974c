package io.millrace.model.attention;

import io.millrace.kernel.Matrix;
import io.millrace.model.AutoIntPlusConfig;
import io.millrace.model.TensorNumbers;
import io.millrace.model.layer.KernelMlp;
import io.millrace.model.layer.KernelNet;
import io.millrace.model.layer.KernelPass;

/** {@link AutoIntPlusConfig} by kernels. */
public final class KernelAutoIntPlus implements KernelNet {
  private final KernelAutoInt attention;
  private final KernelMlp dnn;

  public KernelAutoIntPlus(AutoIntPlusConfig config, int fields, int dim, TensorNumbers numbers) {
    this.attention = new KernelAutoInt(config.attention(), fields, dim, numbers);
    this.dnn = new KernelMlp(config.dnn(), "dnn.", fields * dim, numbers);
  }

  @Override
  public void load(float[][] weights) {
    attention.load(weights);
    dnn.load(weights);
  }

  @Override
  public Matrix forward(KernelPass pass, float[] x, int from) {
    Matrix logits = attention.forward(pass, x, from);
    logits.add(dnn.forward(pass, x, from));
    return logits;
  }

  @Override
  public Matrix backward(KernelPass pass, Matrix dLogits, float[][] gradients) {
    Matrix dx = attention.backward(pass, dLogits, gradients);
    dx.add(dnn.backward(pass, dLogits, gradients));
    return dx;
  }
}
