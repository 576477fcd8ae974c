package io.millrace.trainer;

import io.millrace.embedding.EmbeddingScheme;
import io.millrace.embedding.RowGradients;
import io.millrace.feature.EncodedBatch;
import io.millrace.trained.LabeledExamples;
import java.util.Arrays;

/** Which rows of a table a set of examples can train. */
final class TrainedRows {
  private static final int BATCH = 4096;

  private TrainedRows() {}

  /** The distinct rows that the examples' tokens name, ascending. */
  static long[] of(EmbeddingScheme scheme, LabeledExamples examples) {
    RowGradients seen = new RowGradients(scheme.rowWidth());
    EncodedBatch batch = new EncodedBatch(scheme.fields());
    float[] none = new float[BATCH * scheme.fields() * scheme.dim()];
    for (int from = 0; from < examples.size(); from += BATCH) {
      batch.clear();
      int to = Math.min(examples.size(), from + BATCH);
      for (int i = from; i < to; i++) {
        batch.append(examples.encoded(), i);
      }
      scheme.scatter(batch, none, seen);
    }
    long[] rows = new long[seen.size()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = seen.row(i);
    }
    Arrays.sort(rows);
    return rows;
  }
}
