package io.millrace.model.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.ArmNetConfig;
import io.millrace.model.MlpConfig;
import io.millrace.model.TensorNumbers;
import io.millrace.model.layer.EntmaxGate;
import org.jspecify.annotations.Nullable;

/**
 * ARM-Net. Neuron i of head k chooses among the fields e_j by gates z, and gives
 *
 * <pre>
 *   s_j = q_kiᵀ W_k e_j / √D;   z = α-entmax(s);   w = z ∘ v_ki;   y = exp(Σ_j w_j e_j)
 * </pre>
 *
 * <p>which is a product of powers of the exp(e_j): a cross feature of those fields whose gate is
 * open. All y, normalised if asked for, go through hidden layers to the logit. {@code qᵀW} is
 * multiplied out first, so that scores are one product.
 *
 * <p>Tensors: {@code field_embedding} [F, D] if on; {@code bilinear} [K, D, D], {@code query} [K,
 * o, D], {@code value} [K, o, F], Xavier uniform with gain 1.414 and the fans that the authors'
 * framework gives a tensor of three dimensions; {@code alpha} [K] if learned, as the a of α = 1 +
 * softplus(a); {@code neuron_norm.} as {@link DjlBatchNorm} with K·o channels if on; hidden layers
 * as {@link DjlMlpGraph}. Reports {@link #GATE}, {@link #WEIGHT} and {@link #NEURON}.
 *
 * <p>Source: Cai et al., "ARM-Net: adaptive relation modeling network for structured data", SIGMOD
 * 2021, section 3; learned α is an extension.
 */
final class DjlArmNetGraph implements DjlGraph {
  /** The gates z [B, F, K·o]; those of a neuron sum to 1. */
  static final String GATE = "gate";

  /** The weights w [B, F, K·o]. */
  static final String WEIGHT = "weight";

  /** What the neurons give, y [B, D, K·o]. */
  static final String NEURON = "neuron";

  private static final int OFF = -1;

  private final ArmNetConfig config;
  private final int fields;
  private final int dim;
  private final int fieldEmbedding;
  private final int bilinear;
  private final int query;
  private final int value;
  private final int alpha;
  private final @Nullable DjlBatchNorm norm;
  private final DjlMlpGraph hidden;

  DjlArmNetGraph(ArmNetConfig config, int fields, int dim, TensorNumbers tensors) {
    this.config = config;
    this.fields = fields;
    this.dim = dim;
    this.fieldEmbedding = config.fieldEmbedding() ? tensors.of("field_embedding") : OFF;
    this.bilinear = tensors.of("bilinear");
    this.query = tensors.of("query");
    this.value = tensors.of("value");
    this.alpha = config.learnedAlpha() ? tensors.of("alpha") : OFF;
    int total = config.totalNeurons();
    this.norm = config.batchNorm() ? new DjlBatchNorm("neuron_norm.", total, tensors) : null;
    this.hidden = new DjlMlpGraph(new MlpConfig(config.hidden()), "", total * dim, tensors);
  }

  @Override
  public PtNDArray logits(DjlPass pass, PtNDArray x) {
    PtNDArray e = fieldEmbedding == OFF ? x : JniUtils.add(x, pass.tensor(fieldEmbedding));
    PtNDArray y = neurons(pass, e);
    if (norm != null) {
      long places = (long) pass.batch() * dim;
      y = norm.apply(pass, JniUtils.reshape(y, new long[] {places, config.totalNeurons()}));
    }
    return hidden.logits(pass, y);
  }

  /**
   * The exponential neurons.
   *
   * @param e [B, F, D]
   * @return y [B, D, K·o]
   */
  private PtNDArray neurons(DjlPass pass, PtNDArray e) {
    long total = config.totalNeurons();
    PtNDArray keys = JniUtils.bmm(pass.tensor(query), pass.tensor(bilinear));
    keys = pass.scale(keys, (float) (1 / Math.sqrt(dim)));
    keys = JniUtils.transpose(JniUtils.reshape(keys, new long[] {total, dim}), 0, 1);
    PtNDArray flat = JniUtils.reshape(e, new long[] {(long) pass.batch() * fields, dim});
    PtNDArray scores = JniUtils.matmul(flat, keys);
    scores = JniUtils.reshape(scores, new long[] {pass.batch(), fields, total});
    PtNDArray gates = gates(pass, scores);
    pass.report(GATE, gates);
    PtNDArray values = JniUtils.transpose(pass.tensor(value, total, fields), 0, 1);
    PtNDArray weights = JniUtils.mul(gates, values);
    pass.report(WEIGHT, weights);
    PtNDArray exponents = JniUtils.bmm(JniUtils.transpose(e, 1, 2), weights);
    requireBounded(exponents);
    PtNDArray y = JniUtils.exp(exponents);
    pass.report(NEURON, y);
    return y;
  }

  private PtNDArray gates(DjlPass pass, PtNDArray scores) {
    if (!pass.gatesByTorch()) {
      EntmaxGate entmax = new EntmaxGate(fields, config.totalNeurons(), config.learnedAlpha());
      return pass.apply(entmax, scores, alphas(pass, scores));
    }
    return config.learnedAlpha()
        ? DjlEntmax.applyByHead(pass, scores, alphas(pass, scores))
        : DjlEntmax.apply(pass, scores, config.alpha());
  }

  /** α of each head [K], or the one of all [1]. */
  private PtNDArray alphas(DjlPass pass, PtNDArray like) {
    if (alpha == OFF) {
      return pass.array(like, config.alpha());
    }
    PtNDArray softPlus = JniUtils.softPlus(pass.tensor(alpha));
    return JniUtils.clip(
        pass.shift(softPlus, 1), ArmNetConfig.MIN_LEARNED_ALPHA, ArmNetConfig.MAX_LEARNED_ALPHA);
  }

  private static void requireBounded(PtNDArray exponents) {
    float max = DjlBuffer.floats(JniUtils.max(exponents)).get();
    float min = DjlBuffer.floats(JniUtils.min(exponents)).get();
    ArmNetConfig.requireBounded(min, max);
  }
}
