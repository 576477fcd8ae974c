package io.millrace.embedding;

import io.millrace.feature.EncodedBatch;

/**
 * A scheme that computes the vector of a token from rows and dense tensors, by a function of field
 * and token alone. {@link Composition} makes field vectors of it.
 */
public interface ComposedScheme extends EmbeddingScheme {
  /** {@inheritDoc} The whole vector. */
  @Override
  default int part() {
    return dim();
  }

  @Override
  default boolean rowsAreParts() {
    return false;
  }

  /** {@inheritDoc} Rows that are no parts have no linear weights and no copies. */
  @Override
  default InitialRows initialRows(long seed, float scale, int linearColumns, int copies) {
    return new InitialRows(seed, scale, 0);
  }

  /** Rows that a token of a field touches. */
  int rowsOf(int field);

  /**
   * One of the rows that a token touches.
   *
   * @param i below {@link #rowsOf}
   */
  long row(int field, long token, int i);

  /** The function of a token, for one thread. */
  TokenFunction newFunction();

  /** {@inheritDoc} The lookups name the rows; to gather and scatter is the composition's. */
  @Override
  default void lookUp(EncodedBatch batch, Lookups into) {
    into.clear();
    int fields = fields();
    for (int b = 0, size = batch.size(); b < size; b++) {
      for (int f = 0; f < fields; f++) {
        for (int t = batch.start(b, f), end = batch.end(b, f); t < end; t++) {
          for (int i = 0, n = rowsOf(f); i < n; i++) {
            into.add(row(f, batch.token(t), i), batch.weight(t), 0, false);
          }
        }
        into.endVector();
      }
    }
  }

  /** The vector of a token and its gradients. Holds buffers. */
  interface TokenFunction {
    /**
     * Computes a token's vector.
     *
     * @param tensors the scheme's
     * @param out its D values from {@code at} on are overwritten
     */
    void compose(
        int field, long token, EmbeddingTable table, float[][] tensors, float[] out, int at);

    /**
     * Adds what a gradient with respect to a token's vector says of rows and tensors.
     *
     * @param table rows as {@link #compose} found them; likewise {@code tensors}
     * @param d the gradient, D values from {@code at} on
     * @param gradients of the tensors
     */
    void backward(
        int field,
        long token,
        EmbeddingTable table,
        float[][] tensors,
        float[] d,
        int at,
        RowGradients rows,
        float[][] gradients);
  }
}
