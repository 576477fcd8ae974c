package io.millrace.embedding.scheme;

import io.millrace.bits.SplitMix64;
import io.millrace.embedding.ComposedScheme;
import io.millrace.embedding.EmbeddingTable;
import io.millrace.embedding.RowGradients;
import java.util.Arrays;

/**
 * One array in rows of Z values; see {@link RobeConfig}. A block that begins within a row ends in
 * the next one. Block k of a token begins at {@code high64(mix64(token + k * golden) * M * Z)}; its
 * sign is the lowest bit of {@code mix64} of that hash.
 */
final class Robe implements ComposedScheme {
  private final int fields;
  private final int dim;
  private final long rows;
  private final int block;

  Robe(int fields, int dim, long rows, int block) {
    this.fields = fields;
    this.dim = dim;
    this.rows = rows;
    this.block = block;
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
    return rows;
  }

  @Override
  public int rowWidth() {
    return block;
  }

  @Override
  public int rowsOf(int field) {
    return 2 * (dim / block);
  }

  private static long hash(long token, int k) {
    return SplitMix64.mix(token + k * SplitMix64.GOLDEN);
  }

  /** Where block k begins in the array. */
  long offset(long token, int k) {
    return SplitMix64.below(hash(token, k), rows * block);
  }

  static float sign(long token, int k) {
    return (SplitMix64.mix(hash(token, k)) & 1) == 0 ? 1 : -1;
  }

  @Override
  public long row(int field, long token, int i) {
    long first = offset(token, i / 2) / block;
    return i % 2 == 0 ? first : (first + 1) % rows;
  }

  @Override
  public TokenFunction newFunction() {
    return new Blocks();
  }

  private final class Blocks implements TokenFunction {
    private final float[] two = new float[2 * block]; // adjacent rows

    @Override
    public void compose(
        int field, long token, EmbeddingTable table, float[][] tensors, float[] out, int at) {
      for (int k = 0; k < dim / block; k++) {
        int shift = (int) (offset(token, k) % block);
        float sign = sign(token, k);
        table.getRow(row(field, token, 2 * k), sign, two, 0);
        table.getRow(row(field, token, 2 * k + 1), sign, two, block);
        System.arraycopy(two, shift, out, at + k * block, block);
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
        RowGradients into,
        float[][] gradients) {
      for (int k = 0; k < dim / block; k++) {
        int shift = (int) (offset(token, k) % block);
        float sign = sign(token, k);
        Arrays.fill(two, 0f);
        System.arraycopy(d, at + k * block, two, shift, block);
        into.add(row(field, token, 2 * k), sign, two, 0);
        into.add(row(field, token, 2 * k + 1), sign, two, block);
      }
    }
  }
}
