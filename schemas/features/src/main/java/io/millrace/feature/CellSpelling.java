package io.millrace.feature;

import org.jspecify.annotations.Nullable;

/**
 * How the cells of one column of a file are written.
 *
 * @param split what separates the items of a list, or null for what the schema says
 */
public record CellSpelling(
    NumberSpelling numbers, InstantSpelling instants, @Nullable String split) {
  /** Where nothing is known of the file: decimal points, milliseconds, the schema's split. */
  public static final CellSpelling PLAIN =
      new CellSpelling(NumberSpelling.PLAIN, InstantSpelling.ISO, null);
}
