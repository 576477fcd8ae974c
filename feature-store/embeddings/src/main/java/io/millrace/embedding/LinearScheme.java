package io.millrace.embedding;

import io.millrace.feature.EncodedBatch;

/**
 * A scheme whose field vectors are weighted sums of whole rows, with no tensors of its own: what
 * {@link Lookups} gather and scatter.
 */
public interface LinearScheme extends EmbeddingScheme {
  /** {@inheritDoc} That of a row. */
  @Override
  default int part() {
    return rowWidth();
  }

  @Override
  default boolean rowsAreParts() {
    return true;
  }

  /**
   * Composes the field vectors of a batch.
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
}
