package io.millrace.optimizer;

/**
 * An update rule for one row of values: a row of an embedding table, or a whole dense tensor, which
 * is one row of its size. What it remembers of a row are the row's slots, stored beside the values
 * by the caller; all-zero slots are a fresh state.
 */
public interface Optimizer {

  /** The same rule with its learning rate multiplied by a factor above 0. */
  Optimizer scaled(float factor);

  /**
   * How far an update moves a value of a row of {@code width} values at most, whatever the
   * gradient; infinite if there is no such bound.
   */
  double longestStep(int width);

  /** Number of slots that a row of {@code width} values needs. */
  int slots(int width);

  /**
   * Applies one gradient to one row, in place.
   *
   * @param values holds the row at {@code [offset, offset + width)}
   * @param slots holds its slots at {@code [slotOffset, slotOffset + slots(width))}; may be the
   *     same array as {@code values}, at another place
   * @param gradient holds the gradient at {@code [gradientOffset, gradientOffset + width)}, summed
   *     over the step's examples
   */
  void update(
      float[] values,
      int offset,
      int width,
      float[] slots,
      int slotOffset,
      float[] gradient,
      int gradientOffset);

  /**
   * Sets a row's slots to what this rule would remember if the row had stood at its present values
   * through steps whose gradients are known by their squares: so a row that was learned by another
   * rule goes on in steps of a fitting length. Values stay.
   *
   * @param values holds the row at {@code [offset, offset + width)}
   * @param slots its slots from {@code slotOffset}, overwritten
   * @param sums from {@code sumsOffset} number of steps, then the sum of squared gradients of each
   *     of the {@code width} values; no steps give a fresh state
   */
  void recall(
      float[] values,
      int offset,
      int width,
      float[] slots,
      int slotOffset,
      float[] sums,
      int sumsOffset);
}
