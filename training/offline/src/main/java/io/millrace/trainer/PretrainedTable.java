package io.millrace.trainer;

import io.millrace.embedding.LearnerTable;
import io.millrace.embedding.LinearScheme;
import io.millrace.learner.CompiledModel;
import java.util.Arrays;

/** Rows that training begins with in the place of random ones. */
public final class PretrainedTable {
  private final long[] rows;
  private final float[] values;

  /**
   * @param rows numbers of the rows [R]
   * @param values [R, W]
   */
  PretrainedTable(long[] rows, float[] values) {
    this.rows = rows;
    this.values = values;
  }

  /**
   * The scheme of a model whose table can be trained before the model.
   *
   * @throws IllegalArgumentException if field vectors are more than sums of rows
   */
  static LinearScheme scheme(CompiledModel compiled) {
    if (compiled.scheme() instanceof LinearScheme linear) {
      return linear;
    }
    throw new IllegalArgumentException(
        "embedding.scheme: of more than sums of rows, expected unified or hash for pre-training: it"
            + " trains rows alone");
  }

  /** Number of rows. */
  public int size() {
    return rows.length;
  }

  /** The same rows, all by a factor that makes the root mean square of their values this. */
  public PretrainedTable scaledTo(double rootMeanSquare) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    double factor = rootMeanSquare / Math.sqrt(squares / values.length);
    float[] scaled = new float[values.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (values[i] * factor);
    }
    return new PretrainedTable(rows, scaled);
  }

  /** Number and hash of the rows. */
  String fingerprint() {
    return "%d rows, %08x%08x"
        .formatted(rows.length, Arrays.hashCode(rows), Arrays.hashCode(values));
  }

  /** Puts the rows into a table of the same width. */
  void copyTo(LearnerTable table) {
    for (int i = 0; i < rows.length; i++) {
      table.put(rows[i], values, i * table.rowWidth());
    }
  }
}
