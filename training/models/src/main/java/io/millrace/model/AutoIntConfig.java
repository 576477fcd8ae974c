package io.millrace.model;

/**
 * Shape and options of an AutoInt: layers of multi-head self-attention over the fields, then a
 * linear functional of all that they give.
 *
 * <p>Legend: B examples, F fields, D dimension of a field vector, H heads, A = H · headDim width of
 * a layer's output, K = 4 projections (query, key, value, residual), 3 without a residual.
 *
 * @param layers number of attention layers, 1 to 16
 * @param heads H, 1 to 64
 * @param headDim values of one head's output, 1 to 256
 * @param scaled whether scores are divided by √headDim
 * @param layerNorm whether each layer's output is normalised, with a learned scale and shift
 * @param residual whether a linear projection of a layer's input is added to its attention's output
 * @param activatedProjections whether query, key, value and residual have a bias and a ReLU, as in
 *     the authors' code; they are plain linear maps otherwise, as in the paper
 * @param fieldEmbedding whether each field has a learned vector that is added to its field vector:
 *     one table for all fields can't give a field a weight of its own
 * @param wide whether a linear functional of the field vectors themselves is added to the logit
 * @param attentionDropout share of attention weights that a learning step leaves out, in [0, 1)
 */
public record AutoIntConfig(
    int layers,
    int heads,
    int headDim,
    boolean scaled,
    boolean layerNorm,
    boolean residual,
    boolean activatedProjections,
    boolean fieldEmbedding,
    boolean wide,
    float attentionDropout)
    implements Architecture {

  public AutoIntConfig {
    Bounds.require("layers", layers, 16);
    Bounds.require("heads", heads, 64);
    Bounds.require("headDim", headDim, 256);
    Bounds.requireDropout("attentionDropout", attentionDropout);
  }

  /** Small enough for steps of a few examples: two layers of two heads of 8. */
  public static AutoIntConfig streaming() {
    return new AutoIntConfig(2, 2, 8, true, true, true, false, true, true, 0);
  }

  /** A shape for files, which are learned in mini-batches. */
  public static AutoIntConfig forFiles() {
    return official(3, 2, 32);
  }

  /** As the paper describes it: linear projections, neither scaling nor normalisation. */
  public static AutoIntConfig paper(int layers, int heads, int headDim) {
    return new AutoIntConfig(layers, heads, headDim, false, false, true, false, false, false, 0);
  }

  /** As the authors' code has it: activated projections, scaling and normalisation. */
  public static AutoIntConfig official(int layers, int heads, int headDim) {
    return new AutoIntConfig(layers, heads, headDim, true, true, true, true, false, false, 0);
  }

  /** A, values that a layer gives for each field. */
  public int width() {
    return heads * headDim;
  }

  /** K, projections of a layer's input. */
  public int projections() {
    return residual ? 4 : 3;
  }

  @Override
  public void declare(TensorSpecs specs, int fields, int dim, int rowWidth) {
    if (fieldEmbedding) {
      specs.xavier("field_embedding", fields, dim, fields, dim);
    }
    int in = dim;
    for (int l = 0; l < layers; l++) {
      String prefix = "layer" + l + ".";
      specs.xavier(prefix + "projection", in, width(), projections(), width(), in);
      if (activatedProjections) {
        specs.constant(prefix + "projection_bias", 0, projections(), width());
      }
      if (layerNorm) {
        specs.constant(prefix + "norm_scale", 1, width());
        specs.constant(prefix + "norm_shift", 0, width());
      }
      in = width();
    }
    specs.xavier("output", fields * width(), 1, fields, width());
    if (wide) {
      specs.constant("wide", 0, fields, dim);
    }
    specs.constant("bias", 0, 1);
  }

  @Override
  public boolean hasTrainingMode() {
    return attentionDropout > 0;
  }
}
