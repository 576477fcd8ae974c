package io.millrace.file;

import io.millrace.feature.InstantSpelling;
import io.millrace.feature.NearestName;
import io.millrace.feature.NumberSpelling;
import io.millrace.feature.Truth;
import io.millrace.file.FileOptions.Option;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes one {@link FilePlan}. */
final class FilePlanner {
  private static final int HEAD = 1 << 12;
  private static final int SNIFFED = 1 << 20;
  private static final int SNIFFED_LINES = 200;

  /** Times that are the event's, those first that say so. */
  private static final List<String> TIMES =
      List.of(
          "ts",
          "timestamp",
          "time",
          "eventtime",
          "eventtimestamp",
          "clicktime",
          "impressiontime",
          "datetime",
          "unixtime",
          "date",
          "hour",
          "createdat",
          "day",
          "dt");

  private static final Set<String> IDS =
      Set.of(
          "id",
          "impressionid",
          "requestid",
          "eventid",
          "rowid",
          "uuid",
          "bidid",
          "tag",
          "auctionid",
          "logid",
          "row");

  private final Path file;
  private final FileOptions options;
  private final List<String> notes = new ArrayList<>();
  private final Set<String> missing;
  private Container container = Container.PLAIN;
  private TextEncoding encoding = TextEncoding.UTF_8;
  private byte[] sample = new byte[0];
  private boolean whole;
  private final List<ColumnProfile> profiles = new ArrayList<>();

  /** Columns that the file itself says to be texts, whatever these look like. */
  private final Set<String> texts = new HashSet<>();

  private long rows;
  private long bad;
  private @Nullable RawRow firstBad;

  FilePlanner(Path file, FileOptions options) {
    this.file = file;
    this.options = options;
    this.missing = new HashSet<>(options.list(Option.MISSING));
  }

  FilePlan plan() {
    try {
      return found();
    } catch (IOException e) {
      throw ContainerStream.unusable(file, container, e);
    }
  }

  private FilePlan found() throws IOException {
    byte[] head = openable();
    container = Container.of(head);
    byte[] inside = head;
    if (container != Container.PLAIN) {
      try (InputStream in = container.open(file)) {
        inside = in.readNBytes(HEAD);
      }
    }
    if (inside.length == 0) {
      throw new UnusableFileException("%s is empty".formatted(file));
    }
    if (container != Container.PLAIN && Container.of(inside) != Container.PLAIN) {
      throw new UnusableFileException(
          "%s holds %s inside of %s: unpack it"
              .formatted(file, Container.of(inside).words(), container.words()));
    }
    String other = Magic.otherFormat(inside);
    if (other != null) {
      throw Magic.notRead(file, other);
    }
    Optional<FileFormat> given = options.get(Option.FORMAT).map(FileFormat::named);
    if (Magic.isParquet(inside)) {
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
    encoding =
        options.get(Option.ENCODING).isPresent()
            ? TextEncoding.named(options.get(Option.ENCODING).get(), inside)
            : TextEncoding.detect(inside);
    try (SampledStream in = SampledStream.of(file, container, encoding.unit())) {
      sample = in.readAllBytes();
      whole = in.whole();
    }
    if (options.get(Option.ENCODING).isEmpty()) {
      encoding = TextEncoding.detect(sample);
    }
    if (encoding.note() != null) {
      notes.add("encoding: " + encoding.note());
    }
    refuseBinary();
    String beginning = beginning();
    if (beginning.isBlank()) {
      throw new UnusableFileException("%s holds nothing but blanks".formatted(file));
    }
    FileFormat format = given.orElseGet(() -> format(beginning));
    return switch (format) {
      case CSV -> delimited(beginning);
      case JSON_LINES -> json();
      case LIBSVM, LIBFFM, VW -> sparse(format);
      case PARQUET -> throw new IllegalStateException("Parquet is no text");
    };
  }

  private byte[] openable() throws IOException {
    if (!Files.exists(file)) {
      throw new UnusableFileException("no file at %s".formatted(file));
    } else if (Files.isDirectory(file)) {
      throw new UnusableFileException("%s is a folder, expected a file".formatted(file));
    } else if (!Files.isRegularFile(file)) {
      throw new UnusableFileException(
          "%s is not a regular file (a pipe?): a file is read twice, so write it to one first"
              .formatted(file));
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] head = in.readNBytes(HEAD);
      if (head.length == 0) {
        throw new UnusableFileException("%s is empty".formatted(file));
      }
      return head;
    }
  }

  private void refuseBinary() {
    if (encoding.unit() > 1) {
      return;
    }
    int length = Math.min(sample.length, HEAD);
    int controls = 0;
    for (int i = 0; i < length; i++) {
      int b = sample[i] & 0xff;
      controls += b < 9 || (b > 13 && b < 32 && b != 27) ? 1 : 0;
    }
    // Hive's ^A stands between cells.
    if (controls * 5 > length) {
      throw Magic.notRead(file, "no text");
    }
  }

  private Reader reader() {
    return new StrictDecoder(new ByteArrayInputStream(sample), encoding);
  }

  private String beginning() throws IOException {
    char[] letters = new char[SNIFFED];
    int length = 0;
    try (Reader in = reader()) {
      int read = 0;
      while (length < SNIFFED && read >= 0) {
        read = in.read(letters, length, SNIFFED - length);
        length += Math.max(0, read);
      }
    }
    return new String(letters, 0, length);
  }

  private FileFormat format(String beginning) {
    List<String> lines =
        beginning
            .lines()
            .map(String::strip)
            .filter(l -> !l.isEmpty())
            .limit(SNIFFED_LINES)
            .toList();
    if (beginning.length() >= SNIFFED && lines.size() > 1 && lines.size() < SNIFFED_LINES) {
      lines = lines.subList(0, lines.size() - 1);
    }
    String first = lines.get(0);
    if (first.startsWith("{")) {
      return FileFormat.JSON_LINES;
    } else if (first.startsWith("[") && (first.length() == 1 || first.startsWith("[{"))) {
      throw Magic.notRead(file, "a JSON list: write one object per line (jq -c '.[]')");
    }
    for (FileFormat format : List.of(FileFormat.LIBSVM, FileFormat.LIBFFM, FileFormat.VW)) {
      long fits = lines.stream().filter(line -> fits(format, line)).count();
      if (fits >= Math.max(1, lines.size() * 0.8)) {
        return format;
      }
    }
    return FileFormat.CSV;
  }

  private static boolean fits(FileFormat format, String text) {
    String line = SparseLine.withoutComment(format, text);
    if (line.isEmpty()) {
      return false;
    }
    if (format == FileFormat.VW) {
      int bar = line.indexOf('|');
      // In a table with bars between cells, a cell stands right before the first bar.
      boolean head =
          bar >= 0
              && line.substring(0, bar).matches("([-+]?[0-9.]+(e[-+]?[0-9]+)?\\s+)*('\\S*)?")
              && line.length() > bar + 1;
      if (!head) {
        return false;
      }
    }
    try {
      SparseLine parsed = SparseLine.parse(format, line);
      String label = parsed.label();
      return !parsed.pairs().isEmpty()
          && (label == null || !Double.isNaN(NumberSpelling.PLAIN.toDouble(label)));
    } catch (SparseLine.BadLine e) {
      return false;
    }
  }

  private FilePlan delimited(String beginning) throws IOException {
    DialectFinder finder =
        new DialectFinder(file, beginning, beginning.length() < SNIFFED && whole);
    Dialect dialect = finder.find(options);
    List<@Nullable String[]> first = finder.rows(dialect, SNIFFED_LINES);
    if (first.isEmpty()) {
      throw new UnusableFileException(
          "%s has no row that can be read: its first quote is never closed; --quote none reads quotes as letters"
              .formatted(file));
    }
    boolean header = header(first);
    int width = width(header ? first.subList(1, first.size()) : first, first.get(0).length);
    List<String> names = names(header ? first.get(0) : new String[0], width, first, header);
    if (width < 2) {
      throw new UnusableFileException(
          "%s has one column by separator %s, expected a table; --separator says what stands between cells"
              .formatted(file, dialect.words()));
    }
    names.forEach(name -> profiles.add(new ColumnProfile(name, names.size())));
    try (DelimitedSource source = new DelimitedSource(reader(), dialect)) {
      if (header) {
        source.next();
      }
      source.expect(width, cells -> true);
      profile(source);
    }
    if (rows == 0) {
      throw bad == 0
          ? new UnusableFileException("%s has a header and no rows".formatted(file))
          : noRow();
    }
    if (!header && options.get(Option.COLUMNS).isEmpty() && !wellKnown()) {
      notes.add(
          "the first line is a row like others, so columns have made-up names; --columns names them");
    }
    return finish(FileFormat.CSV, new DelimitedSource.Layout(dialect, header), header);
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

  private List<String> names(
      @Nullable String[] header, int width, List<@Nullable String[]> rows, boolean hasHeader) {
    List<String> given = options.list(Option.COLUMNS);
    if (!given.isEmpty()) {
      if (given.size() != width) {
        throw new UnusableFileException(
            "--columns names %d columns, expected %d as the file has"
                .formatted(given.size(), width));
      }
      return unique(given);
    }
    if (!hasHeader) {
      List<String> names = new ArrayList<>();
      for (int c = 1; c <= width; c++) {
        names.add("c" + c);
      }
      return names;
    }
    List<String> names = new ArrayList<>();
    for (String name : header) {
      names.add(name == null ? "" : name.strip());
    }
    if (names.size() + 1 == width) {
      boolean lastIsEmpty =
          rows.stream()
              .skip(1)
              .filter(row -> row.length == width)
              .allMatch(row -> String.valueOf(row[width - 1]).isBlank());
      names.add(lastIsEmpty ? width - 1 : 0, lastIsEmpty ? "" : "row");
      notes.add(
          lastIsEmpty
              ? "each row ends in a separator: a last column without name or value"
              : "the header has one column less than the rows: the first is taken for names of rows");
    } else if (names.size() != width) {
      throw new UnusableFileException(
          "%s: the header has %d columns and most rows have %d, expected as many"
              .formatted(file, names.size(), width));
    }
    return unique(names);
  }

  private List<String> unique(List<String> names) {
    List<String> unique = new ArrayList<>();
    for (int c = 0; c < names.size(); c++) {
      String name = names.get(c).isEmpty() ? "column" + (c + 1) : names.get(c);
      String other = name;
      for (int k = 2; unique.contains(other); k++) {
        other = name + "_" + k;
      }
      if (!other.equals(name)) {
        notes.add("a second column '%s' is called '%s'".formatted(name, other));
      }
      unique.add(other);
    }
    return unique;
  }

  /** Gives the columns of files that everybody has, and that have no header, their names. */
  private boolean wellKnown() {
    if (profiles.size() == 4
        && profiles.get(2).numeric()
        && profiles.get(2).least() >= 0.5
        && profiles.get(2).most() <= 5
        && !profiles.get(2).few(10).isEmpty()
        && profiles.get(3).numeric()
        && profiles.get(3).least() > 6e8
        && profiles.get(3).most() < 4e9) {
      rename(List.of("user", "item", "rating", "timestamp"), "ratings of MovieLens");
      return true;
    } else if (profiles.size() == 40
        && !profiles.get(0).few(2).isEmpty()
        && profiles.get(0).numeric()
        && profiles.get(39).few(1).keySet().stream().allMatch(v -> v.matches("[0-9a-f]{8}"))
        && profiles.get(14).values().keySet().stream().allMatch(v -> v.matches("[0-9a-f]{8}"))) {
      List<String> names = new ArrayList<>(List.of("label"));
      for (int i = 1; i <= 13; i++) {
        names.add("I" + i);
      }
      for (int i = 1; i <= 26; i++) {
        names.add("C" + i);
      }
      rename(names, "Criteo's display advertising");
      return true;
    }
    return false;
  }

  private void rename(List<String> names, String of) {
    for (int c = 0; c < names.size(); c++) {
      profiles.get(c).rename(names.get(c));
    }
    notes.add(
        "columns are named as those of %s: %s"
            .formatted(of, String.join(", ", names.subList(0, 4))));
  }

  private void profile(RawRows source) throws IOException {
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

  private FilePlan json() throws IOException {
    List<String> names;
    try (JsonSource source = new JsonSource(new Lines(reader()), null)) {
      while (source.next() != null) {
        // only the keys are wanted
      }
      names = List.copyOf(source.columns());
    }
    names.forEach(name -> profiles.add(new ColumnProfile(name, names.size())));
    try (JsonSource source = new JsonSource(new Lines(reader()), names)) {
      profile(source);
    }
    if (rows == 0) {
      throw noRow();
    }
    return finish(FileFormat.JSON_LINES, new JsonSource.Layout(), true);
  }

  private FilePlan sparse(FileFormat format) throws IOException {
    SparseLayout.Finder finder = new SparseLayout.Finder(format);
    String problem = "no line that is not empty";
    boolean any = false;
    try (Lines lines = new Lines(reader())) {
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
    List<String> names = unique(layout.names());
    names.forEach(name -> profiles.add(new ColumnProfile(name, names.size())));
    try (SparseSource source = new SparseSource(new Lines(reader()), format, layout)) {
      profile(source);
    }
    return finish(format, new SparseSource.Layout(format, layout), true);
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
    if (container != Container.PLAIN) {
      throw new UnusableFileException(
          "%s is Parquet inside of %s: unpack it".formatted(file, container.words()));
    }
    List<String> names = unique(ParquetSource.columns(file));
    texts.addAll(ParquetSource.texts(file));
    names.forEach(name -> profiles.add(new ColumnProfile(name, names.size())));
    ParquetSource.Layout layout = new ParquetSource.Layout();
    try (RawRows source = layout.open(new RawRows.Opening(file, null, names, cells -> true))) {
      whole = true;
      profile(source);
    }
    if (rows == 0) {
      throw new UnusableFileException("%s has no rows".formatted(file));
    }
    return finish(FileFormat.PARQUET, layout, true);
  }

  private FilePlan finish(FileFormat format, RawRows.Layout layout, boolean header)
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
                      : whole
                          ? "; line %d: %s".formatted(firstBad.line(), problem.message())
                          : "; " + problem.message()));
    }
    List<Column> columns = columns(layout);
    Optional<Label> label = new LabelFinder(profiles, options, header, format.sparse()).find();
    label.ifPresent(this::note);
    Optional<Column> time = time(columns, label);
    Optional<Column> id = id(columns);
    columns.stream()
        .filter(Column::empty)
        .limit(20)
        .forEach(c -> notes.add("column '%s' is empty in every row".formatted(c.name())));
    FilePlan plan =
        new FilePlan(
            file, container, encoding, format, layout, columns, label, time, id, false, rows, whole,
            missing, notes);
    return new FilePlan(
        file,
        container,
        encoding,
        format,
        layout,
        columns,
        label,
        time,
        id,
        ordered(plan),
        rows,
        whole,
        missing,
        notes);
  }

  private void note(Label label) {
    if (label.unusable() > 0) {
      notes.add(
          "%d of %d labels in column '%s' are missing or neither yes nor no: their rows are rejected"
              .formatted(label.unusable(), label.unusable() + label.rows(), label.name()));
    }
    if (label.positives() == 0 || label.positives() == label.rows()) {
      notes.add("all labels are %s".formatted(label.positives() == 0 ? "negative" : "positive"));
    }
  }

  private List<Column> columns(RawRows.Layout layout) {
    Boolean comma = decimalComma(layout);
    Map<String, String> types = options.pairs(Option.TYPES);
    Map<String, String> splits = options.pairs(Option.SPLIT);
    refuseUnknown(Option.TYPES, types.keySet());
    refuseUnknown(Option.SPLIT, splits.keySet());
    Optional<String> timeName = options.get(Option.TIME);
    List<Column> columns = new ArrayList<>();
    for (ColumnProfile profile : profiles) {
      String type = types.get(profile.name());
      InstantSpelling spelling =
          timeName.filter(profile.name()::equals).isPresent()
              ? options.get(Option.TIME_FORMAT).map(FilePlanner::spelling).orElse(null)
              : null;
      Column column =
          profile.column(
              type == null ? null : ColumnType.named(profile.name(), type),
              comma,
              splits.get(profile.name()),
              spelling);
      boolean number = column.type() == ColumnType.WHOLE || column.type() == ColumnType.NUMBER;
      columns.add(
          number && type == null && texts.contains(column.name())
              ? profile.column(ColumnType.TEXT, comma, null, null)
              : column);
    }
    return columns;
  }

  private void refuseUnknown(Option option, Set<String> names) {
    Set<String> known = new HashSet<>();
    profiles.forEach(p -> known.add(p.name()));
    for (String name : names) {
      if (!known.contains(name)) {
        throw new UnusableFileException(
            "%s: column '%s' is not in the file%s"
                .formatted(option.option(), name, NearestName.hint(name, known)));
      }
    }
  }

  private static InstantSpelling spelling(String given) {
    String name = given.strip().toUpperCase(Locale.ROOT).replace('-', '_');
    for (InstantSpelling spelling : InstantSpelling.values()) {
      if (spelling.name().equals(name)) {
        return spelling;
      }
    }
    throw new UnusableFileException(
        "--time-format '%s', expected one of %s"
            .formatted(
                given,
                Arrays.stream(InstantSpelling.values())
                    .map(s -> s.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .toList()));
  }

  private @Nullable Boolean decimalComma(RawRows.Layout layout) {
    Optional<String> given = options.get(Option.DECIMAL);
    if (given.isPresent()) {
      return switch (given.get()) {
        case "comma" -> true;
        case "point" -> false;
        default ->
            throw new UnusableFileException(
                "--decimal '%s', expected point or comma".formatted(given.get()));
      };
    }
    boolean yes = false;
    boolean no = false;
    for (ColumnProfile profile : profiles) {
      Boolean comma = profile.comma();
      yes |= Boolean.TRUE.equals(comma);
      no |= Boolean.FALSE.equals(comma);
    }
    if (yes != no) {
      return yes;
    }
    // Where commas are decimal, semicolons stand between cells.
    boolean semicolon =
        layout instanceof DelimitedSource.Layout d && d.dialect().separator().startsWith(";");
    return !yes && semicolon ? Boolean.TRUE : null;
  }

  private Optional<Column> time(List<Column> columns, Optional<Label> label) {
    if (options.isNone(Option.TIME)) {
      return Optional.empty();
    }
    Optional<String> given = options.get(Option.TIME);
    if (given.isPresent()) {
      List<String> names = columns.stream().map(Column::name).toList();
      int at = names.indexOf(given.get());
      if (at < 0) {
        throw new UnusableFileException(
            "--time: column '%s' is not in the file%s"
                .formatted(given.get(), NearestName.hint(given.get(), new HashSet<>(names))));
      }
      return Optional.of(columns.get(at));
    }
    List<Integer> found = new ArrayList<>();
    for (int c = 0; c < columns.size(); c++) {
      boolean isLabel = label.isPresent() && label.get().column() == c;
      if (columns.get(c).type() == ColumnType.INSTANT && !isLabel) {
        found.add(c);
      }
    }
    int best = -1;
    int rank = Integer.MAX_VALUE;
    for (int c : found) {
      int at = TIMES.indexOf(LabelFinder.normal(columns.get(c).name()));
      int own = at < 0 ? TIMES.size() : at;
      if (own < rank) {
        rank = own;
        best = c;
      }
    }
    if (best < 0) {
      return Optional.empty();
    }
    Column time = columns.get(best);
    if (found.size() > 1) {
      notes.add(
          "%d columns hold times, '%s' is taken for the event's; --time names another"
              .formatted(found.size(), time.name()));
    }
    InstantSpelling spelling = time.spelling().instants();
    if ((spelling == InstantSpelling.MONTH_DAY_YEAR || spelling == InstantSpelling.DAY_MONTH_YEAR)
        && profiles.get(best).dayOrMonth()
        && options.get(Option.TIME_FORMAT).isEmpty()) {
      throw new UnusableFileException(
          "column '%s': nothing tells day from month in '%s'; --time %s with --time-format month-day-year or day-month-year does"
              .formatted(time.name(), time.examples().get(0), time.name()));
    }
    return Optional.of(time);
  }

  private Optional<Column> id(List<Column> columns) {
    if (options.isNone(Option.ID)) {
      return Optional.empty();
    }
    Optional<String> given = options.get(Option.ID);
    if (given.isPresent()) {
      return Optional.of(
          columns.stream()
              .filter(c -> c.name().equals(given.get()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new UnusableFileException(
                          "--id: column '%s' is not in the file%s"
                              .formatted(
                                  given.get(),
                                  NearestName.hint(
                                      given.get(),
                                      new HashSet<>(
                                          columns.stream().map(Column::name).toList()))))));
    }
    return columns.stream()
        .filter(c -> IDS.contains(LabelFinder.normal(c.name())) && c.unique())
        .findFirst();
  }

  /** Whether times never go back among the rows that were looked at. */
  private boolean ordered(FilePlan plan) throws IOException {
    if (plan.time().isEmpty()) {
      return false;
    }
    int at = plan.indexOf(plan.time().get().name());
    InstantSpelling spelling = plan.time().get().spelling().instants();
    long last = Long.MIN_VALUE;
    try (RawRows source = source(plan)) {
      for (RawRow row = source.next(); row != null; row = source.next()) {
        String text = row.problem() == null && at < row.cells().length ? row.cells()[at] : null;
        Long millis = text == null ? null : spelling.millis(text);
        if (millis != null) {
          if (millis < last) {
            return false;
          }
          last = millis;
        }
      }
    }
    return true;
  }

  private RawRows source(FilePlan plan) throws IOException {
    Reader text = plan.format().isText() ? reader() : null;
    return plan.layout().open(new RawRows.Opening(file, text, plan.names(), cells -> true));
  }
}
