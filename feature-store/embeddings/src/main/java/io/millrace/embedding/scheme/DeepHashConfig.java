package io.millrace.embedding.scheme;

import io.millrace.embedding.EmbeddingScheme;

/**
 * Deep hash embedding, DHE (Kang et al., KDD 2021): no table, but a perceptron that makes a token's
 * vector of many hashes of it.
 *
 * @param hashes k, inputs of the perceptron
 * @param width w, units of a hidden layer
 * @param layers hidden ones
 */
public record DeepHashConfig(int hashes, int width, int layers) implements EmbeddingConfig {
  public DeepHashConfig {
    Settings.requireWithin("hashes", hashes, 1, 4096);
    Settings.requireWithin("width", width, 1, 4096);
    Settings.requireWithin("layers", layers, 1, 16);
  }

  @Override
  public void require(long rows, int dim, int experts) {
    Settings.requireOneExpert("dhe", experts);
  }

  @Override
  public EmbeddingScheme scheme(SchemeShape shape) {
    require(shape.rows(), shape.dim(), shape.experts());
    return new DeepHash(shape.fields().size(), shape.dim(), this);
  }
}
