package io.millrace.embedding.scheme;

import io.millrace.embedding.EmbeddingScheme;

/**
 * Tensor train, TT-Rec (Yin et al., MLSys 2021): a token is hashed to an id, the id's three digits
 * name a small matrix each, and the vector is the product of these.
 *
 * @param ids n, that tokens are hashed to
 * @param rank r, that the matrices meet in
 */
public record TensorTrainConfig(long ids, int rank) implements EmbeddingConfig {
  public TensorTrainConfig {
    Settings.requireWithin("ids", ids, 1, 1L << 40);
    Settings.requireWithin("rank", rank, 1, 256);
  }

  @Override
  public void require(long rows, int dim, int experts) {
    Settings.requireOneExpert("tt", experts);
    long needed = new TensorTrain(1, dim, ids, rank).rows();
    if (needed > rows) {
      throw new IllegalArgumentException(
          "rows: %d, expected at least %d for embedding.ids: %d and embedding.rank: %d"
              .formatted(rows, needed, ids, rank));
    }
  }

  @Override
  public EmbeddingScheme scheme(SchemeShape shape) {
    require(shape.rows(), shape.dim(), shape.experts());
    return new TensorTrain(shape.fields().size(), shape.dim(), ids, rank);
  }
}
