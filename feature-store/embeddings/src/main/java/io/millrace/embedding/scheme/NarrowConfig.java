package io.millrace.embedding.scheme;

import io.millrace.embedding.DenseTensor;
import io.millrace.embedding.EmbeddingScheme;
import java.util.Arrays;

/**
 * A narrow table for all fields, and for each field a matrix that makes its vectors as wide as the
 * model takes them: mixed dimensions (Ginart et al., ISIT 2021) of which all are equal.
 *
 * @param width values of a row, below D
 */
public record NarrowConfig(int width) implements EmbeddingConfig {
  public NarrowConfig {
    Settings.requireWithin("width", width, 1, 1023);
  }

  @Override
  public void require(long rows, int dim, int experts) {
    Settings.requireOneExpert("narrow", experts);
    if (width >= dim) {
      throw new IllegalArgumentException(
          "embedding.width: %d, expected less than dim: %d with scheme narrow"
              .formatted(width, dim));
    }
  }

  @Override
  public EmbeddingScheme scheme(SchemeShape shape) {
    require(shape.rows(), shape.dim(), shape.experts());
    int fields = shape.fields().size();
    int[] widths = new int[fields];
    Arrays.fill(widths, width);
    DenseTensor projections =
        new DenseTensor(
            "projection",
            new int[] {fields, width, shape.dim()},
            0,
            ProjectedEmbedding.bound(width));
    return new ProjectedEmbedding(
        new FieldRanges(shape.rows(), fields), widths, width, shape.dim(), projections);
  }
}
