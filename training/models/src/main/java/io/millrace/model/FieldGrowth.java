package io.millrace.model;

import java.util.Arrays;

/**
 * Carries tensors over to the same architecture with more fields. An axis whose length depends on
 * the fields holds F blocks of equal length, one per field, and then what does not depend on them;
 * every other axis keeps its length. Elements that belong to a new field are zero.
 *
 * <p>Immutable.
 */
public final class FieldGrowth {
  private static final int NEW = -1;

  private final int fieldsBefore;

  /** [F], of each field its number before, or NEW. */
  private final int[] before;

  /**
   * @param positions [F before], of each field its number now
   * @param fieldsNow F now
   */
  public FieldGrowth(int[] positions, int fieldsNow) {
    this.fieldsBefore = positions.length;
    this.before = new int[fieldsNow];
    Arrays.fill(before, NEW);
    for (int f = 0; f < positions.length; f++) {
      if (positions[f] < 0 || positions[f] >= fieldsNow || before[positions[f]] != NEW) {
        throw new IllegalArgumentException(
            "positions: %s, expected different numbers below %d"
                .formatted(Arrays.toString(positions), fieldsNow));
      }
      before[positions[f]] = f;
    }
    for (int f = 0; fieldsNow == positions.length && f < fieldsNow; f++) {
      if (positions[f] != f) {
        throw new IllegalArgumentException(
            "positions: %s, expected the fields in their order if there is no new one"
                .formatted(Arrays.toString(positions)));
      }
    }
  }

  /**
   * Values for a tensor with more fields.
   *
   * @param values of {@code from}, row-major
   * @return values of {@code to}, row-major
   * @throws IllegalArgumentException if the shapes differ by more than fields
   */
  public float[] grow(TensorSpec from, TensorSpec to, float[] values) {
    if (!from.name().equals(to.name()) || from.shape().length != to.shape().length) {
      throw new IllegalArgumentException(
          "tensor %s %s became %s %s, expected only longer axes"
              .formatted(
                  from.name(),
                  Arrays.toString(from.shape()),
                  to.name(),
                  Arrays.toString(to.shape())));
    }
    int axes = to.shape().length;
    int[][] sources = new int[axes][];
    for (int a = 0; a < axes; a++) {
      sources[a] = sources(to.name(), from.shape()[a], to.shape()[a]);
    }
    float[] grown = new float[to.size()];
    for (int i = 0; i < grown.length; i++) {
      int source = source(i, from.shape(), to.shape(), sources);
      grown[i] = source == NEW ? 0 : values[source];
    }
    return grown;
  }

  /** The element that element {@code i} was, or NEW. */
  private static int source(int i, int[] from, int[] to, int[][] sources) {
    int rest = i;
    int source = 0;
    int stride = 1;
    for (int a = to.length - 1; a >= 0; a--) {
      int index = sources[a][rest % to[a]];
      rest /= to[a];
      if (index == NEW) {
        return NEW;
      }
      source += index * stride;
      stride *= from[a];
    }
    return source;
  }

  /** Of each index of an axis the one before, or NEW. */
  private int[] sources(String name, int from, int to) {
    int[] sources = new int[to];
    if (from == to) {
      Arrays.setAll(sources, i -> i);
      return sources;
    }
    int block = (to - from) / Math.max(1, before.length - fieldsBefore);
    int rest = from - fieldsBefore * block;
    if (block < 1 || rest < 0 || before.length * block + rest != to) {
      throw new IllegalArgumentException(
          "tensor %s: an axis of %d became %d with %d fields instead of %d, expected equal blocks"
              .formatted(name, from, to, before.length, fieldsBefore));
    }
    for (int i = 0; i < to; i++) {
      int field = i / block;
      if (field >= before.length) {
        sources[i] = fieldsBefore * block + i - before.length * block;
      } else {
        sources[i] = before[field] == NEW ? NEW : before[field] * block + i % block;
      }
    }
    return sources;
  }
}
