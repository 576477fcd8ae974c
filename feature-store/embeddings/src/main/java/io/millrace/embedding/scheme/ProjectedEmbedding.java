package io.millrace.embedding.scheme;

import io.millrace.embedding.ComposedScheme;
import io.millrace.embedding.DenseTensor;
import io.millrace.embedding.EmbeddingTable;
import io.millrace.embedding.RowGradients;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Vectors of d_f values by field, each of a run of d_f / W rows, that a matrix of the field makes D
 * wide: {@code x = e P_f}. A field with d_f = D has no matrix. See {@link NarrowConfig} and {@link
 * MixedDimensionConfig}.
 *
 * <p>Matrices lie one behind the other in a single tensor, in the order of the fields: P_f [d_f,
 * D].
 */
final class ProjectedEmbedding implements ComposedScheme {
  private final FieldRanges ranges;
  private final int[] widths; // d_f
  private final int[] matrices; // where P_f begins
  private final int rowWidth;
  private final int dim;
  private final @Nullable DenseTensor tensor;

  /**
   * @param widths d_f [F], multiples of W
   * @param tensor of the matrices, or null if no field has one
   */
  ProjectedEmbedding(
      FieldRanges ranges, int[] widths, int rowWidth, int dim, @Nullable DenseTensor tensor) {
    this.ranges = ranges;
    this.widths = widths.clone();
    this.rowWidth = rowWidth;
    this.dim = dim;
    this.tensor = tensor;
    this.matrices = new int[widths.length];
    for (int f = 0, at = 0; f < widths.length; f++) {
      matrices[f] = at;
      at += widths[f] < dim ? widths[f] * dim : 0;
    }
  }

  /** Of a matrix whose products with vectors of d values are about as large as these. */
  static float bound(int d) {
    return (float) Math.sqrt(3.0 / d);
  }

  @Override
  public int fields() {
    return widths.length;
  }

  @Override
  public int dim() {
    return dim;
  }

  @Override
  public long rows() {
    return ranges.rows();
  }

  @Override
  public int rowWidth() {
    return rowWidth;
  }

  @Override
  public List<DenseTensor> tensors() {
    return tensor == null ? List.of() : List.of(tensor);
  }

  @Override
  public int rowsOf(int field) {
    return ranges.length(field);
  }

  @Override
  public long row(int field, long token, int i) {
    return ranges.row(field, token) + i;
  }

  @Override
  public TokenFunction newFunction() {
    return new Projection();
  }

  private final class Projection implements TokenFunction {
    private final float[] narrow = new float[dim];
    private final float[] dNarrow = new float[dim];

    private void read(int field, long token, EmbeddingTable table, float[] into, int at) {
      long row = ranges.row(field, token);
      for (int i = 0; i < ranges.length(field); i++) {
        table.getRow(row + i, 1, into, at + i * rowWidth);
      }
    }

    @Override
    public void compose(
        int field, long token, EmbeddingTable table, float[][] tensors, float[] out, int at) {
      if (widths[field] == dim) {
        read(field, token, table, out, at);
        return;
      }
      read(field, token, table, narrow, 0);
      Arrays.fill(out, at, at + dim, 0f);
      float[] matrix = tensors[0];
      for (int i = 0, from = matrices[field]; i < widths[field]; i++, from += dim) {
        float value = narrow[i];
        for (int j = 0; j < dim; j++) {
          out[at + j] += value * matrix[from + j];
        }
      }
    }

    @Override
    public void backward(
        int field,
        long token,
        EmbeddingTable table,
        float[][] tensors,
        float[] d,
        int at,
        RowGradients rows,
        float[][] gradients) {
      float[] dRows = d;
      int place = at;
      if (widths[field] < dim) {
        read(field, token, table, narrow, 0);
        project(field, tensors[0], d, at, gradients[0]);
        dRows = dNarrow;
        place = 0;
      }
      long row = ranges.row(field, token);
      for (int i = 0; i < ranges.length(field); i++) {
        rows.add(row + i, 1, dRows, place + i * rowWidth);
      }
    }

    private void project(int field, float[] matrix, float[] d, int at, float[] gradient) {
      for (int i = 0, from = matrices[field]; i < widths[field]; i++, from += dim) {
        float value = narrow[i];
        float sum = 0;
        for (int j = 0; j < dim; j++) {
          gradient[from + j] += value * d[at + j];
          sum += matrix[from + j] * d[at + j];
        }
        dNarrow[i] = sum;
      }
    }
  }
}
