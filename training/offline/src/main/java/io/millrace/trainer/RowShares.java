package io.millrace.trainer;

import io.millrace.embedding.EmbeddingScheme;
import io.millrace.embedding.Lookups;
import io.millrace.feature.EncodedBatch;
import io.millrace.trained.LabeledExamples;

/**
 * How often the training examples have each row of the table, and which field's it is. Immutable.
 *
 * <p>Of n examples of which m have a row, a random batch of B has it with probability {@code 1 − (1
 * − m/n)^B}.
 */
final class RowShares {
  private static final int PAGE_ROWS = 16;
  private static final int AT_ONCE = 1024;

  private final int examples;
  private final int batchSize;

  // by pages of 16 rows
  private final int[][] counts;
  private final int[][] fields;

  /**
   * @param batchSize B
   */
  RowShares(EmbeddingScheme scheme, LabeledExamples examples, int batchSize) {
    this.examples = examples.size();
    this.batchSize = batchSize;
    int pages = (int) ((scheme.rows() + PAGE_ROWS - 1) / PAGE_ROWS);
    this.counts = new int[pages][];
    this.fields = new int[pages][];
    EncodedBatch batch = new EncodedBatch(scheme.fields());
    Lookups lookups = new Lookups();
    for (int from = 0; from < examples.size(); from += AT_ONCE) {
      batch.clear();
      for (int i = from; i < Math.min(from + AT_ONCE, examples.size()); i++) {
        batch.append(examples.encoded(), i);
      }
      scheme.lookUp(batch, lookups);
      int lookup = 0;
      for (int vector = 0; vector < batch.size() * scheme.fields(); vector++) {
        for (; lookup < lookups.end(vector); lookup++) {
          add(lookups.row(lookup), vector % scheme.fields());
        }
      }
    }
  }

  private void add(long row, int field) {
    int page = (int) (row / PAGE_ROWS);
    int at = (int) (row % PAGE_ROWS);
    if (counts[page] == null) {
      counts[page] = new int[PAGE_ROWS];
      fields[page] = new int[PAGE_ROWS];
    }
    if (counts[page][at]++ == 0) {
      fields[page][at] = field;
    }
  }

  /** m, tokens of the examples that name a row of theirs. */
  int count(long row) {
    return counts[(int) (row / PAGE_ROWS)][(int) (row % PAGE_ROWS)];
  }

  /** The field that a row of the examples was first seen in. */
  int field(long row) {
    return fields[(int) (row / PAGE_ROWS)][(int) (row % PAGE_ROWS)];
  }

  /** Share of the batches that hold a row of the examples, in (0, 1]. */
  double of(long row) {
    double share = Math.min(1, count(row) / (double) examples);
    return -Math.expm1(batchSize * Math.log1p(-share));
  }
}
