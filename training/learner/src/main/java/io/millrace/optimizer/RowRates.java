package io.millrace.optimizer;

import io.millrace.kernel.Kernels;
import io.millrace.kernel.RowKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One rule at different rates on parts of a row. A part is to the rule a row of its own, with slots
 * of its own; they lie one behind the other, in the order of the parts.
 */
public final class RowRates implements Optimizer {

  /**
   * Some columns and their rate.
   *
   * @param width number of columns, at least 1
   * @param rate factor on the rule's learning rate, above 0
   */
  public record Part(int width, float rate) {}

  private final Optimizer rule;
  private final List<Part> parts;
  private final int width;
  private final int[] widths;
  private final Optimizer[] rules;
  private final int[] slots;
  private final float @Nullable [] columnRates; // of Adagrad, whose parts are one row to the kernel

  /**
   * @param parts of each row, from its first column on
   */
  public RowRates(Optimizer rule, List<Part> parts) {
    this.rule = rule;
    this.parts = List.copyOf(parts);
    this.width = parts.stream().mapToInt(Part::width).sum();
    this.widths = parts.stream().mapToInt(Part::width).toArray();
    List<Optimizer> scaled = new ArrayList<>();
    for (Part part : parts) {
      scaled.add(rule.scaled(part.rate()));
    }
    this.rules = scaled.toArray(Optimizer[]::new);
    this.slots = new int[widths.length];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = rules[i].slots(widths[i]);
    }
    boolean divides =
        rule instanceof Adagrad adagrad && adagrad.epsilon() + adagrad.initialAccumulator() > 0;
    this.columnRates = divides ? new float[width + Kernels.PAD] : null;
    if (columnRates != null) {
      for (int i = 0, column = 0; i < widths.length; column += widths[i++]) {
        Arrays.fill(columnRates, column, column + widths[i], ((Adagrad) rules[i]).learningRate());
      }
    }
  }

  @Override
  public RowRates scaled(float factor) {
    return new RowRates(rule.scaled(factor), parts);
  }

  @Override
  public double longestStep(int width) {
    double longest = 0;
    for (int i = 0; i < rules.length; i++) {
      longest = Math.max(longest, rules[i].longestStep(widths[i]));
    }
    return longest;
  }

  @Override
  public int slots(int width) {
    if (width != this.width) {
      throw new IllegalArgumentException(
          "width: " + width + ", expected the parts' " + this.width + " columns");
    }
    int sum = 0;
    for (int n : slots) {
      sum += n;
    }
    return sum;
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
    if (columnRates != null) {
      Adagrad adagrad = (Adagrad) rule;
      RowKernels.best()
          .adagrad(
              this.width,
              values,
              offset,
              slots,
              slotOffset,
              gradient,
              gradientOffset,
              columnRates,
              adagrad.epsilon(),
              adagrad.initialAccumulator());
      return;
    }
    int column = 0;
    int slot = slotOffset;
    for (int i = 0; i < rules.length; i++) {
      rules[i].update(
          values, offset + column, widths[i], slots, slot, gradient, gradientOffset + column);
      column += widths[i];
      slot += this.slots[i];
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
    int column = 0;
    int slot = slotOffset;
    for (int i = 0; i < rules.length; i++) {
      float[] part = new float[1 + widths[i]];
      part[0] = sums[sumsOffset];
      System.arraycopy(sums, sumsOffset + 1 + column, part, 1, widths[i]);
      rules[i].recall(values, offset + column, widths[i], slots, slot, part, 0);
      column += widths[i];
      slot += this.slots[i];
    }
  }
}
