package io.millrace.file;

import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The rows of one format, in the order of the file. */
interface RawRows extends Closeable {
  /** The next row, or null at the end. */
  @Nullable RawRow next() throws IOException;

  /** How the rows of one format stand in a file: what a plan knows of them, and opens them by. */
  interface Layout {
    /** The rows, from the first on. */
    RawRows open(Opening from) throws IOException;
  }

  /**
   * What is opened.
   *
   * @param text from the file's first letter on; null for a format that is no text
   * @param names of all columns
   * @param looksLikeRow whether cells can be a row, for a format that has to guess where rows end
   */
  record Opening(
      Path file,
      @Nullable Reader text,
      List<String> names,
      Predicate<@Nullable String[]> looksLikeRow) {

    /** The text of a format that is one. */
    Reader letters() {
      return Objects.requireNonNull(text, "a format of text is opened with it");
    }
  }
}
