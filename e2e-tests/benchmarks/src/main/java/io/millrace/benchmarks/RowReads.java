package io.millrace.benchmarks;

import io.millrace.embedding.InitialRows;
import io.millrace.embedding.TableSnapshot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * Reads rows of 16 values at random from a server's table and from RocksDB, both warm. Arguments:
 * rows (default 1,000,000), seconds per figure (default 5).
 */
final class RowReads {
  private static final int WIDTH = 16;
  private static final int READS = 1000;

  private RowReads() {}

  public static void main(String[] args) throws IOException, RocksDBException {
    int rows = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
    double seconds = args.length > 1 ? Double.parseDouble(args[1]) : 5;
    Path directory = Files.createTempDirectory("row-reads");
    RocksDB.loadLibrary();
    try (Options options = new Options().setCreateIfMissing(true);
        RocksDB db = RocksDB.open(options, directory.toString())) {
      compare(rows, seconds, db);
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void compare(int rows, double seconds, RocksDB db) throws RocksDBException {
    TableSnapshot.Builder builder =
        TableSnapshot.initial(rows, WIDTH, new InitialRows(1, 0.1f, 0)).with();
    SplittableRandom random = new SplittableRandom(1);
    float[] row = new float[WIDTH];
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < WIDTH; i++) {
        row[i] = (float) random.nextDouble();
      }
      builder.put(r, row, 0);
      db.put(key(r), bytes(row));
    }
    TableSnapshot table = builder.build();
    float[] fromTable = new float[WIDTH];
    float[] fromStore = new float[WIDTH];
    for (int r = 0; r < rows; r += 997) {
      read(table, r, fromTable);
      read(db, r, fromStore);
      if (!Arrays.equals(fromTable, fromStore)) {
        throw new IllegalStateException("row " + r + " differs, expected the same in both");
      }
    }
    double store = CpuTime.of(() -> many(random, rows, r -> read(db, r, fromStore)), seconds);
    double memory = CpuTime.of(() -> many(random, rows, r -> read(table, r, fromTable)), seconds);
    System.out.printf(
        Locale.ROOT,
        "rows of %d values, %,d of them: RocksDB %,.0f reads/CPU-s, table %,.0f, ratio %.1f%n",
        WIDTH,
        rows,
        READS / store,
        READS / memory,
        store / memory);
  }

  /** Reads one row. */
  private interface Read {
    void row(int row);
  }

  private static void many(SplittableRandom random, int rows, Read read) {
    for (int i = 0; i < READS; i++) {
      read.row(random.nextInt(rows));
    }
  }

  private static void read(TableSnapshot table, int row, float[] to) {
    Arrays.fill(to, 0);
    table.addRow(row, 1, to, 0);
  }

  private static void read(RocksDB db, int row, float[] to) {
    try {
      byte[] value = db.get(key(row));
      ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(to);
    } catch (RocksDBException e) {
      throw new IllegalStateException("row " + row, e);
    }
  }

  private static byte[] key(int row) {
    return ByteBuffer.allocate(4).putInt(row).array();
  }

  private static byte[] bytes(float[] row) {
    ByteBuffer buffer = ByteBuffer.allocate(row.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(row);
    return buffer.array();
  }
}
