package io.millrace.model;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Kernels;
import io.millrace.kernel.Matrix;
import io.millrace.kernel.Transposition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@link DjlAutoIntGraph} by kernels: same tensors, same options. Goes through all layers block by
 * block, so that a block's values stay in the caches. Shapes: L lanes, S stride of {@link
 * FieldColumns}.
 */
final class KernelAutoInt implements KernelNet {
  private static final int OFF = -1;

  private final Kernels kernels = Kernels.best();
  private final AutoIntConfig config;
  private final FieldColumns layout;
  private final int dim;
  private final int bias;
  private final FieldWeights output;
  private final FieldWeights wide;
  private final FieldWeights embedding;
  private final List<KernelAttention> layers = new ArrayList<>();
  private final float[] d; // [A, S]
  private final Matrix logits = new Matrix(Columns.of(1));
  private final Matrix dx;
  private float[][] weights = new float[0][];
  private float[] raw = new float[0]; // [D, S] of each block
  private float[] vectors = new float[0]; // [D, S] of each block, with the field embedding

  /** A tensor [F, C], turned, and its gradient. */
  private static final class FieldWeights {
    final int number;
    final int values;
    final FieldColumns layout;
    final float[] turned; // [C, L], zero beyond F
    final float[] gradient; // [C, L]

    FieldWeights(int number, int values, FieldColumns layout) {
      this.number = number;
      this.values = values;
      this.layout = layout;
      this.turned = new float[values * layout.lanes()];
      this.gradient = new float[values * layout.lanes()];
    }

    boolean isOn() {
      return number != OFF;
    }

    void load(float[][] weights) {
      if (isOn()) {
        float[] tensor = weights[number];
        for (int i = 0; i < tensor.length; i++) {
          turned[i % values * layout.lanes() + i / values] = tensor[i];
        }
      }
    }

    void store(float[][] gradients) {
      if (isOn()) {
        float[] tensor = gradients[number];
        for (int i = 0; i < tensor.length; i++) {
          tensor[i] = gradient[i % values * layout.lanes() + i / values];
        }
      }
    }
  }

  KernelAutoInt(AutoIntConfig config, int fields, int dim, TensorNumbers numbers) {
    this.config = config;
    this.dim = dim;
    this.layout =
        FieldColumns.of(fields, Math.max(Math.max(KernelAttention.rows(config), dim), Kernels.PAD));
    this.bias = numbers.of("bias");
    this.output = new FieldWeights(numbers.of("output"), config.width(), layout);
    this.wide = new FieldWeights(config.wide() ? numbers.of("wide") : OFF, dim, layout);
    this.embedding =
        new FieldWeights(
            config.fieldEmbedding() ? numbers.of("field_embedding") : OFF, dim, layout);
    int in = dim;
    for (int l = 0; l < config.layers(); l++) {
      layers.add(new KernelAttention(config, layout, in, "layer" + l + ".", numbers));
      in = config.width();
    }
    this.d = new float[layout.size(config.width())];
    this.dx = new Matrix(Columns.of(dim));
  }

  @Override
  public void load(float[][] all) {
    weights = all;
    output.load(all);
    wide.load(all);
    embedding.load(all);
    for (KernelAttention layer : layers) {
      layer.load(all);
    }
  }

  @Override
  public Matrix forward(KernelPass pass, float[] x, int from) {
    int blocks = pass.training() ? layout.blocks(pass.batch()) : 1;
    if (raw.length < blocks * layout.size(dim)) {
      raw = new float[blocks * layout.size(dim)];
      vectors = embedding.isOn() ? new float[raw.length] : raw;
    }
    for (KernelAttention layer : layers) {
      layer.begin(pass);
    }
    logits.rows(pass.batch());
    for (int first = 0; first < pass.batch(); first += layout.examples()) {
      int count = Math.min(layout.examples(), pass.batch() - first);
      int block = pass.training() ? first / layout.examples() : 0;
      take(x, from + first * layout.fields() * dim, block, count);
      float[] e = vectors;
      int at = block * layout.size(dim);
      for (KernelAttention layer : layers) {
        layer.forward(pass, e, at, block, first, count);
        e = layer.out();
        at = layer.outAt(block);
      }
      for (int b = 0; b < count; b++) {
        float logit = weights[bias][0] + score(output, e, at, b);
        if (wide.isOn()) {
          logit += score(wide, raw, block * layout.size(dim), b);
        }
        logits.values()[(first + b) * logits.stride()] = logit;
      }
    }
    return logits;
  }

  /** Turns a block's field vectors [B, F, D]. */
  private void take(float[] x, int from, int block, int count) {
    int stride = layout.stride();
    int base = block * layout.size(dim);
    int columns = count * layout.fields();
    Transposition.copy(columns, dim, x, from, dim, raw, base, stride);
    if (!embedding.isOn()) {
      return;
    }
    int lanes = layout.lanes();
    for (int c = 0; c < dim; c++) {
      for (int b = 0; b < count; b++) {
        int at = base + c * stride + b * layout.fields();
        for (int j = 0; j < lanes; j++) {
          vectors[at + j] = raw[at + j] + embedding.turned[c * lanes + j];
        }
      }
    }
  }

  /** {@code Σ_f Σ_c w[f][c] · e[c][f]} of an example. */
  private float score(FieldWeights w, float[] e, int from, int example) {
    float sum = 0;
    for (int c = 0; c < w.values; c++) {
      int at = from + c * layout.stride() + example * layout.fields();
      sum += kernels.dot(layout.fields(), e, at, w.turned, c * layout.lanes());
    }
    return sum;
  }

  @Override
  public Matrix backward(KernelPass pass, Matrix dLogits, float[][] gradients) {
    Arrays.fill(output.gradient, 0);
    Arrays.fill(wide.gradient, 0);
    Arrays.fill(embedding.gradient, 0);
    for (KernelAttention layer : layers) {
      layer.beginBackward();
    }
    float total = 0;
    for (int b = 0; b < pass.batch(); b++) {
      total += dLogits.values()[b * dLogits.stride()];
    }
    gradients[bias][0] = total;
    dx.rows(pass.batch() * layout.fields());
    for (int first = 0; first < pass.batch(); first += layout.examples()) {
      int count = Math.min(layout.examples(), pass.batch() - first);
      backward(pass, dLogits, first, count);
    }
    output.store(gradients);
    wide.store(gradients);
    embedding.store(gradients);
    for (KernelAttention layer : layers) {
      layer.endBackward(gradients);
    }
    return dx;
  }

  private void backward(KernelPass pass, Matrix dLogits, int first, int count) {
    int block = first / layout.examples();
    KernelAttention last = layers.get(layers.size() - 1);
    for (int b = 0; b < count; b++) {
      float g = dLogits.values()[(first + b) * dLogits.stride()];
      addOutput(last.out(), last.outAt(block), b, g);
    }
    float[] de = d;
    for (int l = layers.size() - 1; l >= 0; l--) {
      KernelAttention below = l == 0 ? last : layers.get(l - 1);
      float[] e = l == 0 ? vectors : below.out();
      int at = l == 0 ? block * layout.size(dim) : below.outAt(block);
      de = layers.get(l).backward(pass, e, at, de, block, first, count);
    }
    give(de, dLogits, first, count);
  }

  /** The output's backward pass, of one example. */
  private void addOutput(float[] e, int from, int example, float g) {
    int lanes = layout.lanes();
    for (int c = 0; c < config.width(); c++) {
      int at = c * layout.stride() + example * layout.fields();
      int w = c * lanes;
      for (int j = 0; j < lanes; j++) {
        d[at + j] = g * output.turned[w + j];
        output.gradient[w + j] += g * e[from + at + j];
      }
    }
  }

  /** Turns a block's gradient with respect to field vectors back, the wide term's included. */
  private void give(float[] de, Matrix dLogits, int first, int count) {
    int fields = layout.fields();
    int lanes = layout.lanes();
    int stride = layout.stride();
    int base = first / layout.examples() * layout.size(dim);
    for (int b = 0; b < count; b++) {
      float g = dLogits.values()[(first + b) * dLogits.stride()];
      for (int c = 0; c < dim; c++) {
        int at = c * stride + b * fields;
        for (int j = 0; j < fields; j++) {
          embedding.gradient[c * lanes + j] += de[at + j];
        }
        if (wide.isOn()) {
          for (int j = 0; j < fields; j++) {
            wide.gradient[c * lanes + j] += g * raw[base + at + j];
            de[at + j] += g * wide.turned[c * lanes + j];
          }
        }
      }
    }
    int to = first * fields * dx.stride();
    Transposition.copy(dim, count * fields, de, 0, stride, dx.values(), to, dx.stride());
  }
}
