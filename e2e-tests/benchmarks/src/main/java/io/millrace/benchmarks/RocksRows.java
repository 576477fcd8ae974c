package io.millrace.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.ByteBufferGetStatus;
import org.rocksdb.CompressionType;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.EnvOptions;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.PlainTableConfig;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.SstFileWriter;

/** Rows of fp32 values in a RocksDB of a temporary folder, written as SST files in order. */
final class RocksRows implements AutoCloseable {
  private static final int WIDTH = RowReads.WIDTH;
  private static final int ROWS_A_FILE = 4_000_000;

  /** How the database is set up. */
  enum Kind {
    /** RocksDB's own settings. */
    DEFAULT("as it comes"),
    /** All blocks in the cache, with a hash index in each of them. */
    CACHED("cached"),
    /** Plain tables, mapped into memory, with a hash index of keys. */
    MAPPED("plain tables");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  private final Path folder;
  private final List<AutoCloseable> owned = new ArrayList<>();
  private final RocksDB db;
  private final ReadOptions reading;
  private final List<ByteBuffer> keys = new ArrayList<>();
  private final List<ByteBuffer> values = new ArrayList<>();
  private final RocksIterator scanner;
  private final float[] scanned = new float[WIDTH];

  private RocksRows(Path folder, Kind kind, int rows, int batch) throws RocksDBException {
    this.folder = folder;
    Options options = own(new Options()).setCreateIfMissing(true);
    configure(kind, options);
    List<String> files = write(options, rows);
    db = own(RocksDB.open(options, folder.resolve("db").toString()));
    db.ingestExternalFile(files, own(new IngestExternalFileOptions()).setMoveFiles(true));
    reading = own(new ReadOptions()).setVerifyChecksums(false).setTotalOrderSeek(true);
    for (int i = 0; i < batch; i++) {
      keys.add(ByteBuffer.allocateDirect(4));
      values.add(ByteBuffer.allocateDirect(WIDTH * 4).order(ByteOrder.LITTLE_ENDIAN));
    }
    scanner = own(db.newIterator(reading));
    for (scanner.seekToFirst(); scanner.isValid(); scanner.next()) {} // warm
  }

  static RocksRows of(Kind kind, int rows, int batch) throws IOException, RocksDBException {
    RocksDB.loadLibrary();
    return new RocksRows(Files.createTempDirectory("rocks-rows"), kind, rows, batch);
  }

  private <T extends AutoCloseable> T own(T handle) {
    owned.add(handle);
    return handle;
  }

  private void configure(Kind kind, Options options) {
    switch (kind) {
      case DEFAULT -> {}
      case CACHED ->
          options
              .setCompressionType(CompressionType.NO_COMPRESSION)
              .setMaxOpenFiles(-1)
              .setTableFormatConfig(
                  new BlockBasedTableConfig()
                      .setBlockCache(own(new LRUCache(3L << 30)))
                      .setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash)
                      .setDataBlockHashTableUtilRatio(0.75)
                      .setFormatVersion(5));
      case MAPPED ->
          options
              .setCompressionType(CompressionType.NO_COMPRESSION)
              .setMaxOpenFiles(-1)
              .setAllowMmapReads(true)
              .useFixedLengthPrefixExtractor(4)
              .setTableFormatConfig(new PlainTableConfig().setKeySize(4).setBloomBitsPerKey(0));
    }
  }

  private List<String> write(Options options, int rows) throws RocksDBException {
    List<String> files = new ArrayList<>();
    float[] row = new float[WIDTH];
    ByteBuffer value = ByteBuffer.allocate(WIDTH * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (int first = 0; first < rows; first += ROWS_A_FILE) {
      Path file = folder.resolve(first + ".sst");
      try (EnvOptions environment = new EnvOptions();
          SstFileWriter writer = new SstFileWriter(environment, options)) {
        writer.open(file.toString());
        for (int r = first; r < Math.min(rows, first + ROWS_A_FILE); r++) {
          RowReads.valuesOf(r, row);
          value.asFloatBuffer().put(row);
          writer.put(key(r), value.array());
        }
        writer.finish();
      }
      files.add(file.toString());
    }
    return files;
  }

  /** Of its files. */
  long bytes() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".sst"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }

  private static byte[] key(int row) {
    return ByteBuffer.allocate(4).putInt(row).array();
  }

  void get(int row, float[] to) {
    try {
      byte[] value = db.get(key(row));
      ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(to);
    } catch (RocksDBException e) {
      throw new IllegalStateException("row " + row, e);
    }
  }

  void getDirect(int row, float[] to) {
    try {
      ByteBuffer key = keys.get(0).clear().putInt(row).flip();
      ByteBuffer value = values.get(0).clear();
      int size = db.get(reading, key, value);
      if (size != WIDTH * 4) {
        throw new IllegalStateException("row " + row + ": " + size + " bytes");
      }
      value.asFloatBuffer().get(to);
    } catch (RocksDBException e) {
      throw new IllegalStateException("row " + row, e);
    }
  }

  void multiGet(int[] rows, float[] to) {
    try {
      for (int i = 0; i < rows.length; i++) {
        keys.get(i).clear().putInt(rows[i]).flip();
        values.get(i).clear();
      }
      List<ByteBufferGetStatus> read = db.multiGetByteBuffers(reading, keys, values);
      for (int i = 0; i < rows.length; i++) {
        if (read.get(i).requiredSize != WIDTH * 4) {
          throw new IllegalStateException("row " + rows[i] + ": " + read.get(i).status.getCode());
        }
        values.get(i).rewind();
        values.get(i).asFloatBuffer().get(to, i * WIDTH, WIDTH);
      }
    } catch (RocksDBException e) {
      throw new IllegalStateException("rows " + rows.length, e);
    }
  }

  /** Reads the next rows in order, from the first again after the last. */
  void scan(int count) {
    ByteBuffer value = values.get(0);
    for (int i = 0; i < count; i++) {
      if (!scanner.isValid()) {
        scanner.seekToFirst();
      }
      scanner.value(value.clear());
      value.rewind();
      value.asFloatBuffer().get(scanned);
      scanner.next();
    }
  }

  @Override
  public void close() {
    try {
      for (int i = owned.size() - 1; i >= 0; i--) {
        owned.get(i).close();
      }
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + folder, e);
    } catch (Exception e) {
      throw new IllegalStateException("cannot close " + folder, e);
    }
  }
}
