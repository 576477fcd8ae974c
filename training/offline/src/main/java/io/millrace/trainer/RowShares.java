package io.millrace.trainer;

import io.millrace.embedding.EmbeddingScheme;
import io.millrace.embedding.RowGradients;
import io.millrace.feature.EncodedBatch;

/**
 * Which share of an epoch's batches holds a row: of n examples of which m have it, a random batch
 * of B does with probability {@code 1 − (1 − m/n)^B}. Immutable.
 */
final class RowShares {
  private static final int PAGE_ROWS = 16;

  private final float[][] shares; // by pages of 16 rows

  /**
   * @param batchSize B
   */
  RowShares(EmbeddingScheme scheme, LabeledExamples examples, int batchSize) {
    shares = new float[(int) ((scheme.rows() + PAGE_ROWS - 1) / PAGE_ROWS)][];
    RowGradients rows = new RowGradients(scheme.rowWidth());
    EncodedBatch single = new EncodedBatch(scheme.fields());
    float[] none = new float[scheme.fields() * scheme.dim()];
    for (int i = 0; i < examples.size(); i++) {
      single.clear();
      single.append(examples.encoded(), i);
      rows.clear();
      scheme.scatter(single, none, rows);
      for (int r = 0; r < rows.size(); r++) {
        count(rows.row(r));
      }
    }
    for (float[] page : shares) {
      for (int i = 0; page != null && i < PAGE_ROWS; i++) {
        double share = Math.min(1, page[i] / (double) examples.size());
        page[i] = (float) -Math.expm1(batchSize * Math.log1p(-share));
      }
    }
  }

  private void count(long row) {
    int page = (int) (row / PAGE_ROWS);
    if (shares[page] == null) {
      shares[page] = new float[PAGE_ROWS];
    }
    shares[page][(int) (row % PAGE_ROWS)]++; // exact up to 2^24, and near enough beyond
  }

  /** Share of the batches that hold a row, in (0, 1] for a row of the examples. */
  float of(long row) {
    return shares[(int) (row / PAGE_ROWS)][(int) (row % PAGE_ROWS)];
  }
}
