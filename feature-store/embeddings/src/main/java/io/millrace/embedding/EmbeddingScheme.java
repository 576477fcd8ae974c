package io.millrace.embedding;

import io.millrace.feature.EncodedBatch;
import java.util.List;

/**
 * Which rows of a table a token touches, and how these and the scheme's own dense tensors compose
 * into field vectors. A {@link LinearScheme} adds rows; a {@link ComposedScheme} computes the
 * vector of each token. A field vector is the weighted sum over the vectors of its tokens, zeros
 * without tokens. Implementations are immutable.
 *
 * <p>Who gathers and scatters need not know which it is: the learner's {@code FieldVectors} does.
 */
public interface EmbeddingScheme {
  /** F. */
  int fields();

  /** D. */
  int dim();

  /** M, rows that the table holds. */
  long rows();

  /** W, values per row. */
  int rowWidth();

  /**
   * Values of a part of a field vector, which divides D. A model takes a field vector as its parts,
   * one behind the other, and the linear weights at the start of each.
   */
  int part();

  /**
   * Whether column i of a row stands for column i of a part, W being its length: linear weights,
   * and each expert's, have columns of their own in the rows then.
   */
  boolean rowsAreParts();

  /** The scheme's own dense tensors; none unless it says otherwise. */
  default List<DenseTensor> tensors() {
    return List.of();
  }

  /**
   * Initial values of the rows.
   *
   * @param seed of the model
   * @param scale bound of a field vector's values, or about their size
   * @param linearColumns that a part begins with, which are to start at zero where rows are parts
   * @param copies a row consists of so many equal parts
   */
  default InitialRows initialRows(long seed, float scale, int linearColumns, int copies) {
    return new InitialRows(seed, scale, linearColumns, copies);
  }

  /**
   * Looks up the rows that a batch touches: vector by vector, token by token.
   *
   * @param into overwritten
   */
  void lookUp(EncodedBatch batch, Lookups into);
}
