package io.millrace.embedding.scheme;

import io.millrace.embedding.EmbeddingScheme;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Feature hashing (Weinberger et al., ICML 2009): each field has a range of rows of its own, and a
 * token one row of it.
 *
 * @param shares of the rows that fields get, relative to each other, by name; 1 of a field that is
 *     not named
 */
public record HashConfig(@Nullable Map<String, Double> shares) implements EmbeddingConfig {
  public HashConfig {
    shares = Settings.byName(shares);
    Settings.requireShares(shares);
  }

  @Override
  public EmbeddingScheme scheme(SchemeShape shape) {
    int[] lengths = new int[shape.fields().size()];
    Arrays.fill(lengths, 1);
    Map<String, Double> given = Settings.byName(shares);
    return new HashEmbedding(
        new FieldRanges(shape.rows(), shape.fields(), given, lengths),
        lengths.length,
        shape.vector());
  }

  @Override
  public boolean takesNewFields() {
    return false;
  }
}
