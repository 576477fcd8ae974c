package io.millrace.model.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.TensorNumbers;

/** {@code y = W x + b}: tensors {@code <prefix>weight} [out, in] and {@code <prefix>bias} [out]. */
final class DjlLinear {
  private final int weight;
  private final int bias;

  DjlLinear(String prefix, TensorNumbers tensors) {
    this.weight = tensors.of(prefix + "weight");
    this.bias = tensors.of(prefix + "bias");
  }

  /**
   * @param a [B, in]
   * @return [B, out]
   */
  PtNDArray apply(DjlPass pass, PtNDArray a) {
    return JniUtils.linear(a, pass.tensor(weight), pass.tensor(bias));
  }
}
