package io.millrace.embedding.scheme;

import io.millrace.bits.SplitMix64;
import io.millrace.embedding.ComposedScheme;
import io.millrace.embedding.EmbeddingTable;
import io.millrace.embedding.InitialRows;
import io.millrace.embedding.RowGradients;

/**
 * The product of two rows; see {@link QuotientRemainderConfig}. Rows of quotients come first, and
 * start as those of any table do; rows of remainders start at one, so that products have the size
 * of the others' and the first gradients reach them: with both near zero neither would move.
 */
final class QuotientRemainder implements ComposedScheme {
  private final int fields;
  private final int dim;
  private final long ids;
  private final long divisor;
  private final long quotients;

  QuotientRemainder(int fields, int dim, long ids, long divisor) {
    this.fields = fields;
    this.dim = dim;
    this.ids = ids;
    this.divisor = divisor;
    this.quotients = (ids + divisor - 1) / divisor;
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
    return quotients + divisor;
  }

  @Override
  public int rowWidth() {
    return dim;
  }

  @Override
  public boolean rowsAreParts() {
    return true;
  }

  @Override
  public InitialRows initialRows(long seed, float scale, int linearColumns, int copies) {
    return new InitialRows(seed, scale, linearColumns, copies, quotients);
  }

  @Override
  public int rowsOf(int field) {
    return 2;
  }

  @Override
  public long row(int field, long token, int i) {
    long id = SplitMix64.below(SplitMix64.mix(token), ids);
    return i == 0 ? quotientRow(id) : remainderRow(id);
  }

  long quotientRow(long id) {
    return id / divisor;
  }

  long remainderRow(long id) {
    return quotients + id % divisor;
  }

  @Override
  public TokenFunction newFunction() {
    return new Product();
  }

  private final class Product implements TokenFunction {
    private final float[] quotient = new float[dim];
    private final float[] remainder = new float[dim];

    @Override
    public void compose(
        int field, long token, EmbeddingTable table, float[][] tensors, float[] out, int at) {
      table.getRow(row(field, token, 0), 1, out, at);
      table.getRow(row(field, token, 1), 1, remainder, 0);
      for (int i = 0; i < dim; i++) {
        out[at + i] *= remainder[i];
      }
    }

    @Override
    public void backward(
        int field,
        long token,
        EmbeddingTable table,
        float[][] tensors,
        float[] d,
        int at,
        RowGradients rows,
        float[][] gradients) {
      long first = row(field, token, 0);
      long second = row(field, token, 1);
      table.getRow(first, 1, quotient, 0);
      table.getRow(second, 1, remainder, 0);
      for (int i = 0; i < dim; i++) {
        float q = quotient[i];
        quotient[i] = d[at + i] * remainder[i];
        remainder[i] = d[at + i] * q;
      }
      rows.add(first, 1, quotient, 0);
      rows.add(second, 1, remainder, 0);
    }
  }
}
