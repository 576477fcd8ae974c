package io.millrace.file;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/** Rows of a comma- or tab-separated file, by column name. */
final class DelimitedRows implements RowReader {
  private final CSVParser parser;
  private final Iterator<CSVRecord> records;
  private final List<String> columns;
  private final int labelColumn;

  /**
   * Reads a file whose first line names the columns, or, with {@code columns} given, one without
   * such a line.
   *
   * @param label the column that holds 0 or 1
   * @throws UnusableFileException if there is no such column
   */
  DelimitedRows(BufferedReader in, char delimiter, @Nullable List<String> columns, String label)
      throws IOException {
    CSVFormat.Builder format =
        CSVFormat.DEFAULT.builder().setDelimiter(delimiter).setIgnoreEmptyLines(true);
    if (delimiter == '\t') {
      format.setQuote(null);
    }
    if (columns == null) {
      format.setHeader().setSkipHeaderRecord(true);
    }
    this.parser = CSVParser.builder().setReader(in).setFormat(format.get()).get();
    this.records = parser.iterator();
    this.columns = columns == null ? parser.getHeaderNames() : columns;
    this.labelColumn = this.columns.indexOf(label);
    if (labelColumn < 0) {
      throw new UnusableFileException(
          "label column '%s' is not in the file, expected one of %s"
              .formatted(label, this.columns));
    }
  }

  @Override
  public @Nullable Row next() throws IOException {
    CSVRecord record;
    try {
      if (!records.hasNext()) {
        return null;
      }
      record = records.next();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    long line = parser.getCurrentLineNumber();
    if (record.size() != columns.size()) {
      return Row.unusable(
          line,
          "%d columns, expected %d".formatted(record.size(), columns.size()),
          String.join(",", record.toList()));
    }
    String label = record.get(labelColumn);
    if (!label.equals("0") && !label.equals("1")) {
      return Row.unusable(
          line,
          "label '%s' in column %s, expected 0 or 1".formatted(label, columns.get(labelColumn)),
          String.join(",", record.toList()));
    }
    Map<String, String> features = new HashMap<>(columns.size() * 2);
    for (int c = 0; c < columns.size(); c++) {
      String value = record.get(c);
      if (c != labelColumn && !value.isEmpty()) {
        features.put(columns.get(c), value);
      }
    }
    return Row.of(line, label.charAt(0) - '0', features, "");
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
