package io.millrace.embedding.scheme;

import io.millrace.embedding.DenseTensor;
import io.millrace.embedding.EmbeddingScheme;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Mixed dimensions (Ginart et al., ISIT 2021): fields of many values have narrow rows, and a matrix
 * for each field makes their vectors as wide as the model takes them.
 *
 * @param widths of fields by name, at most D; D of a field that is not named
 * @param shares of the table's ids that fields get, as in {@link HashConfig}
 */
public record MixedDimensionConfig(
    @Nullable Map<String, Integer> widths, @Nullable Map<String, Double> shares)
    implements EmbeddingConfig {
  public MixedDimensionConfig {
    widths = Settings.byName(widths);
    shares = Settings.byName(shares);
    Settings.requireShares(shares);
  }

  /**
   * Widths by how many values a field has: {@code D (n_f / n_least)^-temper}, rounded to a power of
   * two (Ginart et al., algorithm 1).
   *
   * @param counts n_f
   * @param temper 0 makes all fields D wide, 1 gives them equal shares of the table
   */
  public static int[] widths(long[] counts, int dim, double temper) {
    long least = Long.MAX_VALUE;
    for (long count : counts) {
      least = Math.min(least, Math.max(1, count));
    }
    int[] widths = new int[counts.length];
    for (int f = 0; f < counts.length; f++) {
      double exact = dim * Math.pow(Math.max(1, counts[f]) / (double) least, -temper);
      double power = Math.rint(Math.log(exact) / Math.log(2));
      widths[f] = (int) Math.max(1, Math.min(dim, Math.pow(2, power)));
    }
    return widths;
  }

  @Override
  public void require(long rows, int dim, int experts) {
    Settings.requireOneExpert("mde", experts);
    Settings.byName(widths)
        .forEach((field, width) -> Settings.requireWithin("widths." + field, width, 1, dim));
  }

  @Override
  public EmbeddingScheme scheme(SchemeShape shape) {
    require(shape.rows(), shape.dim(), shape.experts());
    Map<String, Integer> given = Settings.byName(widths);
    List<String> fields = shape.fields();
    int dim = shape.dim();
    Settings.requireFields("embedding.widths", given.keySet(), fields);
    int[] each = fields.stream().mapToInt(name -> given.getOrDefault(name, dim)).toArray();
    int rowWidth = 0;
    int matrices = 0;
    for (int width : each) {
      rowWidth = commonDivisor(width, rowWidth);
      matrices += width < dim ? width * dim : 0;
    }
    int[] lengths = new int[each.length];
    for (int f = 0; f < each.length; f++) {
      lengths[f] = each[f] / rowWidth;
    }
    return new ProjectedEmbedding(
        new FieldRanges(shape.rows(), fields, Settings.byName(shares), lengths),
        each,
        rowWidth,
        dim,
        matrices == 0
            ? null
            : new DenseTensor(
                "projection", new int[] {matrices}, 0, ProjectedEmbedding.bound(rowWidth)));
  }

  private static int commonDivisor(int a, int b) {
    return b == 0 ? a : commonDivisor(b, a % b);
  }

  @Override
  public boolean takesNewFields() {
    return false;
  }
}
