package io.millrace.trainer;

import io.millrace.embedding.EmbeddingScheme;
import io.millrace.embedding.Lookups;
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
    Lookups lookups = new Lookups();
    EncodedBatch batch = new EncodedBatch(scheme.fields());
    for (int from = 0; from < examples.size(); from += BATCH) {
      batch.clear();
      int to = Math.min(examples.size(), from + BATCH);
      for (int i = from; i < to; i++) {
        batch.append(examples.encoded(), i);
      }
      scheme.lookUp(batch, lookups);
      for (int i = 0; i < lookups.size(); i++) {
        seen.offset(lookups.row(i));
      }
    }
    long[] rows = new long[seen.size()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = seen.row(i);
    }
    Arrays.sort(rows);
    return rows;
  }
}
