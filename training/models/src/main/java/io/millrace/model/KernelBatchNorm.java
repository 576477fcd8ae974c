package io.millrace.model;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Matrix;
import java.util.Arrays;

/** {@link DjlBatchNorm} by kernels, in place: same tensors, same behaviour in each mode. */
final class KernelBatchNorm {
  private static final float EPSILON = 1e-5f;

  /** Rows that are summed before they are added to the total, which keeps rounding small. */
  private static final int BLOCK = 64;

  private final int channels;
  private final int width;
  private final int scaleNumber;
  private final int shiftNumber;
  private final int meanNumber;
  private final int varianceNumber;
  private final Matrix normalized;
  private final float[] scale;
  private final float[] shift;
  private final float[] runningMean;
  private final float[] runningVariance;
  private final float[] mean;
  private final float[] variance; // as reported
  private final float[] inverse;
  private final float[] block;
  private final float[] dScale;
  private final float[] dShift;
  private boolean byBatch;

  /**
   * @param columns C channels
   */
  KernelBatchNorm(String prefix, Columns columns, TensorNumbers numbers) {
    this.channels = columns.count();
    this.width = columns.width();
    this.scaleNumber = numbers.of(prefix + "scale");
    this.shiftNumber = numbers.of(prefix + "shift");
    this.meanNumber = numbers.of(prefix + "mean");
    this.varianceNumber = numbers.of(prefix + "variance");
    this.normalized = new Matrix(columns);
    this.scale = new float[width];
    this.shift = new float[width];
    this.runningMean = new float[width];
    this.runningVariance = new float[width];
    this.mean = new float[width];
    this.variance = new float[width];
    this.inverse = new float[width];
    this.block = new float[width];
    this.dScale = new float[width];
    this.dShift = new float[width];
  }

  /** Takes the weights of the passes that follow. */
  void load(float[][] weights) {
    System.arraycopy(weights[scaleNumber], 0, scale, 0, channels);
    System.arraycopy(weights[shiftNumber], 0, shift, 0, channels);
    System.arraycopy(weights[meanNumber], 0, runningMean, 0, channels);
    System.arraycopy(weights[varianceNumber], 0, runningVariance, 0, channels);
  }

  /**
   * @param a [N, C], overwritten with the result
   */
  void forward(KernelPass pass, Matrix a) {
    byBatch = pass.training() && pass.batch() > 1;
    if (pass.training()) {
      statistics(a);
    }
    float[] center = byBatch ? mean : runningMean;
    if (!byBatch) {
      for (int j = 0; j < width; j++) {
        inverse[j] = (float) (1 / Math.sqrt(runningVariance[j] + EPSILON));
      }
    }
    normalized.rows(a.rows());
    float[] values = a.values();
    float[] unit = normalized.values();
    for (int r = 0; r < a.rows(); r++) {
      int at = r * a.stride();
      for (int j = 0; j < width; j++) {
        float u = (values[at + j] - center[j]) * inverse[j];
        unit[at + j] = u;
        values[at + j] = u * scale[j] + shift[j];
      }
    }
  }

  /** Mean and variance of the batch; of one example, the square deviation from what runs. */
  private void statistics(Matrix a) {
    int rows = a.rows();
    Arrays.fill(mean, 0);
    for (int from = 0; from < rows; from += BLOCK) {
      int to = Math.min(rows, from + BLOCK);
      Arrays.fill(block, 0);
      for (int r = from; r < to; r++) {
        add(a.values(), r * a.stride(), block);
      }
      add(block, 0, mean);
    }
    for (int j = 0; j < width; j++) {
      mean[j] /= rows;
    }
    float[] center = byBatch ? mean : runningMean;
    Arrays.fill(variance, 0);
    for (int from = 0; from < rows; from += BLOCK) {
      int to = Math.min(rows, from + BLOCK);
      Arrays.fill(block, 0);
      for (int r = from; r < to; r++) {
        addSquares(a.values(), r * a.stride(), center);
      }
      add(block, 0, variance);
    }
    for (int j = 0; j < width; j++) {
      float biased = variance[j] / rows;
      inverse[j] = (float) (1 / Math.sqrt(biased + EPSILON));
      variance[j] = byBatch ? variance[j] / (rows - 1) : biased;
    }
  }

  private void add(float[] values, int at, float[] to) {
    for (int j = 0; j < width; j++) {
      to[j] += values[at + j];
    }
  }

  private void addSquares(float[] values, int at, float[] center) {
    for (int j = 0; j < width; j++) {
      float deviation = values[at + j] - center[j];
      block[j] += deviation * deviation;
    }
  }

  /**
   * @param d gradient with respect to the result [N, C], overwritten with that of the input
   * @param gradients of scale and shift; the batch's statistics in the place of those of the
   *     running ones
   */
  void backward(Matrix d, float[][] gradients) {
    int rows = d.rows();
    float[] values = d.values();
    float[] unit = normalized.values();
    Arrays.fill(dScale, 0);
    Arrays.fill(dShift, 0);
    for (int r = 0; r < rows; r++) {
      int at = r * d.stride();
      for (int j = 0; j < width; j++) {
        dShift[j] += values[at + j];
        dScale[j] += values[at + j] * unit[at + j];
      }
    }
    float share = byBatch ? 1f / rows : 0;
    for (int r = 0; r < rows; r++) {
      int at = r * d.stride();
      for (int j = 0; j < width; j++) {
        float rest = share * (dShift[j] + unit[at + j] * dScale[j]);
        values[at + j] = (values[at + j] - rest) * (scale[j] * inverse[j]);
      }
    }
    System.arraycopy(dScale, 0, gradients[scaleNumber], 0, channels);
    System.arraycopy(dShift, 0, gradients[shiftNumber], 0, channels);
    System.arraycopy(mean, 0, gradients[meanNumber], 0, channels);
    System.arraycopy(variance, 0, gradients[varianceNumber], 0, channels);
  }
}
