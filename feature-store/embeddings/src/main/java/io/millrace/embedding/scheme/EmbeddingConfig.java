package io.millrace.embedding.scheme;

import io.millrace.embedding.EmbeddingScheme;

/** Settings of a scheme, one record per scheme: data, of which a scheme is made. */
public sealed interface EmbeddingConfig
    permits DeepHashConfig,
        HashConfig,
        MixedDimensionConfig,
        NarrowConfig,
        QuotientRemainderConfig,
        RobeConfig,
        TensorTrainConfig,
        UnifiedConfig {

  /**
   * The scheme for fields of a feature schema.
   *
   * @throws IllegalArgumentException if the settings do not suit the shape, naming the setting
   */
  EmbeddingScheme scheme(SchemeShape shape);

  /**
   * Checks what can be said without a feature schema; parameters as of {@link SchemeShape}.
   *
   * @throws IllegalArgumentException if the settings do not suit these, naming the setting
   */
  default void require(long rows, int dim, int experts) {}

  /** Whether a model can take in further fields: the tokens of all others keep their vectors. */
  default boolean takesNewFields() {
    return true;
  }
}
