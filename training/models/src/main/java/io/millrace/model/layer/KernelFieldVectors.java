package io.millrace.model.layer;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Matrix;
import io.millrace.model.TensorNumbers;
import java.util.Arrays;

/** Field vectors as rows [B·F, D], with an embedding of the field added if there is one. */
public final class KernelFieldVectors {
  private static final int OFF = -1;

  private final int fields;
  private final Columns columns;
  private final int number;
  private final float[] embedding; // [F, D], padded
  private final float[] sums;
  private final Matrix rows;

  public KernelFieldVectors(boolean embedded, int fields, int dim, TensorNumbers numbers) {
    this.fields = fields;
    this.columns = Columns.of(dim);
    this.number = embedded ? numbers.of("field_embedding") : OFF;
    this.embedding = new float[fields * columns.stride()];
    this.sums = new float[fields * columns.stride()];
    this.rows = new Matrix(columns);
  }

  /** How each row lies. */
  public Columns columns() {
    return columns;
  }

  public void load(float[][] weights) {
    if (number != OFF) {
      for (int f = 0; f < fields; f++) {
        columns.pad(weights[number], f * columns.count(), embedding, f * columns.stride());
      }
    }
  }

  /**
   * @param x field vectors, from {@code from} on
   * @return [B·F, D]
   */
  public Matrix forward(KernelPass pass, float[] x, int from) {
    rows.rows(pass.batch() * fields).load(x, from);
    if (number != OFF) {
      float[] values = rows.values();
      for (int b = 0; b < pass.batch(); b++) {
        int at = b * embedding.length;
        for (int j = 0; j < embedding.length; j++) {
          values[at + j] += embedding[j];
        }
      }
    }
    return rows;
  }

  /** The embedding's gradient. */
  public void backward(Matrix d, float[][] gradients) {
    if (number == OFF) {
      return;
    }
    Arrays.fill(sums, 0);
    float[] values = d.values();
    for (int at = 0; at < d.rows() * d.stride(); at += sums.length) {
      for (int j = 0; j < sums.length; j++) {
        sums[j] += values[at + j];
      }
    }
    for (int f = 0; f < fields; f++) {
      columns.compact(sums, f * columns.stride(), gradients[number], f * columns.count());
    }
  }
}
