package io.millrace.model.djl;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.TensorNumbers;

/**
 * Layer normalisation of w values (Ba et al., 2016): tensors {@code <prefix>scale} [w] and {@code
 * <prefix>shift} [w].
 */
final class DjlLayerNorm {
  private static final double EPSILON = 1e-5;

  private final int width;
  private final int scale;
  private final int shift;

  DjlLayerNorm(String prefix, int width, TensorNumbers tensors) {
    this.width = width;
    this.scale = tensors.of(prefix + "scale");
    this.shift = tensors.of(prefix + "shift");
  }

  /**
   * @param a [N, w]
   * @return [N, w]
   */
  PtNDArray apply(DjlPass pass, PtNDArray a) {
    return JniUtils.layerNorm(a, new Shape(width), pass.tensor(scale), pass.tensor(shift), EPSILON);
  }
}
