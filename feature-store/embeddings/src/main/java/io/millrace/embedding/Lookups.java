package io.millrace.embedding;

import java.util.Arrays;

/**
 * The rows that a batch's field vectors are made of, looked up once: for gathering them, gathering
 * again those that have changed since, and scattering their gradients. What it gathers is what
 * {@link LinearScheme#gather} gives, to the bit. Buffers grow and are reused. Not thread-safe.
 *
 * <p>Shapes: V field vectors (B·F) of D values, L lookups in their order.
 */
public final class Lookups {
  private int size;
  private int vectors;
  private long[] rows = new long[64];
  private float[] weights = new float[64];
  private int[] places = new int[64]; // where a row is set, or ~ where it is added
  private int[] ends = new int[64];
  private int begin; // of the present field vector
  private int empties;
  private int[] empty = new int[8]; // field vectors without rows

  /** Forgets all and keeps the buffers. */
  public void clear() {
    size = 0;
    vectors = 0;
    begin = 0;
    empties = 0;
  }

  /**
   * A row of the present field vector.
   *
   * @param place where the row's values are in x
   * @param first whether it is one of the first token's rows, which cover the field vector: they
   *     are set, those of other tokens are added
   */
  public void add(long row, float weight, int place, boolean first) {
    if (size == rows.length) {
      rows = Arrays.copyOf(rows, size * 2);
      weights = Arrays.copyOf(weights, size * 2);
      places = Arrays.copyOf(places, size * 2);
    }
    rows[size] = row;
    weights[size] = weight;
    places[size++] = first ? place : ~place;
  }

  /** Ends the present field vector. */
  public void endVector() {
    if (size == begin) {
      if (empties == empty.length) {
        empty = Arrays.copyOf(empty, empties * 2);
      }
      empty[empties++] = vectors;
    }
    if (vectors == ends.length) {
      ends = Arrays.copyOf(ends, vectors * 2);
    }
    ends[vectors++] = size;
    begin = size;
  }

  /** Gives all rows of a field vector another weight. */
  public void weigh(int vector, float weight) {
    for (int i = vector == 0 ? 0 : ends[vector - 1]; i < ends[vector]; i++) {
      weights[i] = weight;
    }
  }

  /** Row of lookup {@code i}. */
  public long row(int i) {
    return rows[i];
  }

  /** Lookups up to the last of a field vector. */
  public int end(int vector) {
    return ends[vector];
  }

  /** L. */
  public int size() {
    return size;
  }

  /**
   * Composes all field vectors.
   *
   * @param dim D
   * @param x [V, D], overwritten
   */
  public void gather(EmbeddingTable table, int dim, float[] x) {
    for (int i = 0; i < empties; i++) {
      Arrays.fill(x, empty[i] * dim, (empty[i] + 1) * dim, 0f);
    }
    for (int i = 0; i < size; i++) {
      take(table, i, x);
    }
  }

  private void take(EmbeddingTable table, int i, float[] x) {
    int place = places[i];
    if (place >= 0) {
      table.getRow(rows[i], weights[i], x, place);
    } else {
      table.addRow(rows[i], weights[i], x, ~place);
    }
  }

  /**
   * Composes those field vectors again that hold a row of {@code changed}: x is then what {@link
   * #gather} would give now, if no other row has changed since it gave x.
   *
   * @return how many field vectors
   */
  public int gatherAgain(EmbeddingTable table, RowGradients changed, int dim, float[] x) {
    int again = 0;
    for (int v = 0, from = 0; v < vectors; from = ends[v++]) {
      if (anyOf(changed, from, ends[v])) {
        again++;
        for (int i = from; i < ends[v]; i++) {
          take(table, i, x);
        }
      }
    }
    return again;
  }

  private boolean anyOf(RowGradients changed, int from, int to) {
    for (int i = from; i < to; i++) {
      if (changed.contains(rows[i])) {
        return true;
      }
    }
    return false;
  }

  /**
   * Adds the gradient of every row to {@code into}.
   *
   * @param dx gradient with respect to the field vectors [V, D]
   */
  public void scatter(float[] dx, RowGradients into) {
    for (int i = 0; i < size; i++) {
      int place = places[i];
      into.add(rows[i], weights[i], dx, place < 0 ? ~place : place);
    }
  }
}
