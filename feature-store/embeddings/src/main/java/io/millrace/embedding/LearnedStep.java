package io.millrace.embedding;

/**
 * Adaptive low-precision training: rows live as integers times a step, and the step of a row is
 * learned too. A training step does three things with a row: the task's gradient moves its fp32
 * copy; the step moves by {@link #updated}, for which the task's gradient is asked at the moved row
 * rounded to the nearest; and the row is rounded again, stochastically.
 *
 * <p>Source: Li et al., Adaptive Low-Precision Training for Embeddings in Click-Through Rate
 * Prediction, AAAI 2023; the gradient is that of learned step size quantization, Esser et al., ICLR
 * 2020.
 *
 * @param bits of an integer, 2 to 16
 * @param learningRate of steps, above 0
 */
public record LearnedStep(int bits, float learningRate) {
  public LearnedStep {
    if (bits < 2 || bits > 16) {
      throw new IllegalArgumentException("bits: " + bits + ", expected 2 to 16");
    }
    if (!(learningRate > 0) || Float.isInfinite(learningRate)) {
      throw new IllegalArgumentException(
          "learningRate: " + learningRate + ", expected a finite value > 0");
    }
  }

  /** The integer of a value: clipped to {@code -2^(bits-1)} and {@code 2^(bits-1) - 1}. */
  public int quantize(float value, float step, Rounding rounding) {
    return RowStep.quantize(value, step, lowest(), highest(), rounding);
  }

  /**
   * How much the rounded value changes with the step: {@code round(v/step) - v/step}, or the
   * integer at which it is clipped.
   */
  public float gradient(float value, float step) {
    double steps = (double) value / step;
    if (steps <= lowest() || steps >= highest()) {
      return steps < 0 ? lowest() : highest();
    }
    return (float) (Math.rint(steps) - steps);
  }

  /**
   * The step after one update, by the gradient divided by {@code √(batch · width · 2^(bits-1) -
   * 1)}.
   *
   * @param values the row at {@code [offset, offset + width)}
   * @param gradient the task's, of the rounded values, from {@code gradientOffset}
   * @param batch examples that the gradient is of
   * @return above 0; the step as it was where the update would lead to 0 or below
   */
  public float updated(
      float step,
      float[] values,
      int offset,
      int width,
      float[] gradient,
      int gradientOffset,
      int batch) {
    double sum = 0;
    for (int i = 0; i < width; i++) {
      sum += (double) gradient[gradientOffset + i] * gradient(values[offset + i], step);
    }
    float next =
        (float) (step - learningRate * sum / Math.sqrt((double) batch * width * highest()));
    return next > 0 ? next : step;
  }

  private int lowest() {
    return -(1 << (bits - 1));
  }

  private int highest() {
    return (1 << (bits - 1)) - 1;
  }
}
