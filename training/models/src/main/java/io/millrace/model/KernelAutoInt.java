package io.millrace.model;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Kernels;
import io.millrace.kernel.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link DjlAutoIntGraph} by kernels: same tensors, same options. */
final class KernelAutoInt implements KernelNet {
  private static final float NORM_EPSILON = 1e-8f;

  private final Kernels kernels = Kernels.best();
  private final AutoIntConfig config;
  private final KernelFieldVectors vectors;
  private final List<Layer> layers = new ArrayList<>();
  private final Matrix flat;
  private final Matrix dFields;
  private final KernelLinear output;
  private final @Nullable KernelLinear wide;
  private final Matrix raw;

  /** A layer, with what its projection gave last. */
  private static final class Layer {
    final KernelLinear projection;
    final KernelAttention attention;
    final @Nullable KernelLayerNorm norm;
    Matrix projected = new Matrix(Columns.of(1));

    Layer(KernelLinear projection, KernelAttention attention, @Nullable KernelLayerNorm norm) {
      this.projection = projection;
      this.attention = attention;
      this.norm = norm;
    }
  }

  KernelAutoInt(AutoIntConfig config, int fields, int dim, TensorNumbers numbers) {
    this.config = config;
    this.vectors = new KernelFieldVectors(config.fieldEmbedding(), fields, dim, numbers);
    Columns heads = Columns.grouped(config.heads(), config.headDim());
    Columns in = vectors.columns();
    for (int l = 0; l < config.layers(); l++) {
      String name = "layer" + l + ".";
      int bias =
          config.activatedProjections()
              ? numbers.of(name + "projection_bias")
              : KernelLinear.NO_BIAS;
      KernelLinear projection =
          new KernelLinear(
              in, KernelAttention.projections(config), numbers.of(name + "projection"), bias);
      KernelLayerNorm norm =
          config.layerNorm()
              ? new KernelLayerNorm(
                  heads,
                  NORM_EPSILON,
                  numbers.of(name + "norm_scale"),
                  numbers.of(name + "norm_shift"))
              : null;
      layers.add(new Layer(projection, new KernelAttention(config, fields), norm));
      in = heads;
    }
    Columns all = Columns.grouped(fields * config.heads(), config.headDim());
    this.flat = new Matrix(all);
    this.dFields = new Matrix(heads);
    this.output = new KernelLinear(all, Columns.of(1), numbers.of("output"), numbers.of("bias"));
    Columns values = Columns.of(fields * dim);
    this.raw = new Matrix(values);
    this.wide =
        config.wide()
            ? new KernelLinear(values, Columns.of(1), numbers.of("wide"), KernelLinear.NO_BIAS)
            : null;
  }

  @Override
  public void load(float[][] weights) {
    vectors.load(weights);
    for (Layer layer : layers) {
      layer.projection.load(weights);
      if (layer.norm != null) {
        layer.norm.load(weights);
      }
    }
    output.load(weights);
    if (wide != null) {
      wide.load(weights);
    }
  }

  @Override
  public Matrix forward(KernelPass pass, float[] x, int from) {
    Matrix e = vectors.forward(pass, x, from);
    for (Layer layer : layers) {
      Matrix projected = layer.projection.forward(e);
      if (config.activatedProjections()) {
        kernels.relu(projected.values(), 0, projected.rows() * projected.stride());
      }
      layer.projected = projected;
      e = layer.attention.forward(pass, projected);
      if (layer.norm != null) {
        e = layer.norm.forward(e);
      }
      clearMissing(pass, e);
    }
    Matrix logits = output.forward(flat.share(e));
    if (wide != null) {
      raw.rows(pass.batch()).load(x, from);
      logits.add(wide.forward(raw));
    }
    return logits;
  }

  /** Zeroes the rows of fields that have no value. */
  private static void clearMissing(KernelPass pass, Matrix rows) {
    if (!pass.anyMissing()) {
      return;
    }
    for (int r = 0; r < rows.rows(); r++) {
      if (pass.missing(r)) {
        int at = r * rows.stride();
        Arrays.fill(rows.values(), at, at + rows.stride(), 0);
      }
    }
  }

  @Override
  public Matrix backward(KernelPass pass, Matrix dLogits, float[][] gradients) {
    Matrix d = dFields.share(output.backward(dLogits, gradients));
    for (int l = layers.size() - 1; l >= 0; l--) {
      Layer layer = layers.get(l);
      clearMissing(pass, d);
      if (layer.norm != null) {
        layer.norm.backward(d, gradients);
      }
      Matrix dProjected = layer.attention.backward(d);
      if (config.activatedProjections()) {
        kernels.reluBackward(
            layer.projected.values(),
            dProjected.values(),
            0,
            dProjected.rows() * dProjected.stride(),
            1);
      }
      d = layer.projection.backward(dProjected, gradients);
    }
    vectors.backward(d, gradients);
    if (wide != null) {
      d.add(wide.backward(dLogits, gradients));
    }
    return d;
  }
}
