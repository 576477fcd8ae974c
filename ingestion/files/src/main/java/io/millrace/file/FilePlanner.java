package io.millrace.file;

import io.millrace.feature.NumberSpelling;
import io.millrace.feature.Truth;
import io.millrace.file.FileOptions.Option;
import io.millrace.file.decoding.FileSample;
import io.millrace.file.decoding.UnusableFileException;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes one {@link FilePlan}: finds the format, and looks at the cells of each column. */
final class FilePlanner {
  private static final int SNIFFED = 1 << 20;
  private static final int MOST_KEYS = 10_000;

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
    int title = DialectFinder.title(first);
    if (title > 0) {
      notes.add(
          "%s no row of the table ('%s'): left out"
              .formatted(
                  title == 1 ? "the first line is" : "the first " + title + " lines are",
                  Rejection.shown(String.valueOf(first.get(0)[0]))));
      first = first.subList(title, first.size());
    }
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
    DelimitedSource.Layout layout = new DelimitedSource.Layout(dialect, title, header);
    ColumnRoles.RowSource source =
        () -> {
          DelimitedSource cells = layout.atFirstRow(sample.reader());
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
        layout,
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
    look(rowsOfFile);
  }

  private void look(ColumnRoles.RowSource rowsOfFile) throws IOException {
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
    Set<String> sampled = new LinkedHashSet<>();
    newKeys(sample.reader(), sampled);
    Set<String> all = new LinkedHashSet<>(sampled);
    // A key may stand in a single line, so all are looked at, of a file of any size.
    List<String> beside = sample.whole() ? List.of() : newKeys(sample.allLetters(), all);
    List<String> keys = List.copyOf(all);
    ColumnRoles.RowSource source = () -> new JsonSource(new Lines(sample.reader()), keys);
    profile(keys, source);
    String others = String.join("\n", beside);
    look(() -> new JsonSource(new Lines(new StringReader(others)), keys));
    if (rows == 0) {
      throw noRow();
    }
    return finish(FileFormat.JSON_LINES, new JsonSource.Layout(), named(Set.of()), source);
  }

  /** Adds the keys of all lines to those known, and returns the lines that had new ones. */
  private List<String> newKeys(Reader letters, Set<String> known) throws IOException {
    List<String> lines = new ArrayList<>();
    try (JsonSource source = JsonSource.growing(new Lines(letters), known)) {
      for (RawRow row = source.next(); row != null; row = source.next()) {
        if (source.columns().size() > known.size()) {
          lines.add(source.text());
          known.addAll(source.columns());
          if (known.size() > MOST_KEYS) {
            throw new UnusableFileException(
                "%s has objects of more than %,d different keys by line %d, expected objects of the same keys: lists of values rather than keys that are values"
                    .formatted(file, MOST_KEYS, row.line()));
          }
        }
      }
    }
    return lines;
  }

  private FilePlan sparse(FileFormat format) throws IOException {
    SparseLayout.Finder finder = new SparseLayout.Finder(format);
    List<String> first = new ArrayList<>();
    String problem = "no line that is not empty";
    boolean any = false;
    // An id may stand in a single line, so all are looked at, of a file of any size.
    try (Lines lines = new Lines(sample.allLetters())) {
      for (String text = lines.next(); text != null; text = lines.next()) {
        String line = SparseLine.withoutComment(format, text);
        if (!line.isEmpty()) {
          try {
            SparseLine parsed = SparseLine.parse(format, line);
            if (finder.add(parsed) && !sample.whole()) {
              first.add(line);
            }
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
    SparseLayout layout =
        finder.layout(places(), options.schema().map(SparseColumns::of).orElse(SparseColumns.NONE));
    notes.addAll(finder.notes(layout));
    ColumnRoles.RowSource source =
        () -> new SparseSource(new Lines(sample.reader()), format, layout);
    profile(names.unique(layout.names()), source);
    String beside = notInSample(format, first);
    look(() -> new SparseSource(new Lines(new StringReader(beside)), format, layout));
    return finish(
        format,
        new SparseSource.Layout(format, layout),
        new ColumnRoles.Traits(true, true, false, Set.of()),
        source);
  }

  /** Of lines that have a feature for the first time, those whose features the sample lacks. */
  private String notInSample(FileFormat format, List<String> first) throws IOException {
    if (first.isEmpty()) {
      return "";
    }
    SparseLayout.Finder sampled = new SparseLayout.Finder(format);
    List<String> beside = new ArrayList<>();
    try (Lines lines = new Lines(sample.reader())) {
      for (String text = lines.next(); text != null; text = lines.next()) {
        addTo(sampled, format, SparseLine.withoutComment(format, text));
      }
    }
    for (String line : first) {
      if (addTo(sampled, format, line)) {
        beside.add(line);
      }
    }
    return String.join("\n", beside);
  }

  private static boolean addTo(SparseLayout.Finder finder, FileFormat format, String line) {
    try {
      return !line.isEmpty() && finder.add(SparseLine.parse(format, line));
    } catch (SparseLine.BadLine e) {
      return false;
    }
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
