package io.millrace.model.layer;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Kernels;
import io.millrace.kernel.Matrix;
import io.millrace.kernel.NormKernels;
import io.millrace.model.TensorNumbers;
import java.util.Arrays;

/**
 * Batch normalisation by kernels, in place. A ReLU behind it is part of it, so that rows are gone
 * through once.
 */
public final class KernelBatchNorm {
  private static final float EPSILON = 1e-5f;

  /** Rows that are summed before they are merged with those before, which keeps rounding small. */
  private static final int PART = 128;

  private final NormKernels kernels = NormKernels.best();
  private final int channels;
  private final int width;
  private final float least; // of the result
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
  private final float[] partMean;
  private final float[] partSquares;
  private final float[] dScale; // sums, means once they have been written
  private final float[] dShift; // the same
  private final float[] factor; // of the gradient
  private boolean byBatch;
  private boolean learns;
  private int seen;

  /**
   * @param columns C channels
   * @param relu whether a ReLU is behind it
   */
  public KernelBatchNorm(String prefix, Columns columns, boolean relu, TensorNumbers numbers) {
    this.channels = columns.count();
    this.width = columns.width();
    this.least = relu ? 0 : NormKernels.NO_RELU;
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
    this.partMean = new float[width];
    this.partSquares = new float[width];
    this.dScale = new float[width];
    this.dShift = new float[width];
    this.factor = new float[width];
  }

  /** Takes the weights of the passes that follow. */
  public void load(float[][] weights) {
    System.arraycopy(weights[scaleNumber], 0, scale, 0, channels);
    System.arraycopy(weights[shiftNumber], 0, shift, 0, channels);
    System.arraycopy(weights[meanNumber], 0, runningMean, 0, channels);
    System.arraycopy(weights[varianceNumber], 0, runningVariance, 0, channels);
  }

  /**
   * @param a [N, C], overwritten with the result
   */
  public void forward(KernelPass pass, Matrix a) {
    begin(pass, a);
    for (int first = 0; first < a.rows(); first += PART) {
      addStatistics(pass, a, first, Math.min(PART, a.rows() - first));
    }
    endStatistics(pass);
    apply(a, 0, a.rows());
  }

  /**
   * Begins a forward pass that goes on by parts: all rows are added to the statistics, which are
   * ended then, before any is normalised.
   */
  public void begin(KernelPass pass, Matrix a) {
    byBatch = pass.training() && pass.batch() > 1;
    seen = 0;
    Arrays.fill(mean, 0);
    Arrays.fill(variance, 0);
    learns = pass.training();
    if (learns) {
      normalized.rows(a.rows());
    }
  }

  /** Adds rows, by the mean and the squares of the part and what merges two of them. */
  public void addStatistics(KernelPass pass, Matrix a, int first, int count) {
    if (!pass.training()) {
      return;
    }
    Arrays.fill(partMean, 0);
    Arrays.fill(partSquares, 0);
    int from = first * a.stride();
    kernels.addRows(count, width, a.stride(), a.values(), from, partMean);
    for (int j = 0; j < width; j++) {
      partMean[j] /= count;
    }
    float[] center = byBatch ? partMean : runningMean;
    kernels.addSquares(count, width, a.stride(), a.values(), from, center, partSquares);
    int all = seen + count;
    float share = (float) count / all;
    float between = byBatch ? share * seen : 0;
    for (int j = 0; j < width; j++) {
      float ahead = partMean[j] - mean[j];
      mean[j] += ahead * share;
      variance[j] += partSquares[j] + ahead * ahead * between;
    }
    seen = all;
  }

  /** Mean and variance of the batch; of one example, the square deviation from what runs. */
  public void endStatistics(KernelPass pass) {
    for (int j = 0; j < width; j++) {
      float biased = byBatch ? variance[j] / seen : runningVariance[j];
      inverse[j] = (float) (1 / Math.sqrt(biased + EPSILON));
      if (pass.training()) {
        variance[j] /= byBatch ? seen - 1 : seen;
      }
    }
  }

  /** Normalises rows. */
  public void apply(Matrix a, int first, int count) {
    kernels.normalize(
        count,
        width,
        a.stride(),
        a.values(),
        first * a.stride(),
        byBatch ? mean : runningMean,
        inverse,
        scale,
        shift,
        least,
        learns ? normalized.values() : Kernels.NOTHING);
  }

  /**
   * @param d gradient with respect to the result [N, C], overwritten with that of the input
   * @param gradients of scale and shift; the batch's statistics in the place of those of the
   *     running ones
   */
  public void backward(Matrix d, float[][] gradients) {
    beginBackward();
    addSums(Kernels.NOTHING, d, 0, d.rows(), 1);
    endSums(d.rows(), gradients);
    applyBackward(d, 0, d.rows());
  }

  /** Begins a backward pass that goes on by parts, as the forward pass. */
  public void beginBackward() {
    Arrays.fill(dScale, 0);
    Arrays.fill(dShift, 0);
  }

  /**
   * Takes rows back through the ReLU, in place, and adds them to the gradients of scale and shift.
   *
   * @param out what came of the ReLU and of the dropout behind it, or {@link Kernels#NOTHING} if
   *     there is none
   * @param factor by which dropout enlarged
   */
  public void addSums(float[] out, Matrix d, int first, int count, float factor) {
    int from = first * d.stride();
    float[] unit = normalized.values();
    kernels.reluBackward(
        count, width, d.stride(), out, d.values(), from, factor, unit, dShift, dScale);
  }

  /** Writes gradients, as {@link #backward} does, once all rows of a batch are added. */
  public void endSums(int rows, float[][] gradients) {
    System.arraycopy(dScale, 0, gradients[scaleNumber], 0, channels);
    System.arraycopy(dShift, 0, gradients[shiftNumber], 0, channels);
    System.arraycopy(mean, 0, gradients[meanNumber], 0, channels);
    System.arraycopy(variance, 0, gradients[varianceNumber], 0, channels);
    float share = byBatch ? 1f / rows : 0;
    for (int j = 0; j < width; j++) {
      dShift[j] *= share;
      dScale[j] *= share;
      factor[j] = scale[j] * inverse[j];
    }
  }

  /** Overwrites rows with the gradient with respect to the input. */
  public void applyBackward(Matrix d, int first, int count) {
    int from = first * d.stride();
    float[] unit = normalized.values();
    kernels.normalizeBackward(
        count, width, d.stride(), d.values(), from, unit, dShift, dScale, factor);
  }
}
