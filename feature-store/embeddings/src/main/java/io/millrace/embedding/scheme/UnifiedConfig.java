package io.millrace.embedding.scheme;

import io.millrace.embedding.EmbeddingScheme;
import io.millrace.embedding.UnifiedEmbedding;

/** {@link UnifiedEmbedding}: one table for all features, as many lookups as their schema says. */
public record UnifiedConfig() implements EmbeddingConfig {
  @Override
  public EmbeddingScheme scheme(SchemeShape shape) {
    int[] lookups = shape.lookups().stream().mapToInt(Integer::intValue).toArray();
    return new UnifiedEmbedding(shape.rows(), shape.vector(), lookups);
  }
}
