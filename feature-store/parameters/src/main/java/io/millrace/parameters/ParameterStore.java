package io.millrace.parameters;

import io.millrace.embedding.RowFormat;
import io.millrace.event.TensorUpdate;
import io.millrace.event.VersionManifest;
import io.millrace.wire.AvroWire;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.SchemaStore;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * One whole version of a model in RocksDB, with the Kafka offset to go on from. Each write is one
 * batch, so that after a kill the store holds the version before it or the version after it.
 *
 * <p>Layout, version 1, by column family. {@code default}: {@code format} (one byte: 1), {@code
 * manifest} (VersionManifest, Avro single-object encoding), {@code offset} (8 bytes big endian),
 * {@code topic} (id of the topic, UTF-8). {@code rows}: row as 8 bytes big endian → codec id (1
 * byte), data. {@code tensors}: name → TensorUpdate (Avro single-object encoding). A manifest may
 * have been written before it had an incarnation, {@code VersionManifest-1.avsc}, or while it had
 * metrics, {@code VersionManifest-2.avsc}, which are ignored, or before it had faults, {@code
 * VersionManifest-3.avsc}.
 *
 * <p>The write-ahead log is not synchronised: a process's death loses nothing, a machine's death at
 * most the last writes, which are read from Kafka again.
 */
final class ParameterStore implements AutoCloseable {
  private static final byte FORMAT = 1;
  private static final byte[] FORMAT_KEY = utf8("format");
  private static final byte[] MANIFEST_KEY = utf8("manifest");
  private static final byte[] OFFSET_KEY = utf8("offset");
  private static final byte[] TOPIC_KEY = utf8("topic");
  private static final byte[] FIRST_KEY = {};
  private static final byte[] AFTER_LAST_ROW = {
    (byte) 0xFF,
    (byte) 0xFF,
    (byte) 0xFF,
    (byte) 0xFF,
    (byte) 0xFF,
    (byte) 0xFF,
    (byte) 0xFF,
    (byte) 0xFF,
    (byte) 0xFF
  };

  private static final BinaryMessageDecoder<VersionManifest> MANIFESTS;

  static {
    AvroWire.trustContracts();
    SchemaStore.Cache older = new SchemaStore.Cache();
    older.addSchema(resource("VersionManifest-1.avsc"));
    older.addSchema(resource("VersionManifest-2.avsc"));
    older.addSchema(resource("VersionManifest-3.avsc"));
    MANIFESTS = VersionManifest.createDecoder(older);
  }

  private static Schema resource(String file) {
    try (InputStream in = ParameterStore.class.getResourceAsStream(file)) {
      return new Schema.Parser().parse(Objects.requireNonNull(in, file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the resource " + file, e);
    }
  }

  /** Native objects in the order of their making; closed in reverse. */
  private final List<AutoCloseable> owned = new ArrayList<>();

  private final Path directory;
  private final RocksDB db;
  private final WriteOptions unsynced;
  private final ColumnFamilyHandle meta;
  private final ColumnFamilyHandle rows;
  private final ColumnFamilyHandle tensors;

  /** What the store holds besides rows. */
  record Stored(
      VersionManifest manifest,
      long nextOffset,
      String topicId,
      Map<String, TensorUpdate> tensors) {}

  /** Takes each stored row. */
  interface RowSink {
    void accept(long row, RowFormat codec, byte[] data);
  }

  /**
   * Opens the store of a directory, which is made if it does not exist.
   *
   * @throws UncheckedIOException if it cannot be opened, naming the directory
   */
  ParameterStore(Path directory) {
    this.directory = directory;
    RocksDB.loadLibrary();
    boolean opened = false;
    try {
      Files.createDirectories(directory);
      DBOptions options =
          own(new DBOptions())
              .setCreateIfMissing(true)
              .setCreateMissingColumnFamilies(true)
              .setMaxBackgroundJobs(2)
              .setMaxTotalWalSize(64L << 20)
              .setKeepLogFileNum(2);
      ColumnFamilyOptions columns =
          own(new ColumnFamilyOptions())
              .setWriteBufferSize(16L << 20)
              .setCompressionType(CompressionType.NO_COMPRESSION);
      List<ColumnFamilyHandle> handles = new ArrayList<>();
      this.db =
          RocksDB.open(
              options,
              directory.toString(),
              List.of(
                  new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, columns),
                  new ColumnFamilyDescriptor(utf8("rows"), columns),
                  new ColumnFamilyDescriptor(utf8("tensors"), columns)),
              handles);
      owned.add(db);
      owned.addAll(handles);
      this.meta = handles.get(0);
      this.rows = handles.get(1);
      this.tensors = handles.get(2);
      this.unsynced = own(new WriteOptions()).setSync(false);
      opened = true;
    } catch (RocksDBException | IOException e) {
      throw failed("open", e);
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  private <T extends AutoCloseable> T own(T handle) {
    owned.add(handle);
    return handle;
  }

  /** What was stored last, or empty if nothing ever was. */
  Optional<Stored> load() {
    try {
      byte @Nullable [] format = db.get(meta, FORMAT_KEY);
      if (format == null) {
        return Optional.empty();
      }
      if (format.length != 1 || format[0] != FORMAT) {
        throw new IllegalStateException(
            "format of %s: %d, expected %d".formatted(directory, format[0], FORMAT));
      }
      return Optional.of(
          new Stored(
              MANIFESTS.decode(present(MANIFEST_KEY)),
              ByteBuffer.wrap(present(OFFSET_KEY)).getLong(),
              new String(present(TOPIC_KEY), StandardCharsets.UTF_8),
              loadTensors()));
    } catch (RocksDBException | IOException e) {
      throw failed("read", e);
    }
  }

  private byte[] present(byte[] key) throws RocksDBException {
    byte @Nullable [] value = db.get(meta, key);
    if (value == null) {
      throw new IllegalStateException(
          "%s has no key %s".formatted(directory, new String(key, StandardCharsets.UTF_8)));
    }
    return value;
  }

  private Map<String, TensorUpdate> loadTensors() throws IOException {
    Map<String, TensorUpdate> loaded = new LinkedHashMap<>();
    try (RocksIterator i = db.newIterator(tensors)) {
      for (i.seekToFirst(); i.isValid(); i.next()) {
        TensorUpdate tensor = TensorUpdate.fromByteBuffer(ByteBuffer.wrap(i.value()));
        loaded.put(tensor.getName(), tensor);
      }
    }
    return loaded;
  }

  /** Reads every stored row, in ascending order. */
  void forEachRow(RowSink sink) {
    try (RocksIterator i = db.newIterator(rows)) {
      for (i.seekToFirst(); i.isValid(); i.next()) {
        byte[] value = i.value();
        byte[] data = new byte[value.length - 1];
        System.arraycopy(value, 1, data, 0, data.length);
        sink.accept(ByteBuffer.wrap(i.key()).getLong(), RowFormat.byId(value[0]), data);
      }
      i.status();
    } catch (RocksDBException e) {
      throw failed("read", e);
    }
  }

  /** Applies a change, which leads from what is stored to its manifest's version. */
  void write(VersionChange change, String topicId) {
    try (WriteBatch batch = new WriteBatch()) {
      if (change.whole()) {
        batch.deleteRange(rows, FIRST_KEY, AFTER_LAST_ROW);
        for (String name : loadTensors().keySet()) {
          batch.delete(tensors, utf8(name));
        }
      }
      change.rows().forEach((row, value) -> put(batch, row, value));
      for (TensorUpdate tensor : change.tensors().values()) {
        batch.put(tensors, utf8(tensor.getName()), bytes(tensor.toByteBuffer()));
      }
      batch.put(meta, FORMAT_KEY, new byte[] {FORMAT});
      batch.put(meta, MANIFEST_KEY, bytes(change.manifest().toByteBuffer()));
      batch.put(meta, OFFSET_KEY, ByteBuffer.allocate(8).putLong(0, change.nextOffset()).array());
      batch.put(meta, TOPIC_KEY, utf8(topicId));
      db.write(unsynced, batch);
    } catch (RocksDBException | IOException e) {
      throw failed("write", e);
    }
  }

  private void put(WriteBatch batch, long row, byte[] value) {
    byte[] key = ByteBuffer.allocate(8).putLong(0, row).array();
    try {
      if (value.length == 0) {
        batch.delete(rows, key);
      } else {
        RowUpdates.Shipped shipped = RowUpdates.decode(value);
        byte[] stored = new byte[1 + shipped.data().length];
        stored[0] = (byte) shipped.codec().id();
        System.arraycopy(shipped.data(), 0, stored, 1, shipped.data().length);
        batch.put(rows, key, stored);
      }
    } catch (RocksDBException e) {
      throw failed("write", e);
    }
  }

  private UncheckedIOException failed(String what, Exception cause) {
    String message = "cannot " + what + " the parameter store in " + directory;
    return new UncheckedIOException(
        message, cause instanceof IOException io ? io : new IOException(cause));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  /** Closes handles before the database and the database before its options. */
  @Override
  public void close() {
    for (int i = owned.size() - 1; i >= 0; i--) {
      try {
        owned.get(i).close();
      } catch (Exception e) {
        throw failed("close", e);
      }
    }
    owned.clear();
  }
}
