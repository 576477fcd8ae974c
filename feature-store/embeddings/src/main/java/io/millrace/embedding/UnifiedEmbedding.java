package io.millrace.embedding;

import io.millrace.bits.SplitMix64;
import io.millrace.feature.EncodedBatch;
import java.util.Arrays;

/**
 * Unified Embedding (Coleman et al., NeurIPS 2023): one table for all features. A token of a field
 * with c lookups makes c independent hashes; each names a run of maxLookups / c adjacent rows, and
 * the runs are concatenated, so every field vector has D = maxLookups * W values. The tokens
 * themselves are keyed by feature, which is what keeps features apart.
 *
 * <p>Run of lookup k: {@code high64(mix64(token + k * golden) * runs)}, unsigned, where runs = M /
 * run length; its first row is that times the run length.
 */
public final class UnifiedEmbedding implements LinearScheme {
  private final long rows;
  private final int dim;
  private final int rowWidth;
  private final int[] lookups;
  private final int[] runLength;
  private final long[] runs;

  /**
   * @param rows M
   * @param dim D, a multiple of the largest number of lookups
   * @param lookups of each field [F]; each divides the largest one
   */
  public UnifiedEmbedding(long rows, int dim, int[] lookups) {
    if (lookups.length == 0) {
      throw new IllegalArgumentException("lookups: none, expected one per field");
    }
    int max = Arrays.stream(lookups).max().getAsInt();
    if (dim < 1 || max < 1 || dim % max != 0) {
      throw new IllegalArgumentException(
          "dim: " + dim + ", expected a positive multiple of the largest number of lookups " + max);
    }
    if (rows < max) {
      throw new IllegalArgumentException("rows: " + rows + ", expected at least " + max);
    }
    this.rows = rows;
    this.dim = dim;
    this.rowWidth = dim / max;
    this.lookups = lookups.clone();
    this.runLength = new int[lookups.length];
    this.runs = new long[lookups.length];
    for (int f = 0; f < lookups.length; f++) {
      if (lookups[f] < 1 || max % lookups[f] != 0) {
        throw new IllegalArgumentException(
            "lookups[" + f + "]: " + lookups[f] + ", expected a divisor of the largest, " + max);
      }
      runLength[f] = max / lookups[f];
      runs[f] = rows / runLength[f];
    }
  }

  @Override
  public int fields() {
    return lookups.length;
  }

  @Override
  public int dim() {
    return dim;
  }

  @Override
  public long rows() {
    return rows;
  }

  @Override
  public int rowWidth() {
    return rowWidth;
  }

  /** First row of the run that lookup {@code lookup} of a token of {@code field} gives. */
  public long firstRow(int field, long token, int lookup) {
    long hash = SplitMix64.mix(token + lookup * SplitMix64.GOLDEN);
    return SplitMix64.below(hash, runs[field]) * runLength[field];
  }

  /**
   * {@inheritDoc}
   *
   * <p>A field whose tokens are those of the example before is copied from it: candidates of one
   * request share their context.
   */
  @Override
  public void gather(EncodedBatch batch, EmbeddingTable table, float[] x) {
    int fields = fields();
    int size = batch.size();
    for (int b = 0; b < size; b++) {
      for (int f = 0; f < fields; f++) {
        int at = (b * fields + f) * dim;
        if (b > 0 && batch.sameAsBefore(b, f)) {
          System.arraycopy(x, at - fields * dim, x, at, dim);
        } else {
          gather(batch, b, f, table, x, at);
        }
      }
    }
  }

  private void gather(EncodedBatch batch, int b, int f, EmbeddingTable table, float[] x, int at) {
    int first = batch.start(b, f);
    int end = batch.end(b, f);
    if (first == end) {
      Arrays.fill(x, at, at + dim, 0f);
    }
    for (int t = first; t < end; t++) {
      long token = batch.token(t);
      float weight = batch.weight(t);
      int column = at;
      for (int k = 0; k < lookups[f]; k++) {
        long row = firstRow(f, token, k);
        for (int r = 0; r < runLength[f]; r++, column += rowWidth) {
          if (t == first) {
            table.getRow(row + r, weight, x, column);
          } else {
            table.addRow(row + r, weight, x, column);
          }
        }
      }
    }
  }

  @Override
  public void scatter(EncodedBatch batch, float[] dx, RowGradients into) {
    int fields = fields();
    int size = batch.size();
    for (int b = 0; b < size; b++) {
      for (int f = 0; f < fields; f++) {
        int at = (b * fields + f) * dim;
        for (int t = batch.start(b, f), end = batch.end(b, f); t < end; t++) {
          long token = batch.token(t);
          float weight = batch.weight(t);
          int column = at;
          for (int k = 0; k < lookups[f]; k++) {
            long row = firstRow(f, token, k);
            for (int r = 0; r < runLength[f]; r++, column += rowWidth) {
              into.add(row + r, weight, dx, column);
            }
          }
        }
      }
    }
  }

  @Override
  public void lookUp(EncodedBatch batch, Lookups into) {
    into.clear();
    int fields = fields();
    int size = batch.size();
    for (int b = 0; b < size; b++) {
      for (int f = 0; f < fields; f++) {
        int at = (b * fields + f) * dim;
        int first = batch.start(b, f);
        for (int t = first, end = batch.end(b, f); t < end; t++) {
          int column = at;
          for (int k = 0; k < lookups[f]; k++) {
            long row = firstRow(f, batch.token(t), k);
            for (int r = 0; r < runLength[f]; r++, column += rowWidth) {
              into.add(row + r, batch.weight(t), column, t == first);
            }
          }
        }
        into.endVector();
      }
    }
  }
}
