package io.millrace.trainer;

import io.millrace.embedding.EmbeddingTable;
import io.millrace.embedding.LearnerTable;
import io.millrace.model.Tensors;

/**
 * A model's weights at one moment: the rows that training has touched, and the dense tensors.
 *
 * @param rows their numbers [R]
 * @param values [R, W]
 * @param tensors a copy of their own
 */
@SuppressWarnings("ArrayRecordComponent") // a snapshot, never compared
record Weights(long[] rows, float[] values, Tensors tensors) {

  /** Copies the given rows of a table. */
  static Weights copy(long[] rows, EmbeddingTable table, Tensors tensors) {
    int width = table.rowWidth();
    float[] values = new float[rows.length * width];
    for (int i = 0; i < rows.length; i++) {
      table.addRow(rows[i], 1, values, i * width);
    }
    return new Weights(rows, values, tensors.copy());
  }

  /** Puts them into a table and tensors of the same model. */
  void copyTo(LearnerTable table, Tensors others) {
    int width = table.rowWidth();
    for (int i = 0; i < rows.length; i++) {
      table.put(rows[i], values, i * width);
    }
    for (int t = 0; t < others.values().length; t++) {
      float[] from = tensors.values()[t];
      System.arraycopy(from, 0, others.values()[t], 0, from.length);
    }
  }
}
