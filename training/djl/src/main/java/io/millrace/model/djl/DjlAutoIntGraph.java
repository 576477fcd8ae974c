package io.millrace.model.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.TensorNumbers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * AutoInt. Each layer lets every field attend to every field, in H heads:
 *
 * <pre>
 *   ψ_h(i, k) = ⟨W_Q e_i, W_K e_k⟩ (/ √headDim);   a = softmax_k ψ;   ẽ_i = ‖_h Σ_k a_ik W_V e_k
 *   e_i ← ReLU(ẽ_i + W_R e_i), then LayerNorm if asked for
 * </pre>
 *
 * <p>and the logit is a linear functional of all fields' last e. Query, key, value and residual are
 * one product. A field without a value is as if the model did not have that field: nobody attends
 * to it (the softmax runs over the others), and its e is zero after each layer.
 *
 * <p>Tensors, those of options only where they are on: {@code field_embedding} [F, D]; of layer l
 * {@code layer<l>.projection} [K, A, in] (query, key, value, residual), {@code .projection_bias}
 * [K, A], {@code .norm_scale} [A] and {@code .norm_shift} [A]; {@code output} [F, A], {@code wide}
 * [F, D] and {@code bias} [1]. Reports {@link #ATTENTION}.
 *
 * <p>Source: Song et al., "AutoInt: automatic feature interaction learning via self-attentive
 * neural networks", CIKM 2019, sections 4.3 to 4.5; activated projections, scaling and
 * normalisation as in the authors' code.
 */
final class DjlAutoIntGraph implements DjlGraph {
  /** Each layer's attention [B, H, F, F]: a row sums to 1, to 0 of a field without a value. */
  static final String ATTENTION = "attention";

  /** Inside the root of the normalisation, as in the authors' code. */
  private static final double NORM_EPSILON = 1e-8;

  private static final int OFF = -1;

  /** A score so low that softmax gives it nothing. */
  private static final float NEVER = -1e30f;

  private final AutoIntConfig config;
  private final int fields;
  private final int dim;
  private final int fieldEmbedding;
  private final List<Layer> layers = new ArrayList<>();
  private final int output;
  private final int wide;
  private final int bias;

  /** Numbers of a layer's tensors. */
  private record Layer(int projection, int bias, int normScale, int normShift) {}

  /**
   * Which fields have a value.
   *
   * @param rows [B·F, 1], 1 for those that have one, 0 for the others
   * @param shift [B·H, 1, F], 0 and {@link #NEVER}
   * @param pairs [B·H, F, F], 1 where both have one
   */
  private record Presence(PtNDArray rows, PtNDArray shift, PtNDArray pairs) {}

  DjlAutoIntGraph(AutoIntConfig config, int fields, int dim, TensorNumbers tensors) {
    this.config = config;
    this.fields = fields;
    this.dim = dim;
    int width = config.width();
    int count = config.projections();
    this.fieldEmbedding = config.fieldEmbedding() ? tensors.of("field_embedding") : OFF;
    int in = dim;
    for (int l = 0; l < config.layers(); l++) {
      String prefix = "layer" + l + ".";
      layers.add(
          new Layer(
              tensors.of(prefix + "projection"),
              config.activatedProjections() ? tensors.of(prefix + "projection_bias") : OFF,
              config.layerNorm() ? tensors.of(prefix + "norm_scale") : OFF,
              config.layerNorm() ? tensors.of(prefix + "norm_shift") : OFF));
      in = width;
    }
    this.output = tensors.of("output");
    this.wide = config.wide() ? tensors.of("wide") : OFF;
    this.bias = tensors.of("bias");
  }

  @Override
  public PtNDArray logits(DjlPass pass, PtNDArray x) {
    int batch = pass.batch();
    int width = config.width();
    PtNDArray input = fieldEmbedding == OFF ? x : JniUtils.add(x, pass.tensor(fieldEmbedding));
    PtNDArray e = reshape(input, (long) batch * fields, dim);
    Presence presence = presence(pass, x);
    long in = dim;
    for (Layer layer : layers) {
      e = layer(pass, layer, e, in, presence);
      if (presence != null) {
        e = JniUtils.mul(e, presence.rows);
      }
      in = width;
    }
    PtNDArray functional = pass.tensor(output, 1, (long) fields * width);
    PtNDArray flat = reshape(e, batch, (long) fields * width);
    PtNDArray logits = JniUtils.linear(flat, functional, pass.tensor(bias));
    if (wide != OFF) {
      PtNDArray raw = reshape(x, batch, (long) fields * dim);
      logits =
          JniUtils.add(logits, JniUtils.matmul(raw, pass.tensor(wide, (long) fields * dim, 1)));
    }
    return logits;
  }

  private @Nullable Presence presence(DjlPass pass, PtNDArray like) {
    boolean[] missing = pass.missing();
    if (missing == null) {
      return null;
    }
    int batch = pass.batch();
    int heads = config.heads();
    float[] rows = new float[batch * fields];
    float[] shift = new float[batch * heads * fields];
    float[] pairs = new float[shift.length * fields];
    for (int r = 0; r < rows.length; r++) {
      rows[r] = missing[r] ? 0 : 1;
    }
    for (int s = 0; s < batch * heads; s++) {
      int example = s / heads * fields;
      for (int k = 0; k < fields; k++) {
        shift[s * fields + k] = missing[example + k] ? NEVER : 0;
        for (int i = 0; i < fields; i++) {
          pairs[(s * fields + i) * fields + k] = rows[example + i] * rows[example + k];
        }
      }
    }
    long slices = (long) batch * heads;
    return new Presence(
        reshape(pass.array(like, rows), rows.length, 1),
        reshape(pass.array(like, shift), slices, 1, fields),
        reshape(pass.array(like, pairs), slices, fields, fields));
  }

  private PtNDArray layer(
      DjlPass pass, Layer layer, PtNDArray e, long in, @Nullable Presence presence) {
    int width = config.width();
    PtNDArray projection = pass.tensor(layer.projection, (long) config.projections() * width, in);
    PtNDArray projected;
    if (config.activatedProjections()) {
      PtNDArray shift = pass.tensor(layer.bias, (long) config.projections() * width);
      projected = JniUtils.relu(JniUtils.linear(e, projection, shift));
    } else {
      projected = JniUtils.matmul(e, JniUtils.transpose(projection, 0, 1));
    }
    PtNDArray out = attend(pass, projected, presence);
    if (!config.layerNorm()) {
      return out;
    }
    PtNDArray scale = pass.tensor(layer.normScale);
    PtNDArray shift = pass.tensor(layer.normShift);
    return JniUtils.layerNorm(out, new Shape(width), scale, shift, NORM_EPSILON);
  }

  /**
   * One layer's attention.
   *
   * @param projected [B·F, K·A]
   * @return [B·F, A]
   */
  private PtNDArray attend(DjlPass pass, PtNDArray projected, @Nullable Presence presence) {
    int batch = pass.batch();
    int heads = config.heads();
    int headDim = config.headDim();
    int count = config.projections();
    long slices = (long) batch * heads;
    PtNDArray split = reshape(projected, batch, fields, count, heads, headDim);
    PtNDArray byHead = JniUtils.permute(split, new long[] {2, 0, 3, 1, 4});
    NDList parts = JniUtils.split(reshape(byHead, count * slices, fields, headDim), slices, 0);
    PtNDArray keys = JniUtils.transpose((PtNDArray) parts.get(1), 1, 2);
    PtNDArray scores = JniUtils.bmm((PtNDArray) parts.get(0), keys);
    if (config.scaled()) {
      scores = pass.scale(scores, (float) (1 / Math.sqrt(headDim)));
    }
    if (presence != null) {
      scores = JniUtils.add(scores, presence.shift);
    }
    PtNDArray a = JniUtils.softmax(scores, 2, DataType.FLOAT32);
    if (presence != null) {
      a = JniUtils.mul(a, presence.pairs);
    }
    pass.report(ATTENTION, a);
    a = pass.dropout(a, config.attentionDropout());
    PtNDArray out = JniUtils.bmm(a, (PtNDArray) parts.get(2));
    if (config.residual()) {
      out = JniUtils.add(out, (PtNDArray) parts.get(3));
    }
    out = reshape(JniUtils.relu(out), batch, heads, fields, headDim);
    return reshape(JniUtils.transpose(out, 1, 2), (long) batch * fields, config.width());
  }

  private static PtNDArray reshape(NDArray array, long... shape) {
    return JniUtils.reshape((PtNDArray) array, shape);
  }
}
