package io.millrace.model.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.HiddenLayers;
import io.millrace.model.TensorNumbers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Hidden layers in a graph: of layer l, tensors {@code <prefix>hidden<l>.weight} [out, in], {@code
 * .bias} [out], and those of its {@link DjlBatchNorm} {@code .norm.}.
 */
final class DjlMlp {
  private final List<Layer> layers = new ArrayList<>();
  private final float dropout;
  private final int width;

  private record Layer(DjlLinear linear, @Nullable DjlBatchNorm norm) {}

  DjlMlp(String prefix, HiddenLayers hidden, TensorNumbers tensors) {
    for (int l = 0; l < hidden.widths().size(); l++) {
      String name = prefix + "hidden" + l + ".";
      int to = hidden.widths().get(l);
      DjlLinear linear = new DjlLinear(name, tensors);
      layers.add(
          new Layer(
              linear, hidden.batchNorm() ? new DjlBatchNorm(name + "norm.", to, tensors) : null));
    }
    this.width = hidden.widths().get(hidden.widths().size() - 1);
    this.dropout = hidden.dropout();
  }

  /** Units of the last layer. */
  int width() {
    return width;
  }

  /**
   * @param a [B, in]
   * @return [B, width]
   */
  PtNDArray apply(DjlPass pass, PtNDArray a) {
    PtNDArray out = a;
    for (Layer layer : layers) {
      out = layer.linear.apply(pass, out);
      if (layer.norm != null) {
        out = layer.norm.apply(pass, out);
      }
      out = pass.dropout(JniUtils.relu(out), dropout);
    }
    return out;
  }
}
