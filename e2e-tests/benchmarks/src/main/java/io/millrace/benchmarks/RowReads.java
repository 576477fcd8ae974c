package io.millrace.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.millrace.embedding.InitialRows;
import io.millrace.embedding.LearnerTable;
import io.millrace.embedding.RowFormat;
import io.millrace.embedding.RowGradients;
import io.millrace.embedding.TableSnapshot;
import io.millrace.optimizer.Optimizer;
import io.millrace.optimizer.RowWiseAdagrad;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/**
 * Rows of 16 values, read at random and learned, on one core: a server's table in each row format,
 * the learner's table, a {@code HashMap}, Caffeine, and RocksDB, all warm. Arguments: rows (default
 * 16,000,000, which are 1 GB in fp32), seconds a figure (default 3). Prints CSV; rows a second are
 * those of the thread's CPU time.
 */
final class RowReads {
  static final int WIDTH = 16;
  private static final int BATCH = 1024;
  private static final InitialRows LEARNED = new InitialRows(2, 0.1f, 0);

  private final int rows;
  private final double seconds;
  private final SplittableRandom random = new SplittableRandom(1);
  private final int[] batch = new int[BATCH];

  private RowReads(int rows, double seconds) {
    this.rows = rows;
    this.seconds = seconds;
  }

  public static void main(String[] args) throws IOException, RocksDBException {
    RowReads reads =
        new RowReads(
            args.length > 0 ? Integer.parseInt(args[0]) : 16_000_000,
            args.length > 1 ? Double.parseDouble(args[1]) : 3);
    System.out.println("store,what,million rows/s,bytes a row");
    reads.tables();
    reads.learner();
    reads.hashMap();
    reads.caffeine();
    reads.rocksDb();
  }

  /** The values of a row, the same in all stores. */
  static void valuesOf(int row, float[] to) {
    Arrays.fill(to, 0, WIDTH, 0);
    LEARNED.addTo(row, 1, to, 0, WIDTH);
  }

  /** Reads one row. */
  interface Read {
    void row(int row, float[] to);
  }

  /** Reads some rows, whose values follow each other. */
  interface Reads {
    void rows(int[] rows, float[] to);
  }

  private void tables() {
    TableSnapshot.Builder builder =
        TableSnapshot.initial(rows, WIDTH, new InitialRows(1, 0.1f, 0)).with();
    float[] row = new float[WIDTH];
    for (int r = 0; r < rows; r++) {
      valuesOf(r, row);
      builder.put(r, row, 0);
    }
    TableSnapshot exact = builder.build();
    for (RowFormat format : RowFormat.values()) {
      TableSnapshot table = exact.in(format);
      String name = "server's table " + format.name().toLowerCase(Locale.ROOT);
      reportOne(
          name,
          "reads",
          (r, to) -> table.getRow(r, 1, to, 0),
          format.errorBound(0.1f),
          (double) table.bytes() / rows);
      long[] numbers = new long[BATCH];
      reportMany(
          name,
          BATCH + " reads at a time",
          (some, to) -> {
            for (int i = 0; i < BATCH; i++) {
              numbers[i] = some[i];
            }
            table.getRows(numbers, BATCH, to);
          },
          format.errorBound(0.1f),
          (double) table.bytes() / rows);
    }
  }

  private void learner() {
    Optimizer adagrad = new RowWiseAdagrad(0.01f, 1e-6f, 0.1f);
    LearnerTable table =
        new LearnerTable(rows, WIDTH, adagrad.slots(WIDTH), new InitialRows(1, 0.1f, 0));
    float[] row = new float[WIDTH];
    for (int r = 0; r < rows; r++) {
      valuesOf(r, row);
      table.put(r, row, 0);
    }
    int bytes = (WIDTH + adagrad.slots(WIDTH)) * Float.BYTES;
    reportOne("learner's table", "reads", (r, to) -> table.getRow(r, 1, to, 0), 0, bytes);
    List<RowGradients> gradients = gradients();
    int[] next = {0};
    report(
        "learner's table",
        "row-wise Adagrad updates",
        CpuTime.of(
            () -> table.update(gradients.get(next[0]++ % gradients.size()), adagrad::update),
            seconds),
        bytes);
  }

  /** Of distinct random rows, so many that a cache does not keep what one of them touches. */
  private List<RowGradients> gradients() {
    float[] gradient = new float[WIDTH];
    Arrays.fill(gradient, 0.01f);
    List<RowGradients> each = new ArrayList<>();
    for (int i = 0; i < 512; i++) {
      RowGradients some = new RowGradients(WIDTH);
      while (some.size() < Math.min(BATCH, rows)) {
        some.add(random.nextInt(rows), 1, gradient, 0);
      }
      each.add(some);
    }
    return each;
  }

  private void hashMap() {
    Optimizer adagrad = new RowWiseAdagrad(0.01f, 1e-6f, 0.1f);
    Map<Long, float[]> map = new HashMap<>(rows * 2);
    for (int r = 0; r < rows; r++) {
      float[] row = new float[WIDTH + 1]; // with Adagrad's slot
      valuesOf(r, row);
      map.put((long) r, row);
    }
    long bytes = 24 + 32 + 16 + (WIDTH + 1) * 4 + 8; // the key, its entry, the array, the table
    reportOne("HashMap", "reads", (r, to) -> copy(map.get((long) r), to), 0, bytes);
    List<RowGradients> gradients = gradients();
    int[] next = {0};
    report(
        "HashMap",
        "row-wise Adagrad updates",
        CpuTime.of(
            () -> {
              RowGradients some = gradients.get(next[0]++ % gradients.size());
              for (int i = 0; i < some.size(); i++) {
                float[] row = Objects.requireNonNull(map.get(some.row(i)));
                adagrad.update(row, 0, WIDTH, row, WIDTH, some.values(), i * WIDTH);
              }
            },
            seconds),
        bytes);
  }

  private void caffeine() {
    Cache<Long, float[]> cache =
        Caffeine.newBuilder().initialCapacity(rows).maximumSize(rows + 1L).build();
    for (int r = 0; r < rows; r++) {
      float[] row = new float[WIDTH];
      valuesOf(r, row);
      cache.put((long) r, row);
    }
    reportOne(
        "Caffeine",
        "reads",
        (r, to) -> copy(cache.getIfPresent((long) r), to),
        0,
        24 + 56 + 16 + WIDTH * 4 + 24);
  }

  private static void copy(float @Nullable [] row, float[] to) {
    System.arraycopy(Objects.requireNonNull(row), 0, to, 0, WIDTH);
  }

  private void rocksDb() throws IOException, RocksDBException {
    for (RocksRows.Kind kind : RocksRows.Kind.values()) {
      try (RocksRows store = RocksRows.of(kind, rows, BATCH)) {
        String name = "RocksDB " + kind.words();
        double bytes = (double) store.bytes() / rows;
        reportOne(name, "gets", store::get, 0, bytes);
        if (kind == RocksRows.Kind.DEFAULT) {
          continue;
        }
        reportOne(name, "gets into direct buffers", store::getDirect, 0, bytes);
        reportMany(name, "multiGet of " + BATCH, store::multiGet, 0, bytes);
        reportMany(
            name,
            "multiGet of " + BATCH + " sorted",
            (some, to) -> {
              Arrays.sort(some);
              store.multiGet(some, to);
            },
            0,
            bytes);
        report(name, "scan in order", CpuTime.of(() -> store.scan(BATCH), seconds), bytes);
      }
    }
  }

  private void reportOne(String store, String what, Read read, float tolerance, double bytes) {
    float[] actual = new float[WIDTH];
    float[] expected = new float[WIDTH];
    for (int r = 0; r < rows; r += Math.max(1, rows / 1000)) {
      read.row(r, actual);
      valuesOf(r, expected);
      check(store, r, actual, 0, expected, tolerance);
    }
    report(
        store,
        what,
        CpuTime.of(
            () -> {
              for (int i = 0; i < BATCH; i++) {
                read.row(random.nextInt(rows), actual);
              }
            },
            seconds),
        bytes);
  }

  private void reportMany(String store, String what, Reads reads, float tolerance, double bytes) {
    float[] actual = new float[BATCH * WIDTH];
    float[] expected = new float[WIDTH];
    draw();
    reads.rows(batch, actual);
    for (int i = 0; i < BATCH; i++) {
      valuesOf(batch[i], expected);
      check(store, batch[i], actual, i * WIDTH, expected, tolerance);
    }
    report(
        store,
        what,
        CpuTime.of(
            () -> {
              draw();
              reads.rows(batch, actual);
            },
            seconds),
        bytes);
  }

  private void draw() {
    for (int i = 0; i < BATCH; i++) {
      batch[i] = random.nextInt(rows);
    }
  }

  private static void check(
      String store, int row, float[] actual, int at, float[] expected, float tolerance) {
    IntFunction<String> words = i -> "%s, row %d, value %d".formatted(store, row, i);
    for (int i = 0; i < WIDTH; i++) {
      Checks.close(words.apply(i), actual[at + i], expected[i], tolerance);
    }
  }

  private static void report(String store, String what, double secondsOfBatch, double bytes) {
    System.out.printf(
        Locale.ROOT, "%s,%s,%.2f,%.0f%n", store, what, BATCH / secondsOfBatch * 1e-6, bytes);
  }
}
