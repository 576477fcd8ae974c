package io.millrace.file;

import io.millrace.feature.NumberSpelling;
import io.millrace.feature.Truth;
import io.millrace.file.FileOptions.Option;
import io.millrace.file.decoding.FileSample;
import io.millrace.file.decoding.UnusableFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes one {@link FilePlan}: finds the format, and looks at the cells of each column. */
final class FilePlanner {
  private static final int SNIFFED = 1 << 20;

  private final Path file;
  private final FileOptions options;
  private final FileSample sample;
  private final ColumnNames names;
  private final List<String> notes = new ArrayList<>();
  private final Set<String> missing;
  private final List<ColumnProfile> profiles = new ArrayList<>();
  private long rows;
  private long bad;
  private @Nullable RawRow firstBad;

  FilePlanner(Path file, FileOptions options) {
    this.file = file;
    this.options = options;
    this.sample = FileSample.of(file, options.get(Option.ENCODING));
    this.names = new ColumnNames(file, options, notes);
    this.missing = new HashSet<>(options.list(Option.MISSING));
  }

  FilePlan plan() {
    try {
      return found();
    } catch (IOException e) {
      throw new UnusableFileException("%s cannot be read: %s".formatted(file, e.getMessage()));
    }
  }

  private FilePlan found() throws IOException {
    Optional<FileFormat> given = options.get(Option.FORMAT).map(FileFormat::named);
    if (sample.parquet()) {
      if (given.isPresent() && given.get() != FileFormat.PARQUET) {
        throw new UnusableFileException(
            "%s is Parquet, not %s".formatted(file, given.get().words()));
      }
      return parquet();
    }
    if (given.isPresent() && given.get() == FileFormat.PARQUET) {
      throw new UnusableFileException(
          "%s is no Parquet file: it does not begin with PAR1".formatted(file));
    }
    if (sample.encoding().note() != null) {
      notes.add("encoding: " + sample.encoding().note());
    }
    String beginning = sample.beginning(SNIFFED);
    if (beginning.isBlank()) {
      throw new UnusableFileException("%s holds nothing but blanks".formatted(file));
    }
    FileFormat found = FormatFinder.find(file, beginning, beginning.length() >= SNIFFED);
    FileFormat format = given.orElse(found);
    return switch (format) {
      case CSV -> delimited(beginning, found);
      case JSON_LINES -> json();
      case LIBSVM, LIBFFM, VW -> sparse(format);
      case PARQUET -> throw new IllegalStateException("Parquet is no text");
    };
  }

  /** A file that the user calls csv may be one, however it looks; only what fails is said to be. */
  private FilePlan delimited(String beginning, FileFormat found) throws IOException {
    try {
      return delimited(beginning);
    } catch (UnusableFileException e) {
      throw found == FileFormat.CSV
          ? e
          : new UnusableFileException(
              "%s; it looks like %s: --format %s"
                  .formatted(e.getMessage(), found.words(), found.option()));
    }
  }

  private FilePlan delimited(String beginning) throws IOException {
    DialectFinder finder =
        new DialectFinder(file, beginning, beginning.length() < SNIFFED && sample.whole());
    Dialect dialect = finder.find(options);
    List<@Nullable String[]> first = finder.rows(dialect, FormatFinder.LINES);
    if (first.isEmpty()) {
      throw new UnusableFileException(
          "%s has no row that can be read: its first quote is never closed; --quote none reads quotes as letters"
              .formatted(file));
    }
    boolean header = header(first);
    int width = width(header ? first.subList(1, first.size()) : first, first.get(0).length);
    List<String> columns = names.of(header ? first.get(0) : new String[0], width, first, header);
    if (width < 2) {
      throw new UnusableFileException(
          "%s has one column by separator %s, expected a table; --separator says what stands between cells"
              .formatted(file, dialect.words()));
    }
    ColumnRoles.RowSource source =
        () -> {
          DelimitedSource cells = new DelimitedSource(sample.reader(), dialect);
          if (header) {
            cells.next();
          }
          cells.expect(width, row -> true);
          return cells;
        };
    profile(columns, source);
    if (rows == 0) {
      throw bad == 0
          ? new UnusableFileException("%s has a header and no rows".formatted(file))
          : noRow();
    }
    if (!header && options.get(Option.COLUMNS).isEmpty() && !names.wellKnown(profiles)) {
      notes.add(
          "the first line is a row like others, so columns have made-up names; --columns names them");
    }
    return finish(
        FileFormat.CSV,
        new DelimitedSource.Layout(dialect, header),
        new ColumnRoles.Traits(header, false, dialect.separator().startsWith(";"), Set.of()),
        source);
  }

  private UnusableFileException noRow() {
    RawRow row = firstBad;
    Rejection problem = row == null ? null : row.problem();
    return new UnusableFileException(
        "%s has no row that can be read%s"
            .formatted(
                file,
                row == null || problem == null
                    ? ""
                    : "; line %d: %s".formatted(row.line(), problem.message())));
  }

  private boolean header(List<@Nullable String[]> first) {
    Optional<String> given = options.get(Option.HEADER);
    if (given.isPresent()) {
      Boolean truth = Truth.of(given.get());
      if (truth == null) {
        throw new UnusableFileException("--header '%s', expected yes or no".formatted(given.get()));
      }
      return truth;
    }
    Boolean header = HeaderFinder.hasHeader(first);
    if (header == null) {
      throw new UnusableFileException(
          "%s: nothing tells whether its first line names the columns; --header yes or no does"
              .formatted(file));
    }
    return header;
  }

  /** The usual width of rows. */
  private static int width(List<@Nullable String[]> rows, int otherwise) {
    Map<Integer, Integer> widths = new HashMap<>();
    rows.forEach(row -> widths.merge(row.length, 1, Integer::sum));
    return widths.entrySet().stream()
        .max(
            Map.Entry.<Integer, Integer>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey()))
        .map(Map.Entry::getKey)
        .orElse(otherwise);
  }

  private void profile(List<String> columns, ColumnRoles.RowSource rowsOfFile) throws IOException {
    columns.forEach(name -> profiles.add(new ColumnProfile(name, columns.size())));
    try (RawRows source = rowsOfFile.open()) {
      for (RawRow row = source.next(); row != null; row = source.next()) {
        if (row.problem() != null) {
          bad++;
          firstBad = firstBad == null ? row : firstBad;
          continue;
        }
        @Nullable String[] cells = row.cells();
        for (int c = 0; c < cells.length && c < profiles.size(); c++) {
          profiles.get(c).add(cells[c], missing);
        }
        for (int c = cells.length; c < profiles.size(); c++) {
          profiles.get(c).addMissing(1);
        }
        rows++;
      }
    }
  }

  private FilePlan json() throws IOException {
    List<String> keys;
    try (JsonSource source = new JsonSource(new Lines(sample.reader()), null)) {
      while (source.next() != null) {
        // only the keys are wanted
      }
      keys = List.copyOf(source.columns());
    }
    ColumnRoles.RowSource source = () -> new JsonSource(new Lines(sample.reader()), keys);
    profile(keys, source);
    if (rows == 0) {
      throw noRow();
    }
    return finish(FileFormat.JSON_LINES, new JsonSource.Layout(), named(Set.of()), source);
  }

  private FilePlan sparse(FileFormat format) throws IOException {
    SparseLayout.Finder finder = new SparseLayout.Finder(format);
    String problem = "no line that is not empty";
    boolean any = false;
    try (Lines lines = new Lines(sample.reader())) {
      for (String text = lines.next(); text != null; text = lines.next()) {
        String line = SparseLine.withoutComment(format, text);
        if (!line.isEmpty()) {
          try {
            finder.add(SparseLine.parse(format, line));
            any = true;
          } catch (SparseLine.BadLine e) {
            if (!any) {
              problem = "line %d: %s".formatted(lines.line(), e.words());
              if (options.get(Option.FORMAT).isPresent()) {
                // What the user called by a wrong name is refused at its first pair.
                throw new UnusableFileException("%s, %s".formatted(file, problem));
              }
            }
          }
        }
      }
    }
    if (!any) {
      throw new UnusableFileException("%s has no rows: %s".formatted(file, problem));
    }
    SparseLayout layout = finder.layout(places());
    notes.addAll(finder.notes(layout));
    ColumnRoles.RowSource source =
        () -> new SparseSource(new Lines(sample.reader()), format, layout);
    profile(names.unique(layout.names()), source);
    return finish(
        format,
        new SparseSource.Layout(format, layout),
        new ColumnRoles.Traits(true, true, false, Set.of()),
        source);
  }

  private int places() {
    Optional<String> given = options.get(Option.PLACES);
    if (given.isEmpty()) {
      return 0;
    }
    Long places = NumberSpelling.PLAIN.toLong(given.get());
    if (places == null || places < 1 || places > 1_000) {
      throw new UnusableFileException(
          "--places '%s', expected a number from 1 to 1000".formatted(given.get()));
    }
    return places.intValue();
  }

  private FilePlan parquet() throws IOException {
    List<String> columns = names.unique(ParquetSource.columns(file));
    ParquetSource.Layout layout = new ParquetSource.Layout();
    RawRows.Opening opening = new RawRows.Opening(file, null, columns, cells -> true);
    ColumnRoles.RowSource source = () -> layout.open(opening);
    profile(columns, source);
    if (rows == 0) {
      throw new UnusableFileException("%s has no rows".formatted(file));
    }
    return finish(FileFormat.PARQUET, layout, named(Set.copyOf(ParquetSource.texts(file))), source);
  }

  private static ColumnRoles.Traits named(Set<String> texts) {
    return new ColumnRoles.Traits(true, false, false, texts);
  }

  private FilePlan finish(
      FileFormat format,
      RawRows.Layout layout,
      ColumnRoles.Traits traits,
      ColumnRoles.RowSource source)
      throws IOException {
    if (bad > 0) {
      Rejection problem = firstBad == null ? null : firstBad.problem();
      notes.add(
          "%d of %d rows cannot be read%s"
              .formatted(
                  bad,
                  bad + rows,
                  problem == null || firstBad == null
                      ? ""
                      : sample.whole()
                          ? "; line %d: %s".formatted(firstBad.line(), problem.message())
                          : "; " + problem.message()));
    }
    ColumnRoles.Roles roles = new ColumnRoles(profiles, options, traits, notes).find(source);
    return new FilePlan(sample, format, layout, roles, rows, missing, notes);
  }
}
