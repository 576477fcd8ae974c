package io.millrace.ingestion.job;

import io.millrace.ingestion.JoinState;
import io.millrace.ingestion.JoinStateFormat;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.jspecify.annotations.Nullable;

/**
 * The newest join states in memory, written back to Flink's keyed state before a barrier and when
 * there are too many. Most ids are born and freed between two checkpoints: they never reach the
 * store.
 *
 * <p>Invariant: an id's state is what memory says, else what the store says. While every state of
 * the store is in memory too, the store is not asked. The backend's current key is set here, and
 * only where the store is touched: setting it costs as much as the join.
 */
final class MemoryTier {
  private static final class Entry {
    @Nullable JoinState state;
    boolean dirty;
    boolean stored;
  }

  private final KeyedStateBackend<String> backend;
  private final ValueState<byte[]> store;
  private final int capacity;
  private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>();
  private final Evicted evicted;
  private @Nullable String lastId;
  private @Nullable Entry last;

  /** States that are in the store and not in memory. */
  private long onlyStored;

  /** Told of a state that leaves memory; the current key is its id. */
  interface Evicted {
    void evicted(JoinState state);
  }

  /**
   * @param capacity states in memory, at most
   */
  MemoryTier(
      KeyedStateBackend<String> backend, ValueState<byte[]> store, int capacity, Evicted evicted) {
    this.backend = backend;
    this.store = store;
    this.capacity = capacity;
    this.evicted = evicted;
  }

  /** The state of an id, or null. */
  @Nullable JoinState get(String id) throws IOException {
    Entry entry = entries.get(id);
    if (entry == null) {
      entry = new Entry();
      if (onlyStored > 0) {
        backend.setCurrentKey(id);
        byte[] bytes = store.value();
        if (bytes != null) {
          entry.state = JoinStateFormat.decode(id, bytes);
          entry.stored = true;
        }
      }
    }
    lastId = id;
    last = entry;
    return entry.state;
  }

  /** Replaces the state that {@link #get} has just returned. */
  @SuppressWarnings("ReferenceEquality") // an unchanged state comes back as it went
  void put(String id, @Nullable JoinState state) throws IOException {
    Entry entry = last;
    if (entry == null || !id.equals(lastId)) {
      throw new IllegalStateException("put of " + id + ", expected the id that get returned last");
    }
    if (state == null) {
      boolean remembered = entries.remove(id) != null;
      if (entry.stored) {
        backend.setCurrentKey(id);
        store.clear();
        entry.stored = false;
        onlyStored -= remembered ? 0 : 1;
      }
      entry.state = null;
      return;
    }
    if (entry.state == state) {
      return;
    }
    entry.state = state;
    entry.dirty = true;
    if (entries.put(id, entry) == null) {
      onlyStored -= entry.stored ? 1 : 0;
      if (entries.size() > capacity) {
        evictEldest();
      }
    }
  }

  private void evictEldest() throws IOException {
    var iterator = entries.entrySet().iterator();
    Map.Entry<String, Entry> eldest = iterator.next();
    iterator.remove();
    writeBack(eldest.getKey(), eldest.getValue());
    JoinState state = eldest.getValue().state;
    if (state != null) {
      onlyStored++;
      backend.setCurrentKey(eldest.getKey());
      evicted.evicted(state);
    }
  }

  /**
   * Takes a state from the store into memory, if there is room.
   *
   * @return the state if there was room, else null
   */
  @Nullable JoinState load(String id, byte[] bytes) {
    if (entries.size() >= capacity) {
      onlyStored++;
      return null;
    }
    Entry entry = new Entry();
    JoinState state = JoinStateFormat.decode(id, bytes);
    entry.state = state;
    entry.stored = true;
    entries.put(id, entry);
    return state;
  }

  /** Whether an id's state is in memory. */
  boolean contains(String id) {
    return entries.containsKey(id);
  }

  /** Writes all that the store does not have. */
  void writeBack() throws IOException {
    for (Map.Entry<String, Entry> entry : entries.entrySet()) {
      writeBack(entry.getKey(), entry.getValue());
    }
  }

  private void writeBack(String id, Entry entry) throws IOException {
    JoinState state = entry.state;
    if (entry.dirty && state != null) {
      backend.setCurrentKey(id);
      store.update(JoinStateFormat.encode(state));
      entry.dirty = false;
      entry.stored = true;
    }
  }

  /** States in memory. */
  int size() {
    return entries.size();
  }
}
