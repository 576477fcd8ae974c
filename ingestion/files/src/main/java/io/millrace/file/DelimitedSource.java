package io.millrace.file;

import io.millrace.file.decoding.UnusableFileException;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Rows of separated cells (RFC 4180 and what is near to it): any separator, a quote that is doubled
 * inside quotes, lines that end in CR, LF or both, line breaks inside quotes. Lines of nothing but
 * blanks are no rows.
 *
 * <p>A quote that is never meant to be closed does not swallow rows: where all the lines of one
 * cell read as rows by themselves, where the file ends inside a cell, or where a cell has more than
 * {@link #MOST_LINES} lines, the first line is a row with a problem, and the lines behind it are
 * read again as rows.
 */
final class DelimitedSource implements RawRows {
  /** A cell with more lines is taken for an unclosed quote. */
  static final int MOST_LINES = 1_000;

  private static final int MOST_CHARACTERS = 1 << 20;

  /** From so many unclosed quotes on, a cell with more than {@link #FEW_LINES} lines is one. */
  private static final int MANY_UNCLOSED = 100;

  private static final int FEW_LINES = 16;
  private static final int LONGEST_ROW = 1 << 27;

  /**
   * Of a delimited file.
   *
   * @param title rows before the table, of one cell each
   * @param header whether the first row behind them holds the columns' names
   */
  record Layout(Dialect dialect, int title, boolean header) implements RawRows.Layout {
    @Override
    public RawRows open(Opening from) throws IOException {
      DelimitedSource source = atFirstRow(from.letters());
      source.expect(from.names().size(), from.looksLikeRow());
      return source;
    }

    /** The file's rows, from the first on that is one of the table's. */
    DelimitedSource atFirstRow(Reader letters) throws IOException {
      DelimitedSource source = new DelimitedSource(letters, dialect);
      int left = title + (header ? 1 : 0);
      while (left > 0) {
        RawRow row = source.next();
        left = row == null ? 0 : row.problem() == null ? left - 1 : left;
      }
      return source;
    }
  }

  private final Reader in;
  private final Dialect dialect;
  private final String separator;
  private final char first;
  private final char quote;
  private int columns;
  private Predicate<@Nullable String[]> plausible = cells -> true;

  private char[] buffer = new char[1 << 16];
  private int position;
  private int limit;
  private int start;
  private boolean end;
  private long line = 1;
  private int unclosed;

  private final List<String> cells = new ArrayList<>();
  private final StringBuilder unquoted = new StringBuilder();
  private boolean multiline;
  private boolean open;
  private boolean junk;
  private boolean tooLong;

  DelimitedSource(Reader in, Dialect dialect) {
    this.in = in;
    this.dialect = dialect;
    this.separator = dialect.separator();
    this.first = separator.charAt(0);
    this.quote = dialect.quote();
  }

  /**
   * Says what a row is.
   *
   * @param count of columns; a row of another width has a problem
   * @param looksLikeRow whether cells of that width are likely a row
   */
  void expect(int count, Predicate<@Nullable String[]> looksLikeRow) {
    this.columns = count;
    this.plausible = looksLikeRow;
  }

  @Override
  public @Nullable RawRow next() throws IOException {
    while (true) {
      start = position;
      long from = line;
      if (!scan()) {
        return null;
      }
      if (multiline && (open || junk || tooLong || swallowed())) {
        return unclosedQuote(from);
      }
      if (open || junk) {
        return RawRow.bad(
            from,
            Rejection.row(
                Rejection.Kind.QUOTE,
                open
                    ? "a quote is not closed"
                    : "a quoted cell goes on behind its closing quote, expected a separator there"),
            text());
      }
      if (cells.isEmpty() || (cells.size() == 1 && cells.get(0).isBlank())) {
        continue;
      }
      if (columns > 0 && cells.size() != columns) {
        return RawRow.bad(
            from,
            Rejection.row(
                Rejection.Kind.WIDTH, "%d columns, expected %d".formatted(cells.size(), columns)),
            text());
      }
      return RawRow.of(from, cells.toArray(new String[0]));
    }
  }

  /** The line where the next row begins. */
  long line() {
    return line;
  }

  private String text() {
    int to = position;
    while (to > start && (buffer[to - 1] == '\n' || buffer[to - 1] == '\r')) {
      to--;
    }
    return new String(buffer, start, to - start);
  }

  /** Whether every line of the row would be a row. */
  private boolean swallowed() {
    if (columns < 2) {
      return false;
    }
    String[] lines = text().split("\r\n|\n|\r", -1);
    int rows = 0;
    for (String one : lines) {
      String[] alone = cellsOfLine(one);
      rows += alone.length == columns && plausible.test(alone) ? 1 : 0;
    }
    return rows == lines.length || (lines.length > 10 && rows > lines.length * 0.9);
  }

  /** A line by itself; a quote that it does not close is a letter. */
  private String[] cellsOfLine(String text) {
    List<String> found = new ArrayList<>();
    int at = 0;
    while (at <= text.length()) {
      int to = -1;
      if (quote != 0 && at < text.length() && text.charAt(at) == quote) {
        int close = text.indexOf(quote, at + 1);
        boolean closes =
            close > 0 && (close + 1 == text.length() || text.startsWith(separator, close + 1));
        to = closes ? close + 1 : -1;
      }
      if (to < 0) {
        int next = text.indexOf(separator, at);
        to = next < 0 ? text.length() : next;
      }
      found.add(text.substring(at, to));
      at = to + separator.length();
    }
    return found.toArray(new String[0]);
  }

  private RawRow unclosedQuote(long from) {
    unclosed++;
    boolean known = !open && !tooLong;
    long last = known ? line - 1 : line;
    int to = start;
    while (to < limit && buffer[to] != '\n' && buffer[to] != '\r') {
      to++;
    }
    String text = new String(buffer, start, to - start);
    if (to < limit && buffer[to] == '\r' && to + 1 < limit && buffer[to + 1] == '\n') {
      to++;
    }
    position = Math.min(to + 1, limit);
    line = from + 1;
    return RawRow.bad(
        from,
        Rejection.row(
            Rejection.Kind.QUOTE,
            "lines %d to %d%s are one cell; an unclosed quote?"
                .formatted(from, last, known ? "" : open ? ", the end," : " and more")),
        text);
  }

  /** Reads one row's cells; false if there is no more. */
  private boolean scan() throws IOException {
    cells.clear();
    multiline = false;
    open = false;
    junk = false;
    tooLong = false;
    if (!more()) {
      return false;
    }
    if (dialect.blanks()) {
      skipBlanks();
    }
    while (true) {
      boolean last = quote != 0 && more() && buffer[position] == quote ? quoted() : plain();
      if (last) {
        return true;
      }
      if (dialect.blanks()) {
        skipBlanks();
        if (!more() || buffer[position] == '\n' || buffer[position] == '\r') {
          endOfLine();
          return true;
        }
      }
    }
  }

  private void skipBlanks() throws IOException {
    while (more() && (buffer[position] == ' ' || buffer[position] == '\t')) {
      position++;
    }
  }

  /** Whether there is a letter at the position. */
  private boolean more() throws IOException {
    return position < limit || fill();
  }

  private boolean fill() throws IOException {
    if (end) {
      return false;
    }
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, limit - start);
      limit -= start;
      position -= start;
      start = 0;
    }
    if (limit == buffer.length) {
      if (buffer.length >= LONGEST_ROW) {
        throw new UnusableFileException(
            "line %d is longer than %d letters, expected rows of a table"
                .formatted(line, LONGEST_ROW));
      }
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    int read = in.read(buffer, limit, buffer.length - limit);
    if (read < 0) {
      end = true;
      return false;
    }
    limit += read;
    return true;
  }

  /** A cell without quotes; true if it is the row's last. */
  private boolean plain() throws IOException {
    int from = position - start;
    boolean blanks = dialect.blanks();
    int size = separator.length();
    while (true) {
      char[] letters = buffer;
      int stop = limit;
      int at = position;
      if (blanks) {
        while (at < stop && letters[at] > ' ') {
          at++;
        }
      } else {
        char separates = first;
        while (at < stop) {
          char c = letters[at];
          if (c == separates || c == '\n' || c == '\r') {
            break;
          }
          at++;
        }
      }
      position = at;
      if (at == stop) {
        if (fill()) {
          continue;
        }
        cell(from);
        return true;
      }
      char c = letters[at];
      if (c == '\n' || c == '\r') {
        cell(from);
        endOfLine();
        return true;
      }
      if (blanks ? c == ' ' || c == '\t' : size == 1 || isSeparator()) {
        cell(from);
        position += size;
        return false;
      }
      position++;
    }
  }

  private void cell(int from) {
    cells.add(new String(buffer, start + from, position - start - from));
  }

  private boolean isSeparator() throws IOException {
    int size = separator.length();
    while (limit - position < size) {
      if (!fill()) {
        return false;
      }
    }
    for (int i = 0; i < size; i++) {
      if (buffer[position + i] != separator.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** A cell in quotes; true if it is the row's last. */
  private boolean quoted() throws IOException {
    position++;
    int from = position - start;
    unquoted.setLength(0);
    int lines = 0;
    int mostLines = unclosed >= MANY_UNCLOSED ? FEW_LINES : MOST_LINES;
    while (true) {
      if (!more()) {
        open = true;
        multiline |= lines > 0;
        return true;
      }
      char c = buffer[position];
      if (c == quote) {
        int to = position - start;
        position++;
        if (more() && buffer[position] == quote) {
          unquoted.append(buffer, start + from, to + 1 - from);
          position++;
          from = position - start;
          continue;
        }
        if (unquoted.length() == 0) {
          cells.add(new String(buffer, start + from, to - from));
        } else {
          cells.add(unquoted.append(buffer, start + from, to - from).toString());
        }
        return behindQuote();
      }
      if (c == '\n' || (c == '\r' && !crlf())) {
        line++;
        lines++;
        multiline = true;
        if (lines >= mostLines || position - start > MOST_CHARACTERS) {
          tooLong = true;
          return true;
        }
      }
      position++;
    }
  }

  private boolean crlf() throws IOException {
    while (limit - position < 2) {
      if (!fill()) {
        return false;
      }
    }
    return buffer[position + 1] == '\n';
  }

  private boolean behindQuote() throws IOException {
    if (!more()) {
      return true;
    }
    char c = buffer[position];
    if (c == '\n' || c == '\r') {
      endOfLine();
      return true;
    }
    if (dialect.blanks() ? c == ' ' || c == '\t' : c == first && isSeparator()) {
      position += separator.length();
      return false;
    }
    junk = true;
    while (more() && buffer[position] != '\n' && buffer[position] != '\r') {
      position++;
    }
    endOfLine();
    return true;
  }

  private void endOfLine() throws IOException {
    if (!more()) {
      return;
    }
    boolean both = buffer[position] == '\r' && crlf();
    position += both ? 2 : 1;
    line++;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
