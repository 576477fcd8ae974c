package io.millrace.file;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The rows of one format, in the order of the file. */
interface RawRows extends Closeable {
  /** The next row, or null at the end. */
  @Nullable RawRow next() throws IOException;
}
