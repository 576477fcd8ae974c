package io.millrace.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Rows of a Parquet file. */
final class ParquetSource {
  private ParquetSource() {}

  static List<String> columns(Path file) throws IOException {
    throw Magic.notRead(file, "Parquet");
  }

  static RawRows open(Path file, List<String> columns) throws IOException {
    throw Magic.notRead(file, "Parquet");
  }
}
