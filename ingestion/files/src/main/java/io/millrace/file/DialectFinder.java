package io.millrace.file;

import io.millrace.feature.InstantSpelling;
import io.millrace.feature.MissingMarkers;
import io.millrace.feature.NumberSpelling;
import io.millrace.file.FileOptions.Option;
import io.millrace.file.decoding.Magic;
import io.millrace.file.decoding.UnusableFileException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds what stands between a delimited file's cells, and around them. */
final class DialectFinder {
  private static final int RECORDS = 500;
  private static final int MOST_TITLE = 20;

  /** Columns that a table has at least, under a title. */
  private static final int UNDER_TITLE = 3;

  private static final double CONSISTENT = 0.9;
  private static final List<String> SEPARATORS = List.of("\t", ";", ",", "::", "|", "\u0001");

  private final Path file;
  private final String text;
  private final boolean whole;

  /**
   * @param text the beginning of the file
   * @param whole whether it is all of it
   */
  DialectFinder(Path file, String text, boolean whole) {
    this.file = file;
    this.text = text;
    this.whole = whole;
  }

  /** How a text divides by one separator. */
  private record Division(Dialect dialect, int columns, double share, double typed) {
    boolean betterThan(Division other) {
      if (Math.abs(typed - other.typed) > 0.15) {
        return typed > other.typed;
      }
      return columns > other.columns;
    }
  }

  Dialect find(FileOptions options) throws IOException {
    Optional<String> separator = options.get(Option.SEPARATOR).map(Dialect::separator);
    Optional<String> quote = options.get(Option.QUOTE);
    if (quote.isPresent() && !quote.get().equals("none") && quote.get().length() != 1) {
      throw new UnusableFileException(
          "--quote '%s', expected one letter or none".formatted(quote.get()));
    }
    char given = quote.filter(q -> q.length() == 1).map(q -> q.charAt(0)).orElse((char) 0);
    String between = separator.orElseGet(() -> separator(quote.isPresent() ? given : '"'));
    if (separator.isEmpty()) {
      between = withBlank(between, quote.isPresent() ? given : '"');
    }
    return new Dialect(between, quote.isPresent() ? given : quote(between));
  }

  private String separator(char quote) {
    Division best = null;
    int one = 0;
    List<Division> all = new ArrayList<>();
    for (String separator : SEPARATORS) {
      Division division = divide(new Dialect(separator, quote));
      all.add(division);
      one += division.columns == 1 ? 1 : 0;
      if (division.columns > 1
          && division.share >= CONSISTENT
          && (best == null || division.betterThan(best))) {
        best = division;
      }
    }
    if (best == null) {
      Division blanks = divide(new Dialect(Dialect.BLANKS, quote));
      if (blanks.columns > 1 && blanks.share >= CONSISTENT) {
        return Dialect.BLANKS;
      }
      for (Division division : all) {
        if (division.columns > 1
            && division.share >= 0.5
            && (best == null || division.share > best.share)) {
          best = division;
        }
      }
    }
    if (best == null) {
      throw new UnusableFileException(
          one == SEPARATORS.size()
              ? "%s has one column by any of the usual separators, expected a table; --separator says what stands between cells"
                  .formatted(file)
              : "%s has rows of different widths by any of the usual separators (%s); --separator says what stands between cells"
                  .formatted(file, Magic.READ));
    }
    return best.dialect.separator();
  }

  private Division divide(Dialect dialect) {
    Map<Integer, Integer> widths = new HashMap<>();
    List<@Nullable String[]> rows = rows(dialect, RECORDS);
    rows = rows.subList(title(rows), rows.size());
    rows.forEach(cells -> widths.merge(cells.length, 1, Integer::sum));
    int columns = 1;
    int most = 0;
    for (Map.Entry<Integer, Integer> width : widths.entrySet()) {
      if (width.getValue() > most) {
        most = width.getValue();
        columns = width.getKey();
      }
    }
    int typed = 0;
    int all = 0;
    int header = 0;
    for (@Nullable String[] cells : rows) {
      if (header++ > 0 || rows.size() == 1) {
        for (String cell : cells) {
          all++;
          typed += cell == null || isTyped(cell) ? 1 : 0;
        }
      }
    }
    // A header of one cell above rows of several is no header of theirs.
    boolean headerFits =
        rows.isEmpty() || Math.abs(rows.get(0).length - columns) <= 1 || rows.size() > RECORDS / 2;
    double share = rows.isEmpty() || !headerFits ? 0 : (double) most / rows.size();
    return new Division(dialect, columns, share, all == 0 ? 0 : (double) typed / all);
  }

  /**
   * How many of the first rows are a title or a remark above a table: a single cell that is no
   * name, as it has blanks or begins with a mark, above rows of several.
   */
  static int title(List<@Nullable String[]> rows) {
    int count = 0;
    while (count < Math.min(MOST_TITLE, rows.size()) && isTitle(rows.get(count))) {
      count++;
    }
    boolean table = count < rows.size() && rows.get(count).length >= UNDER_TITLE;
    return table ? count : 0;
  }

  private static boolean isTitle(@Nullable String[] cells) {
    String text = cells[0] == null ? "" : cells[0].strip();
    for (int c = 1; c < cells.length; c++) {
      if (cells[c] != null && !cells[c].isBlank()) {
        return false;
      }
    }
    return text.indexOf(' ') > 0 || (!text.isEmpty() && "#|%/;!-".indexOf(text.charAt(0)) >= 0);
  }

  private static boolean isTyped(String cell) {
    return MissingMarkers.isMissing(cell)
        || (cell.length() <= 40
            && (NumberSpelling.PLAIN.plain(cell) != null
                || NumberSpelling.DECIMAL_COMMA.plain(cell) != null
                || InstantSpelling.ISO.millis(cell) != null));
  }

  /** Rows of the beginning; the last is left out where the text was cut. */
  List<@Nullable String[]> rows(Dialect dialect, int atMost) {
    List<@Nullable String[]> rows = new ArrayList<>();
    DelimitedSource source = new DelimitedSource(new StringReader(text), dialect);
    try {
      for (RawRow row = source.next(); row != null && rows.size() <= atMost; row = source.next()) {
        if (row.problem() == null) {
          rows.add(row.cells());
        }
      }
    } catch (IOException e) {
      throw new UnusableFileException("%s cannot be read: %s".formatted(file, e.getMessage()));
    }
    if (!whole && rows.size() <= atMost && rows.size() > 1) {
      rows.remove(rows.size() - 1);
    }
    return rows;
  }

  /** A separator that a blank follows everywhere is both. */
  private String withBlank(String separator, char quote) {
    if (separator.equals("\t") || separator.equals(Dialect.BLANKS)) {
      return separator;
    }
    long after = 0;
    for (@Nullable String[] cells : rows(new Dialect(separator, quote), RECORDS)) {
      for (int c = 1; c < cells.length; c++) {
        String cell = cells[c];
        if (cell == null || !cell.startsWith(" ")) {
          return separator;
        }
        after++;
      }
    }
    return after > 0 ? separator + " " : separator;
  }

  private char quote(String separator) {
    long doubleQuoted = 0;
    long opened = 0;
    long single = 0;
    long cells = 0;
    for (@Nullable String[] row : rows(new Dialect(separator, (char) 0), RECORDS)) {
      for (String cell : row) {
        if (cell != null && cell.length() > 1) {
          cells++;
          char first = cell.charAt(0);
          boolean closed = cell.charAt(cell.length() - 1) == first;
          opened += first == '"' ? 1 : 0;
          doubleQuoted += first == '"' && closed ? 1 : 0;
          single += first == '\'' && closed ? 1 : 0;
        }
      }
    }
    if (doubleQuoted == 0 && opened == 0 && single > 0 && single * 10 >= cells) {
      return '\'';
    }
    // Tab-separated files have quotes that mean nothing, unless cells begin and end with them, or
    // rows are of one width only with them.
    boolean quotes =
        !separator.equals("\t")
            || doubleQuoted > 0
            || (opened > 0
                && divide(new Dialect(separator, '"')).share
                    > divide(new Dialect(separator, (char) 0)).share);
    return quotes ? '"' : (char) 0;
  }
}
