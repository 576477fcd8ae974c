package io.millrace.file;

import io.millrace.feature.NumberSpelling;
import io.millrace.file.decoding.Container;
import io.millrace.file.decoding.FileSample;
import io.millrace.file.decoding.TextEncoding;
import io.millrace.file.decoding.UnusableFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a file is, and how its rows are read: found from its bytes and from rows of its head, middle
 * and end, or said by the user. The same bytes and options always give the same plan. Immutable.
 */
public final class FilePlan {
  private final Path file;
  private final Container container;
  private final TextEncoding encoding;
  private final FileFormat format;
  private final RawRows.Layout layout;
  private final List<Column> columns;
  private final Optional<Label> label;
  private final Optional<Column> time;
  private final Optional<Column> id;
  private final boolean timeOrdered;
  private final long rows;
  private final boolean whole;
  private final Set<String> missing;
  private final List<String> notes;

  FilePlan(
      FileSample sample,
      FileFormat format,
      RawRows.Layout layout,
      ColumnRoles.Roles roles,
      long rows,
      Set<String> missing,
      List<String> notes) {
    this.file = sample.file();
    this.container = sample.container();
    this.encoding = sample.encoding();
    this.format = format;
    this.layout = layout;
    this.columns = List.copyOf(roles.columns());
    this.label = roles.label();
    this.time = roles.time();
    this.id = roles.id();
    this.timeOrdered = roles.timeOrdered();
    this.rows = rows;
    this.whole = sample.whole();
    this.missing = Set.copyOf(missing);
    this.notes = List.copyOf(notes);
  }

  /**
   * Looks at a file.
   *
   * @throws UnusableFileException saying in one sentence what is wrong with it, or which option
   *     decides what it does not tell
   */
  public static FilePlan of(Path file, FileOptions options) {
    return new FilePlanner(file, options).plan();
  }

  public Path file() {
    return file;
  }

  public Container container() {
    return container;
  }

  public TextEncoding encoding() {
    return encoding;
  }

  public FileFormat format() {
    return format;
  }

  RawRows.Layout layout() {
    return layout;
  }

  /** All columns, in the order of a row's values. */
  public List<Column> columns() {
    return columns;
  }

  /** The names of all columns. */
  public List<String> names() {
    return columns.stream().map(Column::name).toList();
  }

  /** The label; empty only where the user said that there is none. */
  public Optional<Label> label() {
    return label;
  }

  /** The column of the event time. */
  public Optional<Column> time() {
    return time;
  }

  /** The column with an id of the row. */
  public Optional<Column> id() {
    return id;
  }

  /** Whether the rows that were looked at are in the order of their times. */
  public boolean timeOrdered() {
    return timeOrdered;
  }

  /** Rows that were looked at. */
  public long rows() {
    return rows;
  }

  /** Whether all rows were looked at. */
  public boolean whole() {
    return whole;
  }

  /** Texts that the user said to mean that a value is missing. */
  Set<String> missing() {
    return missing;
  }

  /** What the user should know: where something was assumed, or is odd. */
  public List<String> notes() {
    return notes;
  }

  /** Where a column stands, or -1. */
  public int indexOf(String column) {
    return names().indexOf(column);
  }

  /** The rows, in the order of the file. */
  public RowReader open() throws IOException {
    return new PlannedRows(this);
  }

  /**
   * The rows in the order of a column, and within equal values in that of the file: times by time,
   * numbers by size, others as text; rows without a value are rejected ones. At most about {@code
   * memory} bytes of rows are held; others go to files in {@code folder}, which are deleted at the
   * end.
   *
   * @throws UnusableFileException if there is no such column
   */
  public RowReader openOrdered(String column, Path folder, long memory) throws IOException {
    return SortedRows.of(this, column, folder, memory);
  }

  /** The plan as a short table: what it is, label, time, id, columns, then notes. */
  public List<String> describe() {
    List<String> lines = new ArrayList<>();
    String how =
        layout instanceof DelimitedSource.Layout d
            ? ", separator %s, %s, %s"
                .formatted(
                    d.dialect().words(),
                    d.dialect().quote() == 0 ? "no quotes" : "quote " + d.dialect().quote(),
                    d.header() ? "header" : "no header")
            : "";
    lines.add(
        "file: %s, %s%s%s"
            .formatted(
                format.words(),
                container.words(),
                format.isText() ? ", " + encoding.charset().name() : "",
                how));
    lines.add(
        String.format(
            Locale.ROOT,
            "rows: %,d looked at%s",
            rows,
            whole ? " (all)" : " (head, middle and end)"));
    lines.add(label.map(FilePlan::words).orElse("label: none"));
    lines.add(
        time.map(
                t ->
                    "time: %s, %s%s"
                        .formatted(
                            t.name(),
                            t.spelling().instants().words(),
                            timeOrdered ? ", in order" : ", not in order"))
            .orElse("time: none"));
    id.ifPresent(c -> lines.add("id: " + c.name()));
    StringBuilder all = new StringBuilder("columns: ");
    int shown = Math.min(columns.size(), 40);
    for (int c = 0; c < shown; c++) {
      all.append(c == 0 ? "" : " · ").append(words(columns.get(c)));
    }
    lines.add(all + (columns.size() > shown ? " · and " + (columns.size() - shown) + " more" : ""));
    notes.forEach(note -> lines.add("note: " + note));
    return lines;
  }

  private static String words(Label label) {
    String rule = label.rule().words();
    return String.format(
        Locale.ROOT,
        "label: %s (%.3g %% positive%s)",
        label.name(),
        100 * label.positiveShare(),
        rule.isEmpty() ? "" : ", " + rule);
  }

  /** A share that is neither none nor all. */
  static String percent(double share) {
    double percent = 100 * share;
    return percent > 99.9
        ? "over 99.9 %"
        : String.format(Locale.ROOT, percent < 10 ? "%.2g %%" : "%.3g %%", percent);
  }

  private static String words(Column column) {
    StringBuilder words =
        new StringBuilder(column.name()).append(' ').append(column.type().words());
    String split = column.spelling().split();
    boolean number = column.type() == ColumnType.NUMBER;
    if (column.type() == ColumnType.LIST && split != null && !split.equals("\u001f")) {
      words.append(" split by '").append(split).append('\'');
    } else if (column.type() == ColumnType.INSTANT) {
      words.append(" (").append(column.spelling().instants().words()).append(')');
    } else if (number && column.spelling().numbers() == NumberSpelling.DECIMAL_COMMA) {
      words.append(" (decimal comma)");
    } else if (number && column.spelling().numbers() == NumberSpelling.THOUSANDS_COMMA) {
      words.append(" (commas of thousands)");
    }
    if (column.missing() > 0) {
      words.append(
          String.format(
              Locale.ROOT,
              " (%s missing%s)",
              column.empty() ? "all" : percent(column.missingShare()),
              column.markers().isEmpty() ? "" : ": " + String.join(" ", column.markers())));
    }
    return words.toString();
  }
}
