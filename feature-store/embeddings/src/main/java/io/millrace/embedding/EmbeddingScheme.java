package io.millrace.embedding;

import io.millrace.feature.EncodedBatch;

/**
 * Which rows a token touches and how gathered rows compose into field vectors. Implementations are
 * immutable.
 */
public interface EmbeddingScheme {
  /** F. */
  int fields();

  /** D. */
  int dim();

  /** M. */
  long rows();

  /** W, values per row. */
  int rowWidth();

  /**
   * Composes the field vectors of a batch: the weighted sum over a field's tokens; zeros for a
   * field without tokens.
   *
   * @param x [B, F, D], overwritten
   */
  void gather(EncodedBatch batch, EmbeddingTable table, float[] x);

  /**
   * The backward pass of {@link #gather}: adds the gradient of every touched row to {@code into}.
   *
   * @param dx gradient with respect to the field vectors [B, F, D]
   */
  void scatter(EncodedBatch batch, float[] dx, RowGradients into);

  /**
   * Looks a batch's rows up, for who gathers and scatters them later.
   *
   * @param into overwritten
   */
  void lookUp(EncodedBatch batch, Lookups into);
}
