package io.millrace.model.attention;

import io.millrace.kernel.Kernels;
import io.millrace.kernel.Matrix;
import io.millrace.kernel.Transposition;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.TensorNumbers;
import java.util.Arrays;

/**
 * Ends of blocks that lie as {@link ExampleColumns} says. Weights are repeated for each lane, and
 * their gradients summed over the lanes at the end of a step. L lanes.
 */
final class ExampleEnds extends AutoIntEnds {
  private final Kernels kernels = Kernels.best();
  private final ExampleColumns layout;
  private final int fields;
  private final int lanes;
  private final int row; // F · L
  private final int dim;
  private final float[] sums; // [L]
  private final float[] repeated; // [F · L]: gradients of the logits, for each field

  ExampleEnds(AutoIntConfig config, ExampleColumns layout, int dim, TensorNumbers numbers) {
    super(config, dim, numbers, layout.fields() * layout.examples(), layout.examples());
    this.layout = layout;
    this.fields = layout.fields();
    this.lanes = layout.examples();
    this.row = fields * lanes;
    this.dim = dim;
    this.sums = new float[lanes];
    this.repeated = new float[row];
  }

  @Override
  void take(float[] x, int from, int count, float[] memory, int raw, int vectors) {
    int stride = layout.stride();
    if (count < lanes) {
      Arrays.fill(memory, raw, raw + layout.size(dim), 0);
    }
    for (int f = 0; f < fields; f++) {
      int to = raw + f * lanes;
      Transposition.copy(count, dim, x, from + f * dim, fields * dim, memory, to, stride);
    }
    if (embedding.isOn()) {
      for (int c = 0; c < dim; c++) {
        int at = c * stride;
        for (int j = 0; j < row; j++) {
          memory[vectors + at + j] = memory[raw + at + j] + embedding.turned()[c * row + j];
        }
      }
    }
  }

  @Override
  void logits(float[] memory, int e, int raw, int count, float bias, Matrix logits, int first) {
    Arrays.fill(sums, bias);
    addScores(output, memory, e);
    if (wide.isOn()) {
      addScores(wide, memory, raw);
    }
    for (int b = 0; b < count; b++) {
      logits.values()[(first + b) * logits.stride()] = sums[b];
    }
  }

  /** {@code Σ_f Σ_c w[f][c] · e[c][f]} of each example. */
  private void addScores(FieldTensor w, float[] memory, int from) {
    for (int c = 0; c < w.values(); c++) {
      int at = from + c * layout.stride();
      kernels.multiplyLanes(
          1,
          1,
          fields,
          lanes,
          memory,
          at,
          0,
          lanes,
          w.turned(),
          c * row,
          0,
          lanes,
          sums,
          0,
          0,
          0,
          sums,
          0,
          0,
          0);
    }
  }

  @Override
  void addOutput(Matrix dLogits, int first, int count, float[] memory, int e, int d) {
    repeat(dLogits, first, count);
    for (int c = 0; c < output.values(); c++) {
      int at = c * layout.stride();
      int w = c * row;
      for (int j = 0; j < row; j++) {
        memory[d + at + j] = repeated[j] * output.turned()[w + j];
        output.gradient()[w + j] += repeated[j] * memory[e + at + j];
      }
    }
  }

  private void repeat(Matrix dLogits, int first, int count) {
    for (int b = 0; b < lanes; b++) {
      sums[b] = b < count ? dLogits.values()[(first + b) * dLogits.stride()] : 0;
    }
    for (int f = 0; f < fields; f++) {
      System.arraycopy(sums, 0, repeated, f * lanes, lanes);
    }
  }

  @Override
  void give(float[] memory, int de, int raw, Matrix dLogits, int first, int count, Matrix dx) {
    int stride = layout.stride();
    for (int c = 0; c < dim && embedding.isOn(); c++) {
      for (int j = 0; j < row; j++) {
        embedding.gradient()[c * row + j] += memory[de + c * stride + j];
      }
    }
    if (wide.isOn()) {
      repeat(dLogits, first, count);
      for (int c = 0; c < dim; c++) {
        int at = c * stride;
        for (int j = 0; j < row; j++) {
          wide.gradient()[c * row + j] += repeated[j] * memory[raw + at + j];
          memory[de + at + j] += repeated[j] * wide.turned()[c * row + j];
        }
      }
    }
    for (int f = 0; f < fields; f++) {
      int to = (first * fields + f) * dx.stride();
      Transposition.copy(
          dim, count, memory, de + f * lanes, stride, dx.values(), to, fields * dx.stride());
    }
  }
}
