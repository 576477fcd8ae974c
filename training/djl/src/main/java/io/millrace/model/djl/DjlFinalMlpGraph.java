package io.millrace.model.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.FinalMlpConfig;
import io.millrace.model.TensorNumbers;
import org.jspecify.annotations.Nullable;

/**
 * FinalMLP: outputs o_1 and o_2 of two perceptrons, each cut into k heads, give the logit
 *
 * <pre>
 *   b + w_1ᵀ o_1 + w_2ᵀ o_2 + Σ_h (o_1^h)ᵀ W_h o_2^h
 * </pre>
 *
 * <p>Tensors: with prefixes {@code first.} and {@code second.} those of {@link DjlMlp}, and with
 * {@code first.gate.} and {@code second.gate.} those of {@link DjlFieldGate}; {@code fusion.first}
 * [1, n_1], {@code fusion.second} [1, n_2], {@code fusion.bilinear} [k, n_1/k, n_2/k], {@code
 * fusion.bias} [1].
 *
 * <p>Source: Mao et al., "FinalMLP: an enhanced two-stream MLP model for CTR prediction", AAAI
 * 2023, section 4.2.
 */
final class DjlFinalMlpGraph implements DjlGraph {
  private final FinalMlpConfig config;
  private final int values;
  private final Stream first;
  private final Stream second;
  private final int firstWeight;
  private final int secondWeight;
  private final int bilinear;
  private final int bias;

  private record Stream(@Nullable DjlFieldGate gate, DjlMlp mlp) {
    PtNDArray apply(DjlPass pass, PtNDArray x) {
      return mlp.apply(pass, gate == null ? x : gate.apply(pass, x));
    }
  }

  DjlFinalMlpGraph(FinalMlpConfig config, int fields, int dim, TensorNumbers tensors) {
    this.config = config;
    this.values = fields * dim;
    boolean gated = config.gateUnits() > 0;
    this.first =
        new Stream(
            gated ? new DjlFieldGate("first.gate.", config.firstContext(), dim, tensors) : null,
            new DjlMlp("first.", config.first(), tensors));
    this.second =
        new Stream(
            gated ? new DjlFieldGate("second.gate.", config.secondContext(), dim, tensors) : null,
            new DjlMlp("second.", config.second(), tensors));
    this.firstWeight = tensors.of("fusion.first");
    this.secondWeight = tensors.of("fusion.second");
    this.bilinear = tensors.of("fusion.bilinear");
    this.bias = tensors.of("fusion.bias");
  }

  @Override
  public PtNDArray logits(DjlPass pass, PtNDArray x) {
    PtNDArray flat = JniUtils.reshape(x, new long[] {pass.batch(), values});
    PtNDArray o1 = first.apply(pass, flat);
    PtNDArray o2 = second.apply(pass, flat);
    PtNDArray linear =
        JniUtils.add(
            JniUtils.linear(o1, pass.tensor(firstWeight), pass.tensor(bias)),
            JniUtils.matmul(o2, JniUtils.transpose(pass.tensor(secondWeight), 0, 1)));
    PtNDArray projected = JniUtils.bmm(byHead(pass, o1), pass.tensor(bilinear));
    PtNDArray products = JniUtils.mul(projected, byHead(pass, o2));
    PtNDArray fused = JniUtils.sum(products, new long[] {0, 2}, false);
    return JniUtils.add(linear, JniUtils.reshape(fused, new long[] {pass.batch(), 1}));
  }

  /** [B, n] as [k, B, n/k]. */
  private PtNDArray byHead(DjlPass pass, PtNDArray o) {
    PtNDArray cut = JniUtils.reshape(o, new long[] {pass.batch(), config.heads(), -1});
    return JniUtils.transpose(cut, 0, 1);
  }
}
