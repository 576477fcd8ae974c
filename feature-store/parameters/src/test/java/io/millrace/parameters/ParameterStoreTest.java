package io.millrace.parameters;

import static io.millrace.parameters.Manifests.manifest;
import static io.millrace.parameters.Manifests.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.embedding.RowFormat;
import io.millrace.event.TensorUpdate;
import io.millrace.event.VersionManifest;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.DBOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

class ParameterStoreTest {
  @TempDir Path directory;

  private static VersionChange change(
      boolean whole,
      VersionManifest manifest,
      long next,
      Map<String, TensorUpdate> tensors,
      long... rows) {
    Long2ObjectOpenHashMap<byte[]> map = new Long2ObjectOpenHashMap<>();
    for (long row : rows) {
      float[] values = {manifest.getVersion(), row};
      map.put(row, RowUpdates.encode(1, row, RowFormat.FP32, values, 0, 2));
    }
    return new VersionChange(manifest, next, whole, map, tensors);
  }

  private static Map<Long, Float> rows(ParameterStore store) {
    Map<Long, Float> rows = new TreeMap<>();
    store.forEachRow(
        (row, codec, data) -> {
          float[] values = new float[2];
          codec.decode(data, values, 0, 2);
          assertThat(values[1]).isEqualTo(row);
          rows.put(row, values[0]);
        });
    return rows;
  }

  @Test
  void holdsNothingAtFirst() {
    try (ParameterStore store = new ParameterStore(directory.resolve("new/store"))) {
      assertThat(store.load()).isEmpty();
      assertThat(rows(store)).isEmpty();
    }
  }

  @Test
  void givesBackWhatWasWrittenAfterBeingOpenedAgain() {
    VersionManifest second = manifest(20, 10, 1, 1);
    try (ParameterStore store = new ParameterStore(directory)) {
      store.write(
          change(
              true,
              manifest(10, 0, 3, 2),
              5,
              Map.of("a", tensor("a", 1), "b", tensor("b", 2)),
              0,
              1L << 33,
              7),
          "topic");
      Long2ObjectOpenHashMap<byte[]> rows = change(false, second, 0, Map.of(), 7).rows();
      rows.put(0, new byte[0]);
      store.write(new VersionChange(second, 9, false, rows, Map.of("a", tensor("a", 3))), "topic");
    }
    try (ParameterStore store = new ParameterStore(directory)) {
      ParameterStore.Stored stored = store.load().orElseThrow();
      assertThat(stored.manifest()).isEqualTo(second);
      assertThat(stored.nextOffset()).isEqualTo(9);
      assertThat(stored.topicId()).isEqualTo("topic");
      assertThat(stored.tensors()).isEqualTo(Map.of("a", tensor("a", 3), "b", tensor("b", 2)));
      assertThat(rows(store)).isEqualTo(Map.of(7L, 20f, 1L << 33, 10f));
    }
  }

  /** Written by the class of the contract before it had an incarnation. */
  @Test
  void readsAManifestFromBeforeIncarnations() throws Exception {
    try (ParameterStore store = new ParameterStore(directory)) {
      store.write(change(true, manifest(1, 0, 0, 0), 5, Map.of()), "topic");
    }
    putManifest(
        HexFormat.of()
            .parseHex(
                "c301b8dc6894a1f47ab4026d281402047b7d1022737472696e67220202020a000212746f74616c2e61"
                    + "7563000000000000e03f00"));
    try (ParameterStore store = new ParameterStore(directory)) {
      VersionManifest expected = manifest(20, 10, 1, 1);
      expected.setClickTimes(List.of(5L));
      assertThat(store.load().orElseThrow().manifest()).isEqualTo(expected);
      assertThat(expected.getIncarnation()).isZero();
      assertThat(expected.getArithmetic()).isEmpty();
    }
  }

  /** Written while metrics were in the manifest: they are ignored, and all else is read. */
  @Test
  void readsAManifestThatHasMetrics() throws Exception {
    readsManifestOf("VersionManifest-2.avsc", Map.of("metrics", Map.of("total.auc", 0.5)));
  }

  @Test
  void readsAManifestOfBeforeFaults() throws Exception {
    readsManifestOf("VersionManifest-3.avsc", Map.of());
  }

  /**
   * A store of another schema is read by that schema alone: if this fails, the schema of before
   * becomes the next {@code VersionManifest-N.avsc} of the store, and the new one this resource.
   */
  @Test
  void theSchemaIsTheOneThatStoresOfThisVersionAreWrittenBy() throws Exception {
    try (InputStream in =
        ParameterStoreTest.class.getResourceAsStream("VersionManifest-now.avsc")) {
      assertThat(SchemaNormalization.toParsingForm(VersionManifest.getClassSchema()))
          .isEqualTo(SchemaNormalization.toParsingForm(new Schema.Parser().parse(in)));
    }
  }

  private void readsManifestOf(String resource, Map<String, ?> more) throws Exception {
    VersionManifest expected = Manifests.incarnation(3, 20, 10, 1, 1);
    try (ParameterStore store = new ParameterStore(directory)) {
      store.write(change(true, expected, 5, Map.of()), "topic");
    }
    Schema schema;
    try (InputStream in = ParameterStore.class.getResourceAsStream(resource)) {
      schema = new Schema.Parser().parse(in);
    }
    GenericRecord old = new GenericData.Record(schema);
    for (Schema.Field field : expected.getSchema().getFields()) {
      Object value = expected.get(field.pos());
      if (schema.getField(field.name()) != null) {
        old.put(field.name(), value instanceof Instant time ? (Object) time.toEpochMilli() : value);
      }
    }
    more.forEach(old::put);
    ByteBuffer bytes = new BinaryMessageEncoder<>(GenericData.get(), schema).encode(old);
    putManifest(Arrays.copyOf(bytes.array(), bytes.remaining()));
    try (ParameterStore store = new ParameterStore(directory)) {
      assertThat(store.load().orElseThrow().manifest()).isEqualTo(expected);
    }
  }

  private void putManifest(byte[] bytes) throws RocksDBException {
    try (RocksDB db =
        RocksDB.open(
            new DBOptions(),
            directory.toString(),
            Stream.of("default", "rows", "tensors")
                .map(name -> new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.UTF_8)))
                .toList(),
            new ArrayList<>())) {
      db.put("manifest".getBytes(StandardCharsets.UTF_8), bytes);
    }
  }

  @Test
  void aWholeChangeLeavesNothingOfTheModelBefore() {
    try (ParameterStore store = new ParameterStore(directory)) {
      store.write(
          change(
              true, manifest(10, 0, 2, 1), 5, Map.of("old", tensor("old", 1)), 3, Long.MAX_VALUE),
          "topic");
      store.write(
          change(true, manifest(1, 0, 1, 1), 8, Map.of("new", tensor("new", 1)), 4), "topic");
      assertThat(rows(store)).isEqualTo(Map.of(4L, 1f));
      assertThat(store.load().orElseThrow().tensors()).containsOnlyKeys("new");
    }
  }

  /** What is on disk while a store is open is what a killed process leaves. */
  @Test
  void aKilledProcessLeavesOneWholeVersion() throws Exception {
    long[] rows = LongStream.range(0, 2000).toArray();
    Path killed = directory.resolve("killed");
    try (ParameterStore store = new ParameterStore(directory.resolve("open"))) {
      for (int version = 1; version <= 5; version++) {
        store.write(
            change(false, manifest(version, version - 1, 2000, 0), version, Map.of(), rows), "t");
      }
      copy(directory.resolve("open"), killed);
    }
    truncateLog(killed);
    try (ParameterStore store = new ParameterStore(killed)) {
      long version = store.load().orElseThrow().manifest().getVersion();
      assertThat(version).isEqualTo(4);
      assertThat(store.load().orElseThrow().nextOffset()).isEqualTo(4);
      assertThat(rows(store)).hasSize(2000).values().containsOnly((float) version);
    }
  }

  static void copy(Path from, Path to) throws Exception {
    Files.createDirectories(to);
    try (var files = Files.list(from)) {
      for (Path file : files.toList()) {
        if (!file.endsWith("LOCK")) {
          Files.copy(file, to.resolve(file.getFileName()));
        }
      }
    }
  }

  /** Cuts the last write in half. */
  private static void truncateLog(Path store) throws Exception {
    try (var files = Files.list(store)) {
      Path log = files.filter(f -> f.toString().endsWith(".log")).findFirst().orElseThrow();
      try (var channel =
          java.nio.channels.FileChannel.open(log, java.nio.file.StandardOpenOption.WRITE)) {
        channel.truncate(channel.size() - 20_000);
      }
    }
  }

  @Test
  void namesTheDirectoryThatCannotBeOpened() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    assertThatThrownBy(() -> new ParameterStore(file))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(file.toString());
    try (ParameterStore store = new ParameterStore(directory.resolve("twice"))) {
      assertThat(store.load()).isEmpty();
      assertThatThrownBy(() -> new ParameterStore(directory.resolve("twice")))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("twice");
    }
  }
}
