package io.millrace.trainer;

import io.millrace.optimizer.Optimizer;

/**
 * A rule that moves nothing, and remembers what {@link Optimizer#recall} takes: the number of steps
 * of a row, then the sum of the squared gradients of each value.
 */
record SquareSums() implements Optimizer {

  @Override
  public SquareSums scaled(float factor) {
    return this;
  }

  @Override
  public double longestStep(int width) {
    return 0;
  }

  @Override
  public int slots(int width) {
    return 1 + width;
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
    slots[slotOffset]++;
    for (int i = 0; i < width; i++) {
      float g = gradient[gradientOffset + i];
      slots[slotOffset + 1 + i] += g * g;
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
    System.arraycopy(sums, sumsOffset, slots, slotOffset, slots(width));
  }
}
