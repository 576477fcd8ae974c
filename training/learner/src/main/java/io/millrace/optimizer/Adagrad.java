package io.millrace.optimizer;

import io.millrace.kernel.RowKernels;

/**
 * Adagrad: {@code G += g²; w −= learningRate · g / (√(G + initialAccumulator) + epsilon)}, each
 * value on its own. One slot a value, G.
 *
 * <p>Source: Duchi, Hazan and Singer, "Adaptive subgradient methods", JMLR 2011, diagonal form.
 *
 * @param learningRate step length, above 0
 * @param epsilon added to the root, at least 0
 * @param initialAccumulator added to G when it is read, at least 0: damps a value's first steps
 */
public record Adagrad(float learningRate, float epsilon, float initialAccumulator)
    implements Optimizer {

  public Adagrad {
    Settings.requirePositive("learningRate", learningRate);
    Settings.requireNotNegative("epsilon", epsilon);
    Settings.requireNotNegative("initialAccumulator", initialAccumulator);
  }

  @Override
  public Adagrad scaled(float factor) {
    return new Adagrad(learningRate * factor, epsilon, initialAccumulator);
  }

  @Override
  public double longestStep(int width) {
    return learningRate; // |g| ≤ √(G + g²)
  }

  @Override
  public int slots(int width) {
    return width;
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
    if (epsilon + initialAccumulator > 0) {
      RowKernels.best()
          .adagrad(
              width,
              values,
              offset,
              slots,
              slotOffset,
              gradient,
              gradientOffset,
              learningRate,
              epsilon,
              initialAccumulator);
      return;
    }
    for (int i = 0; i < width; i++) {
      float g = gradient[gradientOffset + i];
      float square = g * g;
      // Nothing moves, and 0 / (√0 + 0) would not be a number.
      if (square == 0) {
        continue;
      }
      float accumulated = slots[slotOffset + i] + square;
      slots[slotOffset + i] = accumulated;
      values[offset + i] -=
          learningRate * g / ((float) Math.sqrt(accumulated + initialAccumulator) + epsilon);
    }
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
    System.arraycopy(sums, sumsOffset + 1, slots, slotOffset, width);
  }
}
