package io.millrace.embedding.scheme;

import io.millrace.embedding.EmbeddingScheme;

/**
 * Random offset block embedding, ROBE-Z (Desai et al., MLSys 2022): one array of M·Z values, of
 * which each block of Z values of a vector is a copy from an offset of its own, any one, times a
 * sign of its own. The array wraps.
 *
 * @param block Z, a divisor of D
 */
public record RobeConfig(int block) implements EmbeddingConfig {
  public RobeConfig {
    Settings.requireWithin("block", block, 1, 1024);
  }

  @Override
  public void require(long rows, int dim, int experts) {
    Settings.requireOneExpert("robe", experts);
    if (dim % block != 0) {
      throw new IllegalArgumentException(
          "embedding.block: %d, expected a divisor of dim: %d with scheme robe"
              .formatted(block, dim));
    }
  }

  @Override
  public EmbeddingScheme scheme(SchemeShape shape) {
    require(shape.rows(), shape.dim(), shape.experts());
    return new Robe(shape.fields().size(), shape.dim(), shape.rows(), block);
  }
}
