package io.millrace.optimizer;

import io.millrace.kernel.RowKernels;

/**
 * Lazy Adam: a row's moments decay and its step count advances only when the row gets a gradient,
 * so a row that is seldom seen is corrected for its own few steps. With t the row's steps,
 *
 * <pre>
 *   m = β1·m + (1 − β1)·g;   v = β2·v + (1 − β2)·g²
 *   w −= learningRate · (m / (1 − β1^t)) / (√(v / (1 − β2^t)) + epsilon)
 * </pre>
 *
 * <p>{@code 1 + 2·width} slots: t, all m, all v. As a float, t is exact up to 2^24 steps and stays
 * there, long after both corrections are 1. A gradient of zeros is a step as well: momentum goes
 * on.
 *
 * <p>Source: Kingma and Ba, "Adam", ICLR 2015, algorithm 1.
 *
 * @param learningRate step length, above 0
 * @param beta1 decay of the mean, in [0, 1)
 * @param beta2 decay of the mean square, in [0, 1)
 * @param epsilon added to the root, above 0
 */
public record Adam(float learningRate, float beta1, float beta2, float epsilon)
    implements Optimizer {

  public Adam {
    Settings.requirePositive("learningRate", learningRate);
    Settings.requireDecay("beta1", beta1);
    Settings.requireDecay("beta2", beta2);
    Settings.requirePositive("epsilon", epsilon);
  }

  /** With the paper's decays: β1 = 0.9, β2 = 0.999, epsilon = 1e-8. */
  public static Adam withLearningRate(float learningRate) {
    return new Adam(learningRate, 0.9f, 0.999f, 1e-8f);
  }

  @Override
  public Adam scaled(float factor) {
    return new Adam(learningRate * factor, beta1, beta2, epsilon);
  }

  @Override
  public double longestStep(int width) {
    // m² ≤ (1 − β1)² / ((1 − β2) (1 − β1² / β2)) · v by Cauchy and Schwarz, and m's correction is
    // at
    // most 1 / (1 − β1)
    double ratio = (double) beta1 * beta1 / beta2;
    return ratio < 1
        ? learningRate * Math.max(1, 1 / Math.sqrt((1 - beta2) * (1 - ratio)))
        : Double.POSITIVE_INFINITY;
  }

  @Override
  public int slots(int width) {
    return 1 + 2 * width;
  }

  @Override
  public void update(
      float[] values,
      int offset,
      int width,
      float[] slots,
      int slotOffset,
      float[] gradient,
      int gradientOffset) {
    float steps = slots[slotOffset] + 1;
    slots[slotOffset] = steps;
    float rate = (float) (learningRate / (1 - Math.pow(beta1, steps)));
    float root = (float) (1 / Math.sqrt(1 - Math.pow(beta2, steps)));
    RowKernels.best()
        .adam(
            width,
            values,
            offset,
            slots,
            slotOffset + 1,
            gradient,
            gradientOffset,
            rate,
            root,
            beta1,
            beta2,
            epsilon);
  }

  @Override
  public void recall(
      float[] values,
      int offset,
      int width,
      float[] slots,
      int slotOffset,
      float[] sums,
      int sumsOffset) {
    float steps = sums[sumsOffset];
    slots[slotOffset] = steps;
    float seen = (float) (1 - Math.pow(beta2, steps));
    for (int i = 0; i < width; i++) {
      slots[slotOffset + 1 + i] = 0;
      slots[slotOffset + 1 + width + i] = steps == 0 ? 0 : seen * sums[sumsOffset + 1 + i] / steps;
    }
  }
}
