package io.millrace.learner;

import io.millrace.embedding.LearnerTable;
import io.millrace.embedding.RowGradients;
import io.millrace.kernel.RowKernels;
import io.millrace.model.TensorSpec;
import io.millrace.model.Tensors;
import io.millrace.optimizer.Optimizer;
import org.jspecify.annotations.Nullable;

/**
 * Applies a step's gradients, or says why not and changes nothing: neither a gradient nor a value
 * that it would give may be larger than a bound, or no number.
 *
 * <p>Gradients are looked through at each step. Values are not: an optimizer's longest step and the
 * largest value of today tell how many steps there are in which none can pass the bound. Only when
 * these are used up all values are looked through again, and where there is too little room left, a
 * step's new values are computed in a copy first. What is refused is the same either way, so a
 * restored learner refuses what another one would have refused. Not thread-safe.
 */
final class StepGuard {
  /**
   * Largest magnitude of a gradient of a step. Its square still has room for as many sums as a
   * 32-bit float can count.
   */
  static final float LARGEST_GRADIENT = 1e12f;

  /** Largest magnitude of a row's value and of a weight. */
  static final float LARGEST_VALUE = 1e6f;

  /** Largest magnitude of what moves a running statistic. */
  static final float LARGEST_STATISTIC = 1e30f;

  /** Fewer steps of room than these aren't worth looking for. */
  private static final long FEW_STEPS = 1000;

  /** Rounding lengthens a step. */
  private static final double ROUNDING = 1.001;

  private final RowKernels kernels = RowKernels.best();
  private final LearnerTable table;
  private final LearnerTable.UpdateRule updateRow;
  private final float largestInitial;
  private final Tensors tensors;
  private final Optimizer denseOptimizer;
  private final float[][] tensorSlots;
  private final TensorSpec.Role.@Nullable RunningStatistic[] statistics;
  private final double longestStep;

  private long sure; // steps that cannot pass the bound
  private long careful; // steps to take in a copy before there may be room again
  private int replacements;
  private float[] stagedRows = new float[0];
  private float[][] stagedTensors = new float[0][];

  StepGuard(
      LearnerTable table,
      Optimizer rowOptimizer,
      float largestInitial,
      Tensors tensors,
      Optimizer denseOptimizer,
      float[][] tensorSlots) {
    this.table = table;
    this.updateRow = rowOptimizer::update;
    this.largestInitial = largestInitial;
    this.tensors = tensors;
    this.denseOptimizer = denseOptimizer;
    this.tensorSlots = tensorSlots;
    int count = tensorSlots.length;
    this.statistics = new TensorSpec.Role.RunningStatistic[count];
    double longest = rowOptimizer.longestStep(table.rowWidth());
    for (int t = 0; t < count; t++) {
      TensorSpec spec = tensors.specs().get(t);
      if (spec.role() instanceof TensorSpec.Role.RunningStatistic statistic) {
        statistics[t] = statistic;
      } else {
        longest = Math.max(longest, denseOptimizer.longestStep(spec.size()));
      }
    }
    this.longestStep = longest * ROUNDING;
  }

  /** Forgets how much room there is: tensors or rows were set by somebody else. */
  void valuesWereSet() {
    sure = 0;
    careful = 0;
  }

  /** Which gradient is too large or no number, or null if none is. */
  @Nullable String unusable(RowGradients rows, Tensors gradients) {
    int width = rows.width();
    if (!kernels.within(rows.size() * width, rows.values(), 0, LARGEST_GRADIENT)) {
      return "the gradient of a row of the table: "
          + largest(rows.values(), rows.size() * width)
          + beyond(LARGEST_GRADIENT);
    }
    for (int t = 0; t < statistics.length; t++) {
      float[] gradient = gradients.values()[t];
      float bound = statistics[t] == null ? LARGEST_GRADIENT : LARGEST_STATISTIC;
      if (!kernels.within(gradient.length, gradient, 0, bound)) {
        String what = statistics[t] == null ? "the gradient of tensor " : "what moves tensor ";
        return what
            + tensors.specs().get(t).name()
            + ": "
            + largest(gradient, gradient.length)
            + beyond(bound);
      }
    }
    return null;
  }

  static String beyond(float bound) {
    return ", expected a magnitude of at most " + bound;
  }

  private static float largest(float[] values, int n) {
    float largest = 0;
    for (int i = 0; i < n; i++) {
      largest = Math.max(largest, Math.abs(values[i]));
    }
    return largest;
  }

  /**
   * Updates rows and tensors by usable gradients.
   *
   * @return null, or which value would be too large or no number: nothing has changed then
   */
  @Nullable String update(RowGradients rows, Tensors gradients) {
    if (table.replacements() != replacements) {
      valuesWereSet();
      replacements = table.replacements();
    }
    if (sure == 0 && careful == 0) {
      measure();
    }
    if (sure == 0) {
      careful--;
      return updateInACopy(rows, gradients);
    }
    sure--;
    table.update(rows, updateRow);
    for (int t = 0; t < statistics.length; t++) {
      move(t, tensors.values()[t], tensorSlots[t], gradients.values()[t]);
    }
    return null;
  }

  private void move(int t, float[] values, float[] slots, float[] gradient) {
    TensorSpec.Role.RunningStatistic statistic = statistics[t];
    if (statistic != null) {
      statistic.blend(values, gradient);
    } else {
      denseOptimizer.update(values, 0, values.length, slots, 0, gradient, 0);
    }
  }

  private void measure() {
    double largest = Math.max(largestInitial, table.largest());
    for (int t = 0; t < statistics.length; t++) {
      float[] values = tensors.values()[t];
      if (statistics[t] == null) {
        largest = Math.max(largest, largest(values, values.length));
      }
    }
    double room = (LARGEST_VALUE - largest) / longestStep;
    if (room >= FEW_STEPS) {
      sure = (long) room;
    } else {
      careful = FEW_STEPS;
    }
  }

  private @Nullable String updateInACopy(RowGradients rows, Tensors gradients) {
    int stride = table.stride();
    if (stagedRows.length < rows.size() * stride) {
      stagedRows = new float[rows.size() * stride];
    }
    table.stage(rows, updateRow, stagedRows);
    for (int i = 0; i < rows.size(); i++) {
      int width = table.rowWidth();
      if (!kernels.within(width, stagedRows, i * stride, LARGEST_VALUE)
          || !kernels.within(stride - width, stagedRows, i * stride + width, Float.MAX_VALUE)) {
        return "a row of the table would pass a magnitude of " + LARGEST_VALUE;
      }
    }
    float[][] staged = stagedTensors();
    for (int t = 0; t < statistics.length; t++) {
      float[] values = tensors.values()[t];
      float[] slots = tensorSlots[t];
      System.arraycopy(values, 0, staged[2 * t], 0, values.length);
      System.arraycopy(slots, 0, staged[2 * t + 1], 0, slots.length);
      move(t, staged[2 * t], staged[2 * t + 1], gradients.values()[t]);
      float bound = statistics[t] == null ? LARGEST_VALUE : LARGEST_STATISTIC;
      if (!kernels.within(values.length, staged[2 * t], 0, bound)
          || !kernels.within(slots.length, staged[2 * t + 1], 0, Float.MAX_VALUE)) {
        return "tensor %s would pass a magnitude of %s"
            .formatted(tensors.specs().get(t).name(), bound);
      }
    }
    table.takeOver(rows, stagedRows);
    for (int t = 0; t < statistics.length; t++) {
      System.arraycopy(staged[2 * t], 0, tensors.values()[t], 0, staged[2 * t].length);
      System.arraycopy(staged[2 * t + 1], 0, tensorSlots[t], 0, staged[2 * t + 1].length);
    }
    return null;
  }

  /** Of each tensor its values, then its slots. */
  private float[][] stagedTensors() {
    if (stagedTensors.length == 0) {
      stagedTensors = new float[2 * statistics.length][];
      for (int t = 0; t < statistics.length; t++) {
        stagedTensors[2 * t] = new float[tensors.values()[t].length];
        stagedTensors[2 * t + 1] = new float[tensorSlots[t].length];
      }
    }
    return stagedTensors;
  }
}
