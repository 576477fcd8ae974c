package io.millrace.model;

import java.util.ArrayList;
import java.util.List;

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
    boolean wide) {

  /**
   * Names of the dense tensors that every AutoInt has or may have; part of the published format.
   */
  static final String FIELD_EMBEDDING = "field_embedding";

  static final String PROJECTION = "projection";
  static final String PROJECTION_BIAS = "projection_bias";
  static final String NORM_SCALE = "norm_scale";
  static final String NORM_SHIFT = "norm_shift";
  static final String OUTPUT = "output";
  static final String WIDE = "wide";
  static final String BIAS = "bias";

  public AutoIntConfig {
    require("layers", layers, 16);
    require("heads", heads, 64);
    require("headDim", headDim, 256);
  }

  /** Small enough for steps of a few examples: two layers of two heads of 8. */
  public static AutoIntConfig streaming() {
    return new AutoIntConfig(2, 2, 8, true, true, true, false, true, true);
  }

  /** As the paper describes it: linear projections, neither scaling nor normalisation. */
  public static AutoIntConfig paper(int layers, int heads, int headDim) {
    return new AutoIntConfig(layers, heads, headDim, false, false, true, false, false, false);
  }

  /** As the authors' code has it: activated projections, scaling and normalisation. */
  public static AutoIntConfig official(int layers, int heads, int headDim) {
    return new AutoIntConfig(layers, heads, headDim, true, true, true, true, false, false);
  }

  /** A, values that a layer gives for each field. */
  public int width() {
    return heads * headDim;
  }

  /** K, projections of a layer's input. */
  public int projections() {
    return residual ? 4 : 3;
  }

  /**
   * The dense tensors for F fields of D values, in the order in which a graph takes them: {@code
   * field_embedding} [F, D]; for each layer {@code projection} [K, A, in] (query, key, value,
   * residual), {@code projection_bias} [K, A], {@code norm_scale} [A] and {@code norm_shift} [A];
   * {@code output} [F, A], {@code wide} [F, D] and {@code bias} [1].
   */
  public List<TensorSpec> tensors(int fields, int dim) {
    List<TensorSpec> specs = new ArrayList<>();
    int width = width();
    if (fieldEmbedding) {
      specs.add(xavier(FIELD_EMBEDDING, fields, dim, fields, dim));
    }
    int in = dim;
    for (int layer = 0; layer < layers; layer++) {
      String prefix = "layer" + layer + ".";
      specs.add(xavier(prefix + PROJECTION, in, width, projections(), width, in));
      if (activatedProjections) {
        specs.add(constant(prefix + PROJECTION_BIAS, 0, projections(), width));
      }
      if (layerNorm) {
        specs.add(constant(prefix + NORM_SCALE, 1, width));
        specs.add(constant(prefix + NORM_SHIFT, 0, width));
      }
      in = width;
    }
    specs.add(xavier(OUTPUT, fields * width, 1, fields, width));
    if (wide) {
      specs.add(constant(WIDE, 0, fields, dim));
    }
    specs.add(constant(BIAS, 0, 1));
    return List.copyOf(specs);
  }

  private static TensorSpec xavier(String name, int fanIn, int fanOut, int... shape) {
    return new TensorSpec(name, shape, new TensorSpec.Init.XavierUniform(fanIn, fanOut));
  }

  private static TensorSpec constant(String name, float value, int... shape) {
    return new TensorSpec(name, shape, new TensorSpec.Init.Constant(value));
  }

  private static void require(String name, int value, int max) {
    if (value < 1 || value > max) {
      throw new IllegalArgumentException(name + ": " + value + ", expected 1 to " + max);
    }
  }
}
