package io.millrace.model.djl;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.TensorNumbers;

/**
 * Normalises each of C channels to mean 0 and variance 1, then scales and shifts it (Ioffe and
 * Szegedy, "Batch normalization", ICML 2015, algorithms 1 and 2). Tensors {@code <prefix>scale} [C]
 * and {@code <prefix>shift} [C], running statistics {@code <prefix>mean} [C] and {@code
 * <prefix>variance} [C], the latter unbiased.
 *
 * <p>A prediction takes the running statistics, a learning step those of its batch. A batch of one
 * example has no variance, so it is normalised by the running statistics as well; the statistics
 * that it reports are its own mean, and its mean square deviation from the running mean: the
 * running variance then still follows that of the stream.
 */
final class DjlBatchNorm {
  private static final float MOMENTUM = 0.1f;
  private static final double EPSILON = 1e-5;

  private final int channels;
  private final int scale;
  private final int shift;
  private final int mean;
  private final int variance;

  DjlBatchNorm(String prefix, int channels, TensorNumbers tensors) {
    this.channels = channels;
    this.scale = tensors.of(prefix + "scale");
    this.shift = tensors.of(prefix + "shift");
    this.mean = tensors.of(prefix + "mean");
    this.variance = tensors.of(prefix + "variance");
  }

  /**
   * @param a [N, C], with N = B, or more if each example has places that share their channel's
   *     statistics; channels are last, since torch is several times slower where they aren't
   * @return as {@code a}
   */
  PtNDArray apply(DjlPass pass, PtNDArray a) {
    boolean byBatch = pass.training() && pass.batch() > 1;
    return byBatch ? normalizeByBatch(pass, a) : normalizeByRunning(pass, a);
  }

  private PtNDArray normalizeByBatch(DjlPass pass, PtNDArray a) {
    PtNDManager scope = (PtNDManager) a.getManager();
    PtNDArray batchMean = (PtNDArray) scope.zeros(new Shape(channels), DataType.FLOAT32);
    PtNDArray batchVariance = (PtNDArray) scope.zeros(new Shape(channels), DataType.FLOAT32);
    // torch blends into what it is given; a momentum of 1 leaves the batch's own values there
    PtNDArray normalized = normalize(pass, a, batchMean, batchVariance, true);
    pass.statistic(mean, batchMean);
    pass.statistic(variance, batchVariance);
    return normalized;
  }

  private PtNDArray normalizeByRunning(DjlPass pass, PtNDArray a) {
    PtNDArray runningMean = JniUtils.detachGradient(pass.tensor(mean));
    PtNDArray runningVariance = JniUtils.detachGradient(pass.tensor(variance));
    if (pass.training()) {
      PtNDArray values = JniUtils.detachGradient(a);
      pass.statistic(mean, JniUtils.mean(values, 0, false));
      PtNDArray squares = JniUtils.square(JniUtils.sub(values, runningMean));
      pass.statistic(variance, JniUtils.mean(squares, 0, false));
    }
    return normalize(pass, a, runningMean, runningVariance, false);
  }

  private PtNDArray normalize(
      DjlPass pass, PtNDArray a, PtNDArray m, PtNDArray v, boolean training) {
    return JniUtils.batchNorm(
        a, m, v, pass.tensor(scale), pass.tensor(shift), training, 1, EPSILON);
  }
}
