package io.millrace.embedding.scheme;

import io.millrace.embedding.EmbeddingScheme;

/**
 * Compositional embedding by quotient and remainder (Shi et al., KDD 2020, section 2): a token is
 * hashed to an id, and its vector is the product, value by value, of the row of the id's quotient
 * and that of its remainder. So many ids are told apart by few rows.
 *
 * @param ids n, that tokens are hashed to
 */
public record QuotientRemainderConfig(long ids) implements EmbeddingConfig {
  public QuotientRemainderConfig {
    Settings.requireWithin("ids", ids, 1, 1L << 40);
  }

  @Override
  public void require(long rows, int dim, int experts) {
    divisor(rows);
  }

  /**
   * The smallest divisor with which quotients and remainders have rows enough: the fewer
   * remainders, the fewer ids share a quotient's row.
   *
   * @throws IllegalArgumentException if there is none
   */
  long divisor(long rows) {
    long root = Math.max(1, (long) Math.sqrt(ids));
    for (long k = Math.max(1, ids / Math.max(1, rows)); k <= root + 2; k++) {
      if (k + (ids + k - 1) / k <= rows) {
        return k;
      }
    }
    throw new IllegalArgumentException(
        "rows: %d, expected at least %d for embedding.ids: %d with scheme qr"
            .formatted(rows, fewestRows(ids), ids));
  }

  /** Rows with which n ids can be told apart. */
  public static long fewestRows(long ids) {
    long root = Math.max(1, (long) Math.sqrt(ids));
    long least = Long.MAX_VALUE;
    for (long k = Math.max(1, root - 2); k <= root + 2; k++) {
      least = Math.min(least, k + (ids + k - 1) / k);
    }
    return least;
  }

  @Override
  public EmbeddingScheme scheme(SchemeShape shape) {
    return new QuotientRemainder(shape.fields().size(), shape.vector(), ids, divisor(shape.rows()));
  }
}
