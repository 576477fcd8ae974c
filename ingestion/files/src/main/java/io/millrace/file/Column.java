package io.millrace.file;

import io.millrace.feature.CellSpelling;
import java.util.List;

/**
 * One column of a file as it was found.
 *
 * @param name from the header, or made up
 * @param spelling how its cells are written
 * @param rows that were looked at
 * @param missing how many of these have no value
 * @param distinct values that were counted
 * @param allCounted false if there are more values than were counted
 * @param markers texts that stood for a missing value, most frequent first
 * @param examples some values, in the order of the file
 */
public record Column(
    String name,
    ColumnType type,
    CellSpelling spelling,
    long rows,
    long missing,
    int distinct,
    boolean allCounted,
    List<String> markers,
    List<String> examples) {
  public Column {
    markers = List.copyOf(markers);
    examples = List.copyOf(examples);
  }

  /** The share of rows without a value, 0 to 1. */
  public double missingShare() {
    return rows == 0 ? 0 : (double) missing / rows;
  }

  /** Whether no row that was looked at has a value. */
  public boolean empty() {
    return missing == rows;
  }

  /** Whether each row has a value of its own. */
  boolean unique() {
    return missing == 0 && rows > 1 && (!allCounted || distinct == rows);
  }

  Column named(String other) {
    return new Column(
        other, type, spelling, rows, missing, distinct, allCounted, markers, examples);
  }
}
