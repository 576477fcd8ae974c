package io.millrace.model.attention;

import io.millrace.kernel.Kernels;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.TensorNumbers;
import io.millrace.model.layer.KernelLinear;
import io.millrace.model.layer.KernelPass;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One layer of {@link KernelAutoInt}, on a block of examples: projections, attention head by head,
 * {@code ReLU(attention + residual)} and, if asked for, its normalisation. Values lie as {@link
 * BlockColumns} says, and {@link AttentionHeads} knows which. Weights are used as they lie in their
 * tensor. Queries are kept scaled. Fields that have no value get no attention, and their own
 * columns become zero.
 *
 * <p>A learning step keeps what each block gave until the backward pass; a prediction reuses the
 * memory of its first block. Shapes: S stride of {@link BlockColumns}.
 */
final class KernelAttention {
  private final Kernels kernels = Kernels.best();
  private final AutoIntConfig config;
  private final BlockColumns layout;
  private final AttentionHeads heads;
  private final int in;
  private final int rows; // K · A
  private final float scale;
  private final int projection;
  private final int bias;
  private final @Nullable KernelColumnNorm norm;

  private final BlockMemory memory;
  private final BlockMemory.Part projected; // [K · A, S]
  private final BlockMemory.Part out; // [A, S]
  private final BlockMemory.Part passing; // [K · A, S]
  private final boolean keeps;
  private final BlockMemory.Part dIn; // [in, S]
  private final ProjectionGradients dWeights; // [K · A, in]
  private final float[] dBias; // [K · A]
  private final float[] zeros;
  private float[] weights = new float[0];
  private float[] shift = new float[0];

  /**
   * @param passing room for projections [K · A, S] that are needed no longer than for a block, or
   *     for their gradients: of all layers, so that it stays in the caches
   * @param keeps whether a prediction's projections are kept for its next block, as those of a
   *     learning step are
   * @param in values of a field vector
   * @param prefix of the tensors' names
   */
  KernelAttention(
      AutoIntConfig config,
      BlockColumns layout,
      BlockMemory memory,
      BlockMemory.Part passing,
      boolean keeps,
      int in,
      String prefix,
      TensorNumbers numbers) {
    this.config = config;
    this.layout = layout;
    this.memory = memory;
    this.heads = AttentionHeads.of(config, layout, memory);
    this.in = in;
    this.rows = rows(config);
    this.scale = config.scaled() ? (float) (1 / Math.sqrt(config.headDim())) : 1;
    this.projection = numbers.of(prefix + "projection");
    this.bias =
        config.activatedProjections()
            ? numbers.of(prefix + "projection_bias")
            : KernelLinear.NO_BIAS;
    this.norm =
        config.layerNorm()
            ? new KernelColumnNorm(layout, memory, config.width(), prefix, numbers)
            : null;
    this.projected = memory.matrixOfEachBlock(layout.size(rows));
    this.out = memory.matrixOfEachBlock(layout.size(config.width()));
    this.passing = passing;
    this.keeps = keeps;
    this.dIn = memory.matrix(layout.size(in));
    this.dWeights = new ProjectionGradients(layout, memory, rows, in);
    this.dBias = new float[rows];
    this.zeros = new float[layout.stride()];
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

  /** Begins a pass, for which there is room in the memory. */
  void begin(KernelPass pass) {
    heads.begin(pass);
  }

  /** Where in the memory {@link #forward} put what a block gave [A, S]. */
  int outAt(int block) {
    return norm == null ? out.at(block) : norm.outAt(block);
  }

  /**
   * @param from where in the memory the field vectors of the block begin [in, S]
   * @param block where to keep what is computed
   * @param first example of the block
   * @param count examples of the block
   * @param kept fields whose projections are there from the block before, in a layout that is
   *     {@link BlockColumns#byField}, or null
   */
  void forward(
      KernelPass pass, int from, int block, int first, int count, boolean @Nullable [] kept) {
    float[] x = memory.values();
    int at = keeps || pass.training() ? projected.at(block) : passing.at();
    int to = out.at(block);
    if (kept == null) {
      project(x, from, at, layout.columns(count));
    } else {
      projectAllBut(kept, x, from, at);
    }
    heads.forward(pass, at, to, block, first, count);
    kernels.relu(x, to, out.size());
    if (norm != null) {
      norm.forward(to, block);
    }
    clearMissing(pass, x, outAt(block), first, count);
  }

  /**
   * The shares of the last {@link #forward}, a prediction of one example [H, F, F]: attending
   * fields and fields attended to, zero where one of both has no value.
   */
  float[][][] attention(KernelPass pass) {
    int fields = layout.fields();
    float[][][] attention = new float[config.heads()][fields][fields];
    for (int h = 0; h < config.heads(); h++) {
      for (int i = 0; i < fields; i++) {
        for (int k = 0; k < fields && !pass.missing(i); k++) {
          attention[h][i][k] = heads.predictedShare(h, i, k);
        }
      }
    }
    return attention;
  }

  private void projectAllBut(boolean[] kept, float[] x, int from, int to) {
    int end;
    for (int f = 0; f < kept.length; f = end) {
      end = f + 1;
      while (end < kept.length && kept[end] == kept[f]) {
        end++;
      }
      if (!kept[f]) {
        int column = layout.column(0, f);
        project(x, from + column, to + column, (end - f) * layout.examples());
      }
    }
  }

  /** Projections of n columns. */
  private void project(float[] x, int from, int to, int n) {
    int stride = layout.stride();
    kernels.multiply(rows, n, in, weights, 0, in, 1, x, from, stride, zeros, 0, 0, x, to, stride);
    for (int r = 0; r < rows && config.activatedProjections(); r++) {
      addToRow(shift[r], x, to + r * stride, n);
      kernels.relu(x, to + r * stride, n);
    }
    for (int r = 0; r < config.width() && scale != 1; r++) {
      scale(x, to + r * stride, n);
    }
  }

  private static void addToRow(float value, float[] x, int from, int n) {
    for (int j = from; j < from + n; j++) {
      x[j] += value;
    }
  }

  /**
   * The backward pass of a block; adds to what {@link #endBackward} gives.
   *
   * @param from as given to {@link #forward}
   * @param d where in the memory the gradient with respect to the result begins [A, S], which is
   *     overwritten
   * @return where the gradient with respect to the field vectors begins [in, S], valid until the
   *     next block's
   */
  int backward(KernelPass pass, int from, int d, int block, int first, int count) {
    int stride = layout.stride();
    int columns = layout.used(count);
    float[] x = memory.values();
    int dp = passing.at();
    clearMissing(pass, x, d, first, count);
    if (norm != null) {
      norm.backward(d, block, columns);
    }
    kernels.reluBackward(x, out.at(block), x, d, out.size(), 1);
    if (config.residual()) {
      System.arraycopy(x, d, x, dp + AttentionHeads.RESIDUAL * out.size(), out.size());
    }
    heads.backward(projected.at(block), d, dp, block, first, count);
    if (scale != 1) {
      scale(x, dp, config.width() * stride);
    }
    if (config.activatedProjections()) {
      kernels.reluBackward(x, projected.at(block), x, dp, projected.size(), 1);
      for (int r = 0; r < rows; r++) {
        dBias[r] += kernels.sum(columns, x, dp + r * stride);
      }
    }
    dWeights.add(dp, from, count);
    int n = layout.columns(count);
    int to = dIn.at();
    kernels.multiply(in, n, rows, weights, 0, 1, in, x, dp, stride, zeros, 0, 0, x, to, stride);
    return to;
  }

  /** Forgets the gradients of earlier steps. */
  void beginBackward() {
    dWeights.begin();
    Arrays.fill(dBias, 0);
    if (norm != null) {
      norm.beginBackward();
    }
  }

  /** Writes the gradients of all blocks since {@link #beginBackward}. */
  void endBackward(float[][] gradients) {
    dWeights.store(gradients[projection]);
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

  /** Zeroes the columns of fields that have no value, of a matrix [A, S]. */
  private void clearMissing(KernelPass pass, float[] x, int from, int first, int count) {
    if (!pass.anyMissing()) {
      return;
    }
    int fields = layout.fields();
    for (int i = 0; i < count * fields; i++) {
      if (pass.missing(first * fields + i)) {
        int column = layout.column(i / fields, i % fields);
        for (int r = 0; r < config.width(); r++) {
          x[from + r * layout.stride() + column] = 0;
        }
      }
    }
  }
}
