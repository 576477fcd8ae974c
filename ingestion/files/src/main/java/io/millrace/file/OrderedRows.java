package io.millrace.file;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All rows of another reader, sorted by one column and, within equal values, in file order. Holds
 * the file in memory. Values that are all numbers sort as numbers, others as text (ISO dates sort
 * by time).
 */
final class OrderedRows implements RowReader {
  private final RowReader source;
  private final Iterator<Row> rows;

  OrderedRows(RowReader source, String column) throws IOException {
    this.source = source;
    List<Row> all = new ArrayList<>();
    boolean numeric = true;
    for (Row row = source.next(); row != null; row = source.next()) {
      String value = row.features().get(column);
      if (row.problem() == null && value == null) {
        throw new UnusableFileException(
            "line %d has no value in column '%s' to order by; columns: %s"
                .formatted(row.line(), column, row.features().keySet().stream().sorted().toList()));
      }
      numeric = numeric && (value == null || value.matches("-?[0-9]{1,18}"));
      all.add(row);
    }
    if (numeric) {
      all.sort(Comparator.comparingLong(r -> Long.parseLong(key(r, column, "0"))));
    } else {
      all.sort(Comparator.comparing(r -> key(r, column, "")));
    }
    this.rows = all.iterator();
  }

  private static String key(Row row, String column, String absent) {
    return row.features().getOrDefault(column, absent);
  }

  @Override
  public @Nullable Row next() {
    return rows.hasNext() ? rows.next() : null;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
