package io.millrace.file;

import io.millrace.file.decoding.UnusableFileException;
import java.io.Closeable;
import java.io.IOException;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/** The lines of a text, counted; they end in CR, LF or both. */
final class Lines implements Closeable {
  private static final int LONGEST = 1 << 27;

  private final Reader in;
  private final char[] buffer = new char[1 << 16];
  private final StringBuilder text = new StringBuilder();
  private int position;
  private int limit;
  private long line;
  private boolean afterReturn;

  Lines(Reader in) {
    this.in = in;
  }

  /** The number of the line that was read last, from 1. */
  long line() {
    return line;
  }

  /** The next line, or null at the end. */
  @Nullable String next() throws IOException {
    text.setLength(0);
    boolean any = false;
    while (true) {
      if (position == limit) {
        limit = in.read(buffer, 0, buffer.length);
        position = 0;
        if (limit < 0) {
          limit = 0;
          if (!any) {
            return null;
          }
          line++;
          return text.toString();
        }
      }
      if (afterReturn && buffer[position] == '\n') {
        position++;
        afterReturn = false;
        continue;
      }
      afterReturn = false;
      any = true;
      int at = position;
      while (at < limit && buffer[at] != '\n' && buffer[at] != '\r') {
        at++;
      }
      text.append(buffer, position, at - position);
      if (text.length() > LONGEST) {
        throw new UnusableFileException(
            "line %d is longer than %d letters".formatted(line + 1, LONGEST));
      }
      position = at;
      if (at < limit) {
        afterReturn = buffer[at] == '\r';
        position++;
        line++;
        return text.toString();
      }
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
