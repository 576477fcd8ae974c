package io.millrace.embedding.scheme;

import io.millrace.embedding.EmbeddingTable;
import io.millrace.embedding.LinearScheme;
import io.millrace.embedding.Lookups;
import io.millrace.embedding.RowGradients;
import io.millrace.feature.EncodedBatch;
import java.util.Arrays;

/** Each field its own range of rows, and one row for a token; see {@link HashConfig}. */
final class HashEmbedding implements LinearScheme {
  private final FieldRanges ranges;
  private final int fields;
  private final int dim;

  HashEmbedding(FieldRanges ranges, int fields, int dim) {
    this.ranges = ranges;
    this.fields = fields;
    this.dim = dim;
  }

  @Override
  public int fields() {
    return fields;
  }

  @Override
  public int dim() {
    return dim;
  }

  @Override
  public long rows() {
    return ranges.rows();
  }

  @Override
  public int rowWidth() {
    return dim;
  }

  @Override
  public void gather(EncodedBatch batch, EmbeddingTable table, float[] x) {
    for (int v = 0, at = 0; v < batch.size() * fields; v++, at += dim) {
      int b = v / fields;
      int f = v % fields;
      if (b > 0 && batch.sameAsBefore(b, f)) {
        System.arraycopy(x, at - fields * dim, x, at, dim);
        continue;
      }
      int first = batch.start(b, f);
      int end = batch.end(b, f);
      if (first == end) {
        Arrays.fill(x, at, at + dim, 0f);
      } else {
        table.getRow(ranges.row(f, batch.token(first)), batch.weight(first), x, at);
      }
      for (int t = first + 1; t < end; t++) {
        table.addRow(ranges.row(f, batch.token(t)), batch.weight(t), x, at);
      }
    }
  }

  @Override
  public void scatter(EncodedBatch batch, float[] dx, RowGradients into) {
    for (int v = 0; v < batch.size() * fields; v++) {
      int b = v / fields;
      int f = v % fields;
      for (int t = batch.start(b, f), end = batch.end(b, f); t < end; t++) {
        into.add(ranges.row(f, batch.token(t)), batch.weight(t), dx, v * dim);
      }
    }
  }

  @Override
  public void lookUp(EncodedBatch batch, Lookups into) {
    into.clear();
    for (int v = 0; v < batch.size() * fields; v++) {
      int b = v / fields;
      int f = v % fields;
      int first = batch.start(b, f);
      for (int t = first, end = batch.end(b, f); t < end; t++) {
        into.add(ranges.row(f, batch.token(t)), batch.weight(t), v * dim, t == first);
      }
      into.endVector();
    }
  }
}
