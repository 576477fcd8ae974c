package io.millrace.trainer;

import io.millrace.embedding.EmbeddingTable;
import io.millrace.embedding.LearnerTable;
import io.millrace.embedding.RowGradients;
import io.millrace.optimizer.Adagrad;
import io.millrace.optimizer.Adam;
import io.millrace.optimizer.Optimizer;
import io.millrace.optimizer.RowWiseAdagrad;

/**
 * Weight decay of the whole table that touches only the rows at hand. In each step every row is to
 * shrink by {@code 1 − rate·λ}, beside its gradient and not through it (Loshchilov and Hutter,
 * "Decoupled weight decay regularization", ICLR 2019). A row that nobody looks at gets that later:
 * before it is read after Δ steps it is multiplied by {@code (1 − rate·λ)^Δ}. Up to rounding, the
 * table that is read through this one is that of decay at each step.
 *
 * <p>The rate is constant from one {@link #begin} to the next {@link #settle}; between epochs all
 * rows are up to date, and there is nothing to store. Not thread-safe.
 */
final class LazyDecay implements EmbeddingTable {
  private static final int PAGE_ROWS = 16;

  private final LearnerTable table;
  private final long[] trainedRows;
  private final int[][] upTo; // steps of the epoch that a row has decayed for, by pages of 16 rows
  private double factor = 1;
  private int steps;

  /**
   * @param trainedRows all rows that decay
   */
  LazyDecay(LearnerTable table, long[] trainedRows) {
    this.table = table;
    this.trainedRows = trainedRows;
    this.upTo = new int[(int) ((table.rows() + PAGE_ROWS - 1) / PAGE_ROWS)][];
    for (long row : trainedRows) {
      upTo[(int) (row / PAGE_ROWS)] = new int[PAGE_ROWS];
    }
  }

  /**
   * The learning rate that a rule moves rows by.
   *
   * @throws IllegalArgumentException if it sets rows anew from what it remembers of them
   */
  static double rate(Optimizer rule) {
    if (rule instanceof Adam adam) {
      return adam.learningRate();
    }
    if (rule instanceof Adagrad adagrad) {
      return adagrad.learningRate();
    }
    if (rule instanceof RowWiseAdagrad adagrad) {
      return adagrad.learningRate();
    }
    throw new IllegalArgumentException(
        "rowOptimizer: %s, expected adam, adagrad or row_wise_adagrad with l2Scope LAZY"
            .formatted(rule));
  }

  /**
   * Begins an epoch.
   *
   * @param decay rate·λ, in [0, 1)
   */
  void begin(double decay) {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException(
          "learning rate times l2: " + decay + ", expected at least 0, below 1 with l2Scope LAZY");
    }
    factor = 1 - decay;
  }

  @Override
  public long rows() {
    return table.rows();
  }

  @Override
  public int rowWidth() {
    return table.rowWidth();
  }

  /** {@inheritDoc} The row is brought up to date before. */
  @Override
  public void addRow(long row, float weight, float[] out, int offset) {
    decay(row, steps);
    table.addRow(row, weight, out, offset);
  }

  /** A step's decay, which the rows that it is about to change get at once. */
  void step(RowGradients changed) {
    steps++;
    for (int i = 0, n = changed.size(); i < n; i++) {
      decay(changed.row(i), steps);
    }
  }

  /** Ends an epoch: brings all rows up to date. */
  void settle() {
    for (long row : trainedRows) {
      decay(row, steps);
      upTo[(int) (row / PAGE_ROWS)][(int) (row % PAGE_ROWS)] = 0;
    }
    steps = 0;
  }

  private void decay(long row, int to) {
    int[] page = upTo[(int) (row / PAGE_ROWS)];
    int at = (int) (row % PAGE_ROWS);
    if (page == null || page[at] == to) {
      return; // outside the training set, or up to date
    }
    float by = (float) Math.pow(factor, to - page[at]);
    page[at] = to;
    int width = table.rowWidth();
    table.edit(
        row,
        (values, offset, slots, slotOffset) -> {
          for (int i = 0; i < width; i++) {
            values[offset + i] *= by;
          }
        });
  }
}
