package io.millrace.model.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.DcnV2Config;
import io.millrace.model.TensorNumbers;
import java.util.ArrayList;
import java.util.List;

/**
 * DCN-V2 on all n = F·D values of the field vectors: with x_0 these values,
 *
 * <pre>
 *   x_{l+1} = x_0 ∘ (W_l x_l + b_l) + x_l
 * </pre>
 *
 * <p>and the logit a linear functional of the perceptron's output, beside the last x if they are in
 * parallel. Tensors: of cross layer l {@code cross<l>.weight} [n, n] and {@code .bias} [n]; those
 * of {@link DjlMlp}; {@code output.weight} [1, width] and {@code output.bias} [1].
 *
 * <p>Source: Wang et al., "DCN V2: improved deep &amp; cross network", WWW 2021, section 3; the
 * matrix form, not the mixture of low ranks.
 */
final class DjlDcnV2Graph implements DjlGraph {
  private final DcnV2Config config;
  private final int values;
  private final List<DjlLinear> crosses = new ArrayList<>();
  private final DjlMlp hidden;
  private final DjlLinear output;

  /**
   * @param values n
   */
  DjlDcnV2Graph(DcnV2Config config, int values, TensorNumbers tensors) {
    this.config = config;
    this.values = values;
    for (int l = 0; l < config.crossLayers(); l++) {
      crosses.add(new DjlLinear("cross" + l + ".", tensors));
    }
    this.hidden = new DjlMlp("", config.hidden(), tensors);
    this.output = new DjlLinear("output.", tensors);
  }

  @Override
  public PtNDArray logits(DjlPass pass, PtNDArray x) {
    PtNDArray first = JniUtils.reshape(x, new long[] {pass.batch(), values});
    PtNDArray crossed = first;
    for (DjlLinear cross : crosses) {
      crossed = JniUtils.add(JniUtils.mul(first, cross.apply(pass, crossed)), crossed);
    }
    if (config.stacked()) {
      return output.apply(pass, hidden.apply(pass, crossed));
    }
    PtNDArray deep = hidden.apply(pass, first);
    return output.apply(pass, JniUtils.cat(new PtNDArray[] {crossed, deep}, 1));
  }
}
