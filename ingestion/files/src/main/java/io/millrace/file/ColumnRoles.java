package io.millrace.file;

import io.millrace.feature.InstantSpelling;
import io.millrace.feature.NearestName;
import io.millrace.file.FileOptions.Option;
import io.millrace.file.decoding.UnusableFileException;
import io.millrace.wire.EventRules;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Says of each column of a file what it is, and which are label, time and id. */
final class ColumnRoles {
  /** Times that are the event's, those first that say so. */
  private static final List<String> TIMES =
      List.of(
          "ts",
          "timestamp",
          "time",
          "timems",
          "timestampms",
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
          "row",
          "reviewid",
          "recommendationid",
          "passengerid",
          "transactionid",
          "orderid",
          "recordid");

  /** A larger share of times before those that events may have, and they are not the event's. */
  private static final double MOST_EARLY = 0.01;

  private final List<ColumnProfile> profiles;
  private final FileOptions options;
  private final Traits traits;
  private final List<String> notes;

  /**
   * What a file's format says of its columns.
   *
   * @param named whether columns have names of their own
   * @param sparse whether rows are labels and pairs
   * @param semicolons whether semicolons stand between cells, as where commas are decimal
   * @param texts columns that the file itself says to be texts, whatever these look like
   */
  record Traits(boolean named, boolean sparse, boolean semicolons, Set<String> texts) {}

  /** The rows that were looked at, from their beginning. */
  @FunctionalInterface
  interface RowSource {
    RawRows open() throws IOException;
  }

  /** What was found. */
  record Roles(
      List<Column> columns,
      Optional<Label> label,
      Optional<Column> time,
      Optional<Column> id,
      boolean timeOrdered) {}

  /**
   * @param notes what people should know is added
   */
  ColumnRoles(
      List<ColumnProfile> profiles, FileOptions options, Traits traits, List<String> notes) {
    this.profiles = profiles;
    this.options = options;
    this.traits = traits;
    this.notes = notes;
  }

  /**
   * Finds them.
   *
   * @throws UnusableFileException naming the option that decides what the file does not tell
   */
  Roles find(RowSource rows) throws IOException {
    List<Column> columns = columns();
    Optional<Label> label =
        new LabelFinder(profiles, options, traits.named(), traits.sparse()).find();
    label.ifPresent(this::note);
    if (label.isPresent() && !traits.sparse()) {
      // Of labels and pairs, a feature that is not there has the value 0.
      columns = withLeaks(columns, label.get(), rows);
    }
    Optional<Column> time = time(columns, label);
    Optional<Column> id = id(columns);
    columns.stream()
        .filter(column -> column.empty() && !traits.sparse())
        .limit(20)
        .forEach(c -> notes.add("column '%s' is empty in every row".formatted(c.name())));
    if (time.isPresent() && options.get(Option.TIME).isEmpty()) {
      time = orNone(time.get(), columns.indexOf(time.get()), rows);
    }
    boolean ordered = time.isPresent() && ordered(rows, columns.indexOf(time.get()), time.get());
    return new Roles(columns, label, time, id, ordered);
  }

  /** Marks columns that tell the label, but for those whose type the user says. */
  private List<Column> withLeaks(List<Column> columns, Label label, RowSource rows)
      throws IOException {
    Set<String> wanted = options.pairs(Option.TYPES).keySet();
    // Of a schema that is given, its features are known.
    List<String> suspicious = options.schema().isEmpty() ? notes : new ArrayList<>();
    List<Column> marked = new ArrayList<>(LabelLeaks.marked(columns, label, rows, suspicious));
    for (int c = 0; c < marked.size(); c++) {
      if (wanted.contains(marked.get(c).name())) {
        marked.set(c, columns.get(c));
      }
    }
    return marked;
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

  private List<Column> columns() {
    Boolean comma = decimalComma();
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
              ? options.get(Option.TIME_FORMAT).map(ColumnRoles::spelling).orElse(null)
              : null;
      Column column =
          profile.column(
              type == null ? null : ColumnType.named(profile.name(), type),
              comma,
              splits.get(profile.name()),
              spelling);
      boolean number = column.type() == ColumnType.WHOLE || column.type() == ColumnType.NUMBER;
      columns.add(
          number && type == null && traits.texts().contains(column.name())
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

  private @Nullable Boolean decimalComma() {
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
    // Where commas are decimal, traits.semicolons() stand between cells.
    return !yes && traits.semicolons() ? Boolean.TRUE : null;
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
      Column column = columns.get(c);
      if (column.type() == ColumnType.INSTANT && column.onlyWhere() == null && !isLabel) {
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
    // A table of pandas begins with the row's number, without a name.
    Set<String> numbered = Set.of("column1", "unnamed0");
    return columns.stream()
        .filter(
            c ->
                c.unique()
                    && (IDS.contains(LabelFinder.normal(c.name()))
                        || (c == columns.get(0)
                            && numbered.contains(LabelFinder.normal(c.name())))))
        .findFirst();
  }

  /**
   * The time, if it may be that of events: all but a few values are no earlier than these may be.
   */
  private Optional<Column> orNone(Column time, int at, RowSource rows) throws IOException {
    long[] counts = new long[2];
    eachTime(
        rows,
        at,
        time,
        millis -> {
          counts[0]++;
          counts[1] += millis < EventRules.EARLIEST_EVENT_TIME ? 1 : 0;
          return true;
        });
    if (counts[1] <= MOST_EARLY * counts[0]) {
      return Optional.of(time);
    }
    notes.add(
        "%d of %d times in column '%s' are before 2000, as no event's may be: it is not taken for the event time"
            .formatted(counts[1], counts[0], time.name()));
    return Optional.empty();
  }

  /** Whether times never go back among the rows that were looked at. */
  private static boolean ordered(RowSource rows, int at, Column time) throws IOException {
    long[] last = {Long.MIN_VALUE};
    return eachTime(
        rows,
        at,
        time,
        millis -> {
          boolean forward = millis >= last[0];
          last[0] = millis;
          return forward;
        });
  }

  /** Gives the times until one is refused; false if one was. */
  private static boolean eachTime(RowSource rows, int at, Column time, LongPredicate each)
      throws IOException {
    InstantSpelling spelling = time.spelling().instants();
    try (RawRows source = rows.open()) {
      for (RawRow row = source.next(); row != null; row = source.next()) {
        String text = row.problem() == null && at < row.cells().length ? row.cells()[at] : null;
        Long millis = text == null ? null : spelling.millis(text);
        if (millis != null && !each.test(millis)) {
          return false;
        }
      }
    }
    return true;
  }
}
