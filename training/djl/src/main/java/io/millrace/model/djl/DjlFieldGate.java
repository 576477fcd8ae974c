package io.millrace.model.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.TensorNumbers;
import java.util.List;

/**
 * Scales each value of the field vectors: with a context c, {@code x ∘ 2σ(W_2 relu(W_1 c + b_1) +
 * b_2)}. The context is the vectors of some fields, or a learned vector [D] if there are none. W_2
 * and b_2 start at zero, the gate so at 1.
 *
 * <p>Tensors: {@code <prefix>context} [1, D] if it is learned; {@code <prefix>hidden.weight},
 * {@code .bias}; {@code <prefix>output.weight} [n, units] and {@code .bias} [n].
 *
 * <p>Source: Mao et al., "FinalMLP: an enhanced two-stream MLP model for CTR prediction", AAAI
 * 2023, section 4.1.
 */
final class DjlFieldGate {
  private static final int OFF = -1;

  private final List<Integer> fields;
  private final int dim;
  private final int context;
  private final DjlLinear hidden;
  private final int weight;
  private final int bias;

  /**
   * @param fields numbers of the context's fields
   */
  DjlFieldGate(String prefix, List<Integer> fields, int dim, TensorNumbers tensors) {
    this.fields = fields;
    this.dim = dim;
    this.context = fields.isEmpty() ? tensors.of(prefix + "context") : OFF;
    this.hidden = new DjlLinear(prefix + "hidden.", tensors);
    this.weight = tensors.of(prefix + "output.weight");
    this.bias = tensors.of(prefix + "output.bias");
  }

  /**
   * @param x [B, n]
   * @return [B, n]
   */
  PtNDArray apply(DjlPass pass, PtNDArray x) {
    PtNDArray c = context == OFF ? select(x) : pass.tensor(context);
    PtNDArray inner = JniUtils.relu(hidden.apply(pass, c));
    PtNDArray scores = JniUtils.linear(inner, pass.tensor(weight), pass.tensor(bias));
    return JniUtils.mul(x, pass.scale(JniUtils.sigmoid(scores), 2));
  }

  private PtNDArray select(PtNDArray x) {
    PtNDArray[] parts =
        fields.stream()
            .map(f -> JniUtils.slice(x, 1, (long) f * dim, (long) (f + 1) * dim, 1))
            .toArray(PtNDArray[]::new);
    return parts.length == 1 ? parts[0] : JniUtils.cat(parts, 1);
  }
}
