package io.millrace.file;

import io.millrace.feature.CellSpelling;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
 * @param mean of those values that are numbers, NaN where none is
 * @param deviation of the same, the standard deviation
 * @param onlyWhere the only rows that have a value where that tells the label, in words such as
 *     "only where click is 1"; else null
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
    List<String> examples,
    double mean,
    double deviation,
    @Nullable String onlyWhere) {
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

  /** The same column, known to have values only in such rows. */
  Column onlyWhere(String words) {
    return new Column(
        name,
        type,
        spelling,
        rows,
        missing,
        distinct,
        allCounted,
        markers,
        examples,
        mean,
        deviation,
        words);
  }
}
