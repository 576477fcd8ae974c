package io.millrace.optimizer;

/**
 * Adagrad with one accumulator for the whole row: {@code G += mean(g²); w −= learningRate · g /
 * (√(G + initialAccumulator) + epsilon)}. One slot a row, G: a quarter to a sixteenth of Adagrad's
 * state.
 *
 * <p>Source: the row-wise variant of Adagrad (Duchi et al., JMLR 2011) that embedding libraries for
 * recommenders use by default.
 *
 * @param learningRate step length, above 0
 * @param epsilon added to the root, at least 0
 * @param initialAccumulator added to G when it is read, at least 0: damps a row's first steps
 */
public record RowWiseAdagrad(float learningRate, float epsilon, float initialAccumulator)
    implements Optimizer {

  public RowWiseAdagrad {
    Settings.requirePositive("learningRate", learningRate);
    Settings.requireNotNegative("epsilon", epsilon);
    Settings.requireNotNegative("initialAccumulator", initialAccumulator);
  }

  @Override
  public RowWiseAdagrad scaled(float factor) {
    return new RowWiseAdagrad(learningRate * factor, epsilon, initialAccumulator);
  }

  @Override
  public double longestStep(int width) {
    return learningRate * Math.sqrt(width); // one value may have all of the row's mean square
  }

  @Override
  public int slots(int width) {
    return 1;
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
    float squares = 0;
    for (int i = 0; i < width; i++) {
      float g = gradient[gradientOffset + i];
      squares += g * g;
    }
    // Nothing moves, and 0 / (√0 + 0) would not be a number.
    if (squares == 0) {
      return;
    }
    float accumulated = slots[slotOffset] + squares / width;
    slots[slotOffset] = accumulated;
    float rate = learningRate / ((float) Math.sqrt(accumulated + initialAccumulator) + epsilon);
    for (int i = 0; i < width; i++) {
      values[offset + i] -= rate * gradient[gradientOffset + i];
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
    float squares = 0;
    for (int i = 0; i < width; i++) {
      squares += sums[sumsOffset + 1 + i];
    }
    slots[slotOffset] = squares / width;
  }
}
