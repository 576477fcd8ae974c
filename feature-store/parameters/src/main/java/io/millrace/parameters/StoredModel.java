package io.millrace.parameters;

import io.millrace.embedding.TableSnapshot;
import io.millrace.event.TensorUpdate;
import io.millrace.event.VersionManifest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model in memory with its copy in RocksDB. Changes become visible in memory at once and are
 * written together, by {@link #store}: Kafka has what a death in between loses. Confined to one
 * thread; the snapshots may be shared.
 */
final class StoredModel implements AutoCloseable {
  private final String model;
  private final ParameterStore store;
  private final InitialTable initialTable;
  private final Clock clock;
  private @Nullable VersionChange unstored;
  private @Nullable VersionManifest initialOf;
  private @Nullable TableSnapshot initial;

  /** What the store held. */
  record Loaded(ModelSnapshot snapshot, long nextOffset, String topicId) {}

  StoredModel(String model, Path directory, InitialTable initialTable, Clock clock) {
    this.model = model;
    this.store = new ParameterStore(directory);
    this.initialTable = initialTable;
    this.clock = clock;
  }

  /** Reads the whole store into memory; empty if nothing was ever stored. */
  Optional<Loaded> load() {
    return store
        .load()
        .map(
            stored -> {
              VersionManifest manifest = stored.manifest();
              TableSnapshot.Builder table = initial(manifest).with();
              store.forEachRow(table::put);
              return new Loaded(
                  snapshot(manifest, table.build(), decode(stored.tensors())),
                  stored.nextOffset(),
                  stored.topicId());
            });
  }

  /**
   * The version that a change leads to.
   *
   * @param before the version that it leads from; not used if the change is whole
   * @throws IllegalArgumentException if a record of the change is malformed; nothing has changed
   */
  ModelSnapshot apply(@Nullable ModelSnapshot before, VersionChange change) {
    VersionManifest manifest = change.manifest();
    TableSnapshot empty = initial(manifest);
    boolean fresh = change.whole() || before == null;
    TableSnapshot.Builder table = (fresh ? empty : Objects.requireNonNull(before).table()).with();
    float[] initialRow = new float[empty.rowWidth()];
    change
        .rows()
        .forEach(
            (row, value) -> {
              if (value.length == 0) {
                Arrays.fill(initialRow, 0);
                empty.addRow(row, 1, initialRow, 0);
                table.put(row, initialRow, 0);
              } else {
                RowUpdates.Shipped shipped = RowUpdates.decode(value);
                table.put(row, shipped.codec(), shipped.data());
              }
            });
    Map<String, float[]> tensors =
        new HashMap<>(fresh ? Map.of() : Objects.requireNonNull(before).tensors());
    tensors.putAll(decode(change.tensors()));
    ModelSnapshot after = snapshot(manifest, table.build(), tensors);
    remember(change);
    return after;
  }

  /** The initial table changes only when the model does, and compiling a model costs time. */
  private TableSnapshot initial(VersionManifest manifest) {
    VersionManifest known = initialOf;
    TableSnapshot table = initial;
    if (table == null || known == null || !VersionAssembler.sameModel(known, manifest)) {
      table = initialTable.of(manifest);
      initial = table;
      initialOf = manifest;
    }
    return table;
  }

  private void remember(VersionChange change) {
    VersionChange earlier = unstored;
    if (earlier == null || change.whole()) {
      unstored = change;
      return;
    }
    earlier.rows().putAll(change.rows());
    Map<String, TensorUpdate> tensors = new LinkedHashMap<>(earlier.tensors());
    tensors.putAll(change.tensors());
    unstored =
        new VersionChange(
            change.manifest(), change.nextOffset(), earlier.whole(), earlier.rows(), tensors);
  }

  /** Writes what was applied since the last call, in one batch. */
  void store(String topicId) {
    VersionChange change = unstored;
    if (change != null) {
      store.write(change, topicId);
      unstored = null;
    }
  }

  private ModelSnapshot snapshot(
      VersionManifest manifest, TableSnapshot table, Map<String, float[]> tensors) {
    return new ModelSnapshot(
        model, manifest.getVersion(), manifest, table, tensors, clock.millis());
  }

  private static Map<String, float[]> decode(Map<String, TensorUpdate> updates) {
    Map<String, float[]> tensors = new HashMap<>();
    updates.forEach((name, update) -> tensors.put(name, decode(update)));
    return tensors;
  }

  private static float[] decode(TensorUpdate update) {
    ByteBuffer data = update.getData().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    long size = update.getShape().stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    if (data.remaining() != size * Float.BYTES) {
      throw new IllegalArgumentException(
          "tensor %s: %d bytes, expected %d for shape %s"
              .formatted(
                  update.getName(), data.remaining(), size * Float.BYTES, update.getShape()));
    }
    float[] values = new float[(int) size];
    data.asFloatBuffer().get(values);
    return values;
  }

  @Override
  public void close() {
    store.close();
  }
}
