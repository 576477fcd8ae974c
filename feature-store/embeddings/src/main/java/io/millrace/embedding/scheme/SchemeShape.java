package io.millrace.embedding.scheme;

import java.util.List;

/**
 * What a scheme is made for.
 *
 * @param fields names of the fields, in order [F]
 * @param lookups that the feature schema gives each field [F]
 * @param rows M, rows of the table; a scheme that needs fewer holds fewer
 * @param dim D of a single expert
 * @param experts that share a field vector; it has {@code experts * dim} values
 */
public record SchemeShape(
    List<String> fields, List<Integer> lookups, long rows, int dim, int experts) {
  public SchemeShape {
    fields = List.copyOf(fields);
    lookups = List.copyOf(lookups);
    if (fields.isEmpty() || fields.size() != lookups.size()) {
      throw new IllegalArgumentException(
          "fields: %d with %d lookups, expected at least one field and a lookup for each"
              .formatted(fields.size(), lookups.size()));
    }
  }

  /** Values of a field vector. */
  int vector() {
    return experts * dim;
  }
}
