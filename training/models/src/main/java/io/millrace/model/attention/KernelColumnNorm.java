package io.millrace.model.attention;

import io.millrace.kernel.Kernels;
import io.millrace.model.TensorNumbers;
import java.util.Arrays;

/**
 * Normalises each column to mean 0 and variance 1, then scales and shifts its rows; columns as in
 * {@link BlockColumns}, blocks one behind the other.
 *
 * <p>Shapes: A rows, S stride.
 */
final class KernelColumnNorm {
  /** As in the authors' code of AutoInt. */
  private static final float EPSILON = 1e-8f;

  private final Kernels kernels = Kernels.best();
  private final int rows;
  private final int stride;
  private final int scaleNumber;
  private final int shiftNumber;
  private final float[] dScale;
  private final float[] dShift;
  private float[] scale = new float[0];
  private float[] shift = new float[0];
  private final BlockMemory memory;
  private final BlockMemory.Part normalized; // [A, S]
  private final BlockMemory.Part out; // [A, S]
  private final BlockMemory.Part inverse; // [S]

  KernelColumnNorm(
      BlockColumns layout, BlockMemory memory, int rows, String prefix, TensorNumbers numbers) {
    this.memory = memory;
    this.normalized = memory.matrixOfEachBlock(layout.size(rows));
    this.out = memory.matrixOfEachBlock(layout.size(rows));
    this.inverse = memory.matrixOfEachBlock(layout.stride());
    this.rows = rows;
    this.stride = layout.stride();
    this.scaleNumber = numbers.of(prefix + "norm_scale");
    this.shiftNumber = numbers.of(prefix + "norm_shift");
    this.dScale = new float[rows];
    this.dShift = new float[rows];
  }

  void load(float[][] weights) {
    scale = weights[scaleNumber];
    shift = weights[shiftNumber];
  }

  /** Where in the memory {@link #forward} put what a block gave [A, S]. */
  int outAt(int block) {
    return out.at(block);
  }

  /**
   * @param from where in the memory the block's values begin [A, S]
   */
  void forward(int from, int block) {
    float[] x = memory.values();
    int to = normalized.at(block);
    System.arraycopy(x, from, x, to, normalized.size());
    kernels.normalizeColumns(x, to, rows, stride, EPSILON, x, inverse.at(block));
    int ahead = out.at(block) - to;
    for (int r = 0; r < rows; r++) {
      int at = to + r * stride;
      float factor = scale[r];
      float summand = shift[r];
      for (int j = at; j < at + stride; j++) {
        x[ahead + j] = x[j] * factor + summand;
      }
    }
  }

  /** Forgets the gradients of earlier steps. */
  void beginBackward() {
    Arrays.fill(dScale, 0);
    Arrays.fill(dShift, 0);
  }

  /**
   * @param d where in the memory the gradient with respect to the block's result begins [A, S],
   *     overwritten with that of its input
   * @param columns that hold fields
   */
  void backward(int d, int block, int columns) {
    float[] x = memory.values();
    int from = normalized.at(block);
    for (int r = 0; r < rows; r++) {
      int at = d + r * stride;
      dShift[r] += kernels.sum(columns, x, at);
      dScale[r] += kernels.dot(columns, x, at, x, from + r * stride);
      float factor = scale[r];
      for (int j = at; j < at + stride; j++) {
        x[j] *= factor;
      }
    }
    kernels.normalizeColumnsBackward(x, from, x, d, rows, stride, x, inverse.at(block));
  }

  /** Writes the gradients of all blocks since {@link #beginBackward}. */
  void endBackward(float[][] gradients) {
    System.arraycopy(dScale, 0, gradients[scaleNumber], 0, rows);
    System.arraycopy(dShift, 0, gradients[shiftNumber], 0, rows);
  }
}
