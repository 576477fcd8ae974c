package io.millrace.model;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Kernels;
import io.millrace.kernel.Transposition;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One layer of {@link KernelAutoInt}, on a block of examples: projections, attention head by head,
 * {@code ReLU(attention + residual)} and, if asked for, its normalisation. Values lie as {@link
 * FieldColumns} says; scores as [key field, query field], so that a softmax goes down columns and
 * no sum runs across a vector. Weights are used as they lie in their tensor. Queries are kept
 * scaled. Fields that have no value get no attention, and their own columns become zero.
 *
 * <p>A learning step keeps what each block gave until the backward pass; a prediction reuses the
 * memory of its first block. Shapes: L lanes, S stride of {@link FieldColumns}.
 */
final class KernelAttention {
  private static final int QUERY = 0;
  private static final int KEY = 1;
  private static final int VALUE = 2;
  private static final int RESIDUAL = 3;

  /** A score so low that softmax gives it nothing. */
  private static final float NEVER = -1e30f;

  private final Kernels kernels = Kernels.best();
  private final AutoIntConfig config;
  private final FieldColumns layout;
  private final int in;
  private final int inWidth; // padded
  private final int rows; // K · A
  private final float scale;
  private final int projection;
  private final int bias;
  private final @Nullable KernelColumnNorm norm;
  private final KernelDropout dropout = new KernelDropout();

  private final Blocks projected; // [K · A, S]
  private final Blocks out; // [A, S]
  private final Blocks shares; // of each example and head [F, L]
  private final Blocks dropped; // the same after dropout
  private final float[] dProjected; // [K · A, S]
  private final float[] dIn; // [in, S]
  private final float[] dWeights; // [K · A, in], padded
  private final float[] dBias; // [K · A]
  private final float[] inRows; // [S, in], padded
  private final float[] dShares; // [F, L]
  private final float[] turned; // [F, L]
  private final float[] zeros;
  private float[] weights = new float[0];
  private float[] shift = new float[0];
  private float[] mask = new float[0];
  private boolean drops;

  /** The memory of blocks, one behind the other. */
  private static final class Blocks {
    final int size;
    float[] values = new float[0];

    Blocks(int size) {
      this.size = size;
    }

    void reserve(int count) {
      if (values.length < count * size) {
        values = new float[count * size];
      }
    }
  }

  /**
   * @param in values of a field vector
   * @param prefix of the tensors' names
   */
  KernelAttention(
      AutoIntConfig config, FieldColumns layout, int in, String prefix, TensorNumbers numbers) {
    this.config = config;
    this.layout = layout;
    this.in = in;
    this.inWidth = Columns.of(in).width();
    this.rows = rows(config);
    this.scale = config.scaled() ? (float) (1 / Math.sqrt(config.headDim())) : 1;
    this.projection = numbers.of(prefix + "projection");
    this.bias =
        config.activatedProjections()
            ? numbers.of(prefix + "projection_bias")
            : KernelLinear.NO_BIAS;
    this.norm =
        config.layerNorm() ? new KernelColumnNorm(layout, config.width(), prefix, numbers) : null;
    int slices = layout.examples() * config.heads();
    int slice = layout.fields() * layout.lanes();
    this.projected = new Blocks(layout.size(rows));
    this.out = new Blocks(layout.size(config.width()));
    this.shares = new Blocks(slices * slice);
    this.dropped = new Blocks(config.attentionDropout() > 0 ? slices * slice : 0);
    this.dProjected = new float[layout.size(rows)];
    this.dIn = new float[layout.size(in)];
    this.dWeights = new float[rows * inWidth];
    this.dBias = new float[rows];
    this.inRows = new float[layout.stride() * inWidth];
    this.dShares = new float[slice];
    this.turned = new float[slice];
    this.zeros = new float[Math.max(layout.stride(), inWidth)];
  }

  /** Rows of the projections. */
  static int rows(AutoIntConfig config) {
    return config.projections() * config.width();
  }

  /** Takes the weights of the passes that follow. */
  void load(float[][] all) {
    weights = all[projection];
    if (bias != KernelLinear.NO_BIAS) {
      shift = all[bias];
    }
    if (norm != null) {
      norm.load(all);
    }
  }

  /** Begins a pass. */
  void begin(KernelPass pass) {
    int blocks = pass.training() ? layout.blocks(pass.batch()) : 1;
    drops = pass.dropsOut(config.attentionDropout());
    projected.reserve(blocks);
    out.reserve(blocks);
    shares.reserve(blocks);
    if (norm != null) {
      norm.reserve(blocks);
    }
    if (drops) {
      int fields = layout.fields();
      int count = pass.batch() * config.heads() * fields * fields;
      mask = dropout.mask(pass, config.attentionDropout(), count);
      dropped.reserve(blocks);
    }
  }

  /** What {@link #forward} gave: [A, S] at {@link #outAt}. */
  float[] out() {
    return norm == null ? out.values : norm.out();
  }

  /** Where a block of {@link #out} begins. */
  int outAt(int block) {
    return block * out.size;
  }

  /**
   * @param e field vectors of the block [in, S]
   * @param block where to keep what is computed
   * @param first example of the block
   * @param count examples of the block
   */
  void forward(KernelPass pass, float[] e, int from, int block, int first, int count) {
    int stride = layout.stride();
    int at = block * projected.size;
    float[] p = projected.values;
    int n = layout.columns(count);
    kernels.multiply(rows, n, in, weights, 0, in, 1, e, from, stride, zeros, 0, 0, p, at, stride);
    if (config.activatedProjections()) {
      addToRows(shift, p, at);
      kernels.relu(p, at, projected.size);
    }
    if (scale != 1) {
      scale(p, at, config.width() * stride);
    }
    for (int example = 0; example < count; example++) {
      for (int head = 0; head < config.heads(); head++) {
        attend(pass, block, first, example, head);
      }
    }
    kernels.relu(out.values, outAt(block), out.size);
    if (norm != null) {
      norm.forward(out.values, block);
    }
    clearMissing(pass, out(), outAt(block), first, count);
  }

  private void attend(KernelPass pass, int block, int first, int example, int head) {
    int fields = layout.fields();
    int lanes = layout.lanes();
    int stride = layout.stride();
    int size = config.headDim();
    float[] p = projected.values;
    int query = part(block, QUERY, head, example);
    int key = part(block, KEY, head, example);
    float[] s = shares.values;
    int at = slice(block, example, head);
    kernels.multiply(
        fields, lanes, size, p, key, 1, stride, p, query, stride, zeros, 0, 0, s, at, lanes);
    fillMissing(pass, first + example, s, at, NEVER);
    kernels.softmax(s, at, 1, fields, lanes);
    fillMissing(pass, first + example, s, at, 0);
    if (drops) {
      s = dropped.values;
      System.arraycopy(shares.values, at, s, at, fields * lanes);
      dropOut(first + example, head, s, at);
    }
    boolean residual = config.residual();
    float[] rest = residual ? p : zeros;
    int restAt = residual ? part(block, RESIDUAL, head, example) : 0;
    int value = part(block, VALUE, head, example);
    int to = outAt(block) + head * size * stride + example * fields;
    kernels.multiply(
        size,
        lanes,
        fields,
        p,
        value,
        stride,
        1,
        s,
        at,
        lanes,
        rest,
        restAt,
        residual ? stride : 0,
        out.values,
        to,
        stride);
  }

  /**
   * The backward pass of a block; adds to what {@link #endBackward} gives.
   *
   * @param e as given to {@link #forward}
   * @param d gradient with respect to the result [A, S], overwritten
   * @return gradient with respect to e [in, S], valid until the next block's
   */
  float[] backward(
      KernelPass pass, float[] e, int from, float[] d, int block, int first, int count) {
    int stride = layout.stride();
    int columns = count * layout.fields();
    clearMissing(pass, d, 0, first, count);
    if (norm != null) {
      norm.backward(d, block, columns);
    }
    kernels.reluBackward(out.values, outAt(block), d, 0, out.size, 1);
    if (config.residual()) {
      System.arraycopy(d, 0, dProjected, RESIDUAL * out.size, out.size);
    }
    for (int example = 0; example < count; example++) {
      for (int head = 0; head < config.heads(); head++) {
        attendBackward(d, block, first, example, head);
      }
    }
    if (scale != 1) {
      scale(dProjected, 0, config.width() * stride);
    }
    if (config.activatedProjections()) {
      int at = block * projected.size;
      kernels.reluBackward(projected.values, at, dProjected, 0, projected.size, 1);
      for (int r = 0; r < rows; r++) {
        dBias[r] += kernels.sum(columns, dProjected, r * stride);
      }
    }
    Transposition.copy(in, columns, e, from, stride, inRows, 0, inWidth);
    kernels.multiply(
        rows,
        inWidth,
        columns,
        dProjected,
        0,
        stride,
        1,
        inRows,
        0,
        inWidth,
        dWeights,
        0,
        inWidth,
        dWeights,
        0,
        inWidth);
    int n = layout.columns(count);
    kernels.multiply(
        in, n, rows, weights, 0, 1, in, dProjected, 0, stride, zeros, 0, 0, dIn, 0, stride);
    return dIn;
  }

  private void attendBackward(float[] d, int block, int first, int example, int head) {
    int fields = layout.fields();
    int lanes = layout.lanes();
    int stride = layout.stride();
    int size = config.headDim();
    float[] p = projected.values;
    int at = slice(block, example, head);
    int from = head * size * stride + example * fields;
    float[] used = drops ? dropped.values : shares.values;
    turn(used, at);
    byTurned(d, from, part(0, VALUE, head, example));
    int value = part(block, VALUE, head, example);
    kernels.multiply(
        fields, lanes, size, p, value, 1, stride, d, from, stride, zeros, 0, 0, dShares, 0, lanes);
    if (drops) {
      dropOut(first + example, head, dShares, 0);
    }
    kernels.softmaxBackward(shares.values, at, dShares, 0, 1, fields, lanes);
    int key = part(block, KEY, head, example);
    int dQuery = part(0, QUERY, head, example);
    kernels.multiply(
        size,
        lanes,
        fields,
        p,
        key,
        stride,
        1,
        dShares,
        0,
        lanes,
        zeros,
        0,
        0,
        dProjected,
        dQuery,
        stride);
    turn(dShares, 0);
    byTurned(p, part(block, QUERY, head, example), part(0, KEY, head, example));
  }

  /** To the projections' gradient: rows of values, weighted by what was turned. */
  private void byTurned(float[] values, int from, int to) {
    int lanes = layout.lanes();
    int stride = layout.stride();
    kernels.multiply(
        config.headDim(),
        lanes,
        layout.fields(),
        values,
        from,
        stride,
        1,
        turned,
        0,
        lanes,
        zeros,
        0,
        0,
        dProjected,
        to,
        stride);
  }

  /** {@code turned[i][k] = scores[k][i]}. */
  private void turn(float[] scores, int at) {
    int lanes = layout.lanes();
    Transposition.copy(layout.fields(), layout.fields(), scores, at, lanes, turned, 0, lanes);
  }

  /** Forgets the gradients of earlier steps. */
  void beginBackward() {
    Arrays.fill(dWeights, 0);
    Arrays.fill(dBias, 0);
    if (norm != null) {
      norm.beginBackward();
    }
  }

  /** Writes the gradients of all blocks since {@link #beginBackward}. */
  void endBackward(float[][] gradients) {
    for (int r = 0; r < rows; r++) {
      System.arraycopy(dWeights, r * inWidth, gradients[projection], r * in, in);
    }
    if (bias != KernelLinear.NO_BIAS) {
      System.arraycopy(dBias, 0, gradients[bias], 0, rows);
    }
    if (norm != null) {
      norm.endBackward(gradients);
    }
  }

  private void scale(float[] x, int from, int n) {
    for (int i = from; i < from + n; i++) {
      x[i] *= scale;
    }
  }

  private void addToRows(float[] values, float[] x, int from) {
    for (int r = 0; r < rows; r++) {
      int at = from + r * layout.stride();
      for (int j = at; j < at + layout.stride(); j++) {
        x[j] += values[r];
      }
    }
  }

  /** Sets what is paid to an example's keys that have no value. */
  private void fillMissing(KernelPass pass, int example, float[] s, int at, float value) {
    if (!pass.anyMissing()) {
      return;
    }
    int lanes = layout.lanes();
    for (int k = 0; k < layout.fields(); k++) {
      if (pass.missing(example * layout.fields() + k)) {
        Arrays.fill(s, at + k * lanes, at + (k + 1) * lanes, value);
      }
    }
  }

  /** Zeroes the columns of fields that have no value, of a matrix [A, S]. */
  private void clearMissing(KernelPass pass, float[] x, int from, int first, int count) {
    if (!pass.anyMissing()) {
      return;
    }
    for (int column = 0; column < count * layout.fields(); column++) {
      if (pass.missing(first * layout.fields() + column)) {
        for (int r = 0; r < config.width(); r++) {
          x[from + r * layout.stride() + column] = 0;
        }
      }
    }
  }

  /** Masks lie query by key, unlike scores. */
  private void dropOut(int example, int head, float[] scores, int at) {
    int fields = layout.fields();
    int from = (example * config.heads() + head) * fields * fields;
    for (int k = 0; k < fields; k++) {
      for (int i = 0; i < fields; i++) {
        scores[at + k * layout.lanes() + i] *= mask[from + i * fields + k];
      }
    }
  }

  /** Where a part of an example's projections begins. */
  private int part(int block, int part, int head, int example) {
    int row = (part * config.heads() + head) * config.headDim();
    return block * projected.size + row * layout.stride() + example * layout.fields();
  }

  private int slice(int block, int example, int head) {
    int slice = example * config.heads() + head;
    return block * shares.size + slice * layout.fields() * layout.lanes();
  }
}
