package io.millrace.model.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.TensorNumbers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Transformer encoder layers with normalisation after each residual (Vaswani et al., "Attention is
 * all you need", NeurIPS 2017, section 3.1) on sequences of S tokens of w values. Tensors of layer
 * l: {@code <prefix>layer<l>.qkv.}, {@code .out.}, {@code .up.} and {@code .down.} of {@link
 * DjlLinear}, {@code .norm0.} and {@code .norm1.} of {@link DjlLayerNorm}.
 */
final class DjlTransformer {
  private final int width;
  private final int heads;
  private final List<Layer> layers = new ArrayList<>();

  private record Layer(
      DjlLinear qkv,
      DjlLinear out,
      DjlLayerNorm attended,
      DjlLinear up,
      DjlLinear down,
      DjlLayerNorm fed) {}

  DjlTransformer(String prefix, int width, int layers, int heads, TensorNumbers tensors) {
    this.width = width;
    this.heads = heads;
    for (int l = 0; l < layers; l++) {
      String name = prefix + "layer" + l + ".";
      this.layers.add(
          new Layer(
              new DjlLinear(name + "qkv.", tensors),
              new DjlLinear(name + "out.", tensors),
              new DjlLayerNorm(name + "norm0.", width, tensors),
              new DjlLinear(name + "up.", tensors),
              new DjlLinear(name + "down.", tensors),
              new DjlLayerNorm(name + "norm1.", width, tensors)));
    }
  }

  /**
   * @param tokens [N·S, w]
   * @param length S
   * @param hidden added to the scores of each key [N·heads, 1, S]: hugely negative where a token
   *     must not be seen; null if all are
   * @return [N·S, w]
   */
  PtNDArray apply(DjlPass pass, PtNDArray tokens, long length, @Nullable PtNDArray hidden) {
    PtNDArray e = tokens;
    for (Layer layer : layers) {
      PtNDArray attended = layer.out.apply(pass, attend(pass, layer, e, length, hidden));
      e = layer.attended.apply(pass, JniUtils.add(e, attended));
      PtNDArray fed = layer.down.apply(pass, JniUtils.relu(layer.up.apply(pass, e)));
      e = layer.fed.apply(pass, JniUtils.add(e, fed));
    }
    return e;
  }

  private PtNDArray attend(
      DjlPass pass, Layer layer, PtNDArray e, long length, @Nullable PtNDArray hidden) {
    long headDim = width / heads;
    long slices = e.getShape().get(0) / length * heads;
    PtNDArray split = reshape(layer.qkv.apply(pass, e), slices / heads, length, 3, heads, headDim);
    PtNDArray byHead = JniUtils.permute(split, new long[] {2, 0, 3, 1, 4});
    NDList parts = JniUtils.split(reshape(byHead, 3 * slices, length, headDim), slices, 0);
    PtNDArray keys = JniUtils.transpose((PtNDArray) parts.get(1), 1, 2);
    PtNDArray scores =
        pass.scale(JniUtils.bmm((PtNDArray) parts.get(0), keys), (float) (1 / Math.sqrt(headDim)));
    if (hidden != null) {
      scores = JniUtils.add(scores, hidden);
    }
    PtNDArray weights = JniUtils.softmax(scores, 2, DataType.FLOAT32);
    PtNDArray out = JniUtils.bmm(weights, (PtNDArray) parts.get(2));
    PtNDArray joined = JniUtils.transpose(reshape(out, -1, heads, length, headDim), 1, 2);
    return reshape(joined, -1, width);
  }

  private static PtNDArray reshape(NDArray array, long... shape) {
    return JniUtils.reshape((PtNDArray) array, shape);
  }
}
