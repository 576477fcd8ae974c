package io.millrace.file;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The rows of a file, in order. */
public interface RowReader extends AutoCloseable {
  /** The next row, or null at the end. */
  @Nullable Row next() throws IOException;

  @Override
  void close() throws IOException;
}
