package io.millrace.trainer;

import io.millrace.embedding.EmbeddingTable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * How strongly linear weights are held near zero, by field and from the data: those of a field
 * count as drawn from a normal distribution around zero, whose precision α is estimated with them.
 * A field that says nothing gets a large one, however many values it has; one that decides gets a
 * small one.
 *
 * <p>After each epoch, with w a field's weights, h = m·q the curvature of the loss in each, m the
 * examples that have it and q the mean of p(1 − p) over the predictions,
 *
 * <pre>
 *   γ = Σ h / (h + α);   α ← α^(1 − d) · (γ / Σ w²)^d,   d = 0.4
 * </pre>
 *
 * <p>Source: MacKay, "Bayesian interpolation", Neural Computation 4 (1992), section 4.4; d below 1
 * since weights are still on their way. Not thread-safe.
 */
final class FieldPrecisions {
  /** α before anything is known, and its limits. */
  private static final double FIRST = 3;

  private static final double LEAST = 0.1;
  private static final double MOST = 1e4;
  private static final double PACE = 0.4;

  private final RowShares shares;
  private final long[] rows;
  private final double[] precisions;

  /**
   * @param fields F
   * @param rows of the training examples
   */
  FieldPrecisions(int fields, RowShares shares, long[] rows) {
    this.shares = shares;
    this.rows = rows;
    this.precisions = new double[fields];
    Arrays.fill(precisions, FIRST);
  }

  /** α of the field that a row belongs to. */
  double of(long row) {
    return precisions[shares.field(row)];
  }

  /**
   * Estimates all of them anew.
   *
   * @param table whose rows begin with a linear weight
   * @param q mean of p(1 − p)
   */
  void update(EmbeddingTable table, double q) {
    double[] known = new double[precisions.length];
    double[] squares = new double[precisions.length];
    float[] values = new float[table.rowWidth()];
    for (long row : rows) {
      int field = shares.field(row);
      double curvature = shares.count(row) * q;
      Arrays.fill(values, 0);
      table.addRow(row, 1, values, 0);
      known[field] += curvature / (curvature + precisions[field]);
      squares[field] += values[0] * (double) values[0];
    }
    for (int f = 0; f < precisions.length; f++) {
      if (known[f] > 0) {
        double estimate = Math.min(MOST, Math.max(LEAST, known[f] / squares[f]));
        precisions[f] *= Math.pow(estimate / precisions[f], PACE);
      }
    }
  }

  /** Writes all as doubles. */
  void write(DataOutputStream out) throws IOException {
    for (double precision : precisions) {
      out.writeDouble(precision);
    }
  }

  /** Goes on from what {@link #write} wrote. */
  void read(DataInputStream in) throws IOException {
    for (int f = 0; f < precisions.length; f++) {
      precisions[f] = in.readDouble();
    }
  }
}
