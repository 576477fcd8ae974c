package io.millrace.file;

import io.millrace.feature.InstantSpelling;
import io.millrace.feature.MissingMarkers;
import io.millrace.feature.NumberSpelling;
import io.millrace.file.decoding.UnusableFileException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a file in the order of one column, by an external merge sort: as many as the memory holds
 * are sorted and written, then all of these runs are read side by side. Rows that cannot be used,
 * and those without a value to order by, which become such, come first. Stable.
 */
final class SortedRows implements RowReader {
  private static final int BUFFER = 1 << 16;
  private static final int MOST_RUNS = 200;
  private static final int ROW_OVERHEAD = 200;
  private static final int CELL_OVERHEAD = 64;

  private final List<String> names;
  private final List<Path> files = new ArrayList<>();
  private final PriorityQueue<Run> runs = new PriorityQueue<>();
  private final Path folder;

  /** A row and what it is ordered by: a number, then a text, then its place in the file. */
  private record Keyed(double number, String text, long place, Row row)
      implements Comparable<Keyed> {
    private static final Comparator<Keyed> ORDER =
        Comparator.comparingDouble(Keyed::number)
            .thenComparing(Keyed::text)
            .thenComparingLong(Keyed::place);

    @Override
    public int compareTo(Keyed other) {
      return ORDER.compare(this, other);
    }
  }

  /** Rows in order, from memory or from a file. */
  private abstract static class Run implements Comparable<Run> {
    @Nullable Keyed next;

    abstract void advance() throws IOException;

    void close() throws IOException {}

    @Override
    public int compareTo(Run other) {
      Keyed own = next;
      Keyed others = other.next;
      if (own == null || others == null) {
        throw new IllegalStateException("a run without rows in the queue");
      }
      return own.compareTo(others);
    }
  }

  private SortedRows(List<String> names, Path folder) {
    this.names = names;
    this.folder = folder;
  }

  static SortedRows of(FilePlan plan, String column, Path folder, long memory) throws IOException {
    int at = plan.indexOf(column);
    if (at < 0) {
      throw new UnusableFileException(
          "--order-by '%s', expected one of %s".formatted(column, plan.names()));
    }
    SortedRows sorted = new SortedRows(plan.names(), folder);
    try (RowReader rows = plan.open()) {
      sorted.fill(rows, plan.columns().get(at), at, memory);
    } catch (IOException | RuntimeException e) {
      sorted.close();
      throw e;
    }
    return sorted;
  }

  private void fill(RowReader rows, Column column, int at, long memory) throws IOException {
    List<Keyed> held = new ArrayList<>();
    long size = 0;
    long place = 0;
    for (Row row = rows.next(); row != null; row = rows.next()) {
      held.add(keyed(row, column, at, place++));
      size += ROW_OVERHEAD + row.text().length() * 2L;
      for (String value : row.values()) {
        size += CELL_OVERHEAD + (value == null ? 0 : value.length());
      }
      if (size >= memory) {
        write(held);
        held = new ArrayList<>();
        size = 0;
        if (files.size() >= MOST_RUNS) {
          mergeFiles();
        }
      }
    }
    held.sort(Comparator.naturalOrder());
    open();
    add(new InMemory(held));
  }

  private static Keyed keyed(Row row, Column column, int at, long place) {
    if (row.rejection() != null) {
      return new Keyed(Double.NEGATIVE_INFINITY, "", place, row);
    }
    String value = row.values()[at];
    String text = value == null ? "" : value.strip();
    double number = 0;
    boolean missing;
    if (column.type() == ColumnType.INSTANT) {
      InstantSpelling spelling = column.spelling().instants();
      Long millis = spelling.millis(text);
      missing = millis == null;
      number = millis == null ? 0 : millis;
      text = "";
    } else if (column.type() == ColumnType.WHOLE || column.type() == ColumnType.NUMBER) {
      NumberSpelling spelling = column.spelling().numbers();
      number = spelling.toDouble(text);
      missing = Double.isNaN(number);
      text = "";
    } else {
      missing = MissingMarkers.isMissing(text);
    }
    if (missing) {
      Rejection none =
          Rejection.of(
              Rejection.Kind.VALUE,
              column.name(),
              value,
              "no value in column '%s' to order by".formatted(column.name()));
      return new Keyed(
          Double.NEGATIVE_INFINITY, "", place, Row.unusable(row.line(), none, row.text()));
    }
    return new Keyed(number == 0 ? 0 : number, text, place, row);
  }

  private void write(List<Keyed> held) throws IOException {
    held.sort(Comparator.naturalOrder());
    Path file = newFile();
    try (DataOutputStream out = output(file)) {
      for (Keyed keyed : held) {
        write(out, keyed);
      }
    }
  }

  private Path newFile() throws IOException {
    Files.createDirectories(folder);
    Path file = Files.createTempFile(folder, "order", ".rows");
    files.add(file);
    return file;
  }

  private static DataOutputStream output(Path file) throws IOException {
    return new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER));
  }

  /** Makes one file of all. */
  private void mergeFiles() throws IOException {
    List<Path> old = new ArrayList<>(files);
    open();
    Path file = newFile();
    try (DataOutputStream out = output(file)) {
      for (Keyed keyed = poll(); keyed != null; keyed = poll()) {
        write(out, keyed);
      }
    }
    for (Path path : old) {
      Files.deleteIfExists(path);
      files.remove(path);
    }
  }

  private void open() throws IOException {
    for (Path file : files) {
      add(new InFile(file));
    }
  }

  private void add(Run run) throws IOException {
    run.advance();
    if (run.next == null) {
      run.close();
    } else {
      runs.add(run);
    }
  }

  private @Nullable Keyed poll() throws IOException {
    Run first = runs.poll();
    if (first == null) {
      return null;
    }
    Keyed keyed = first.next;
    add(first);
    return keyed;
  }

  @Override
  public @Nullable Row next() throws IOException {
    Keyed keyed = poll();
    return keyed == null ? null : keyed.row();
  }

  @Override
  public void close() throws IOException {
    for (Run run : runs) {
      run.close();
    }
    runs.clear();
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
    files.clear();
  }

  private static final class InMemory extends Run {
    private final List<Keyed> rows;
    private int at;

    InMemory(List<Keyed> rows) {
      this.rows = rows;
    }

    @Override
    void advance() {
      next = at < rows.size() ? rows.set(at++, null) : null;
    }
  }

  private final class InFile extends Run {
    private final DataInputStream in;

    InFile(Path file) throws IOException {
      this.in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER));
    }

    @Override
    void advance() throws IOException {
      next = read(in);
    }

    @Override
    void close() throws IOException {
      in.close();
    }
  }

  private static void write(DataOutputStream out, Keyed keyed) throws IOException {
    Row row = keyed.row();
    out.writeDouble(keyed.number());
    text(out, keyed.text());
    out.writeLong(keyed.place());
    out.writeLong(row.line());
    out.writeByte(row.label());
    out.writeLong(row.time());
    Rejection rejection = row.rejection();
    out.writeByte(rejection == null ? -1 : rejection.kind().ordinal());
    if (rejection != null) {
      text(out, rejection.field());
      text(out, rejection.value());
      text(out, rejection.message());
      text(out, row.text());
    }
    out.writeInt(row.values().length);
    for (String value : row.values()) {
      text(out, value);
    }
  }

  private @Nullable Keyed read(DataInputStream in) throws IOException {
    double number;
    try {
      number = in.readDouble();
    } catch (EOFException e) {
      return null;
    }
    String key = String.valueOf(text(in));
    long place = in.readLong();
    long line = in.readLong();
    int label = in.readByte();
    long time = in.readLong();
    int kind = in.readByte();
    Rejection rejection = null;
    String original = "";
    if (kind >= 0) {
      rejection =
          Rejection.of(Rejection.Kind.values()[kind], text(in), text(in), String.valueOf(text(in)));
      original = String.valueOf(text(in));
    }
    @Nullable String[] values = new String[in.readInt()];
    for (int v = 0; v < values.length; v++) {
      values[v] = text(in);
    }
    return new Keyed(
        number, key, place, new Row(line, label, time, names, values, rejection, original));
  }

  private static void text(DataOutputStream out, @Nullable String text) throws IOException {
    if (text == null) {
      out.writeInt(-1);
      return;
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static @Nullable String text(DataInputStream in) throws IOException {
    int length = in.readInt();
    return length < 0 ? null : new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }
}
