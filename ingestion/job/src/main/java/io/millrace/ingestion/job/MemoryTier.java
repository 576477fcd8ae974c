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
 * <p>Invariants: an id's state is what memory says, else what the store says; a state in the store
 * has a timer, at the due time that it had when it was written. While every state of the store is
 * in memory too, the store is not asked. The backend's current key is set here, and only where the
 * store is touched: setting it costs as much as the join.
 */
final class MemoryTier {
  private static final class Entry {
    @Nullable JoinState state;
    boolean dirty;
    boolean stored;

    /** Of the timer, if {@link #stored}. */
    long due;

    Due kind = Due.READ;

    boolean hasTimer(long due, Due kind) {
      return stored && this.due == due && this.kind == kind;
    }
  }

  /** What is to be done with a state in the store when it is due. */
  enum Due {
    /** It is read and looked at. */
    READ,
    /** Another one takes its place, which is known without reading it. */
    CLOSE,
    /** It is freed without reading it. */
    FREE
  }

  /** Timers of the states in the store, each of the backend's current key. */
  interface Timers {
    /** The event time at which a state must be looked at. */
    long due(JoinState state);

    /** What is to be done then. */
    Due kind(JoinState state);

    void set(long due, Due kind);

    void unset(long due, Due kind);
  }

  private final KeyedStateBackend<String> backend;
  private final ValueState<byte[]> store;
  private final int capacity;
  private final Timers timers;
  private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>();
  private @Nullable String lastId;
  private @Nullable Entry last;

  /** States in the store, and those of them that are not in memory. */
  private long stored;

  private long onlyStored;

  /**
   * @param capacity states in memory
   */
  MemoryTier(
      KeyedStateBackend<String> backend, ValueState<byte[]> store, int capacity, Timers timers) {
    this.backend = backend;
    this.store = store;
    this.capacity = capacity;
    this.timers = timers;
  }

  /** Begins with so many states in the store. */
  void restored(long states) {
    stored = states;
    onlyStored = states;
  }

  /** States in the store. */
  long stored() {
    return stored;
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
          JoinState state = JoinStateFormat.decode(id, bytes);
          entry.state = state;
          entry.stored = true;
          entry.due = timers.due(state);
          entry.kind = timers.kind(state);
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
        timers.unset(entry.due, entry.kind);
        entry.stored = false;
        stored--;
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
    onlyStored++;
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
    if (!entry.dirty || state == null) {
      return;
    }
    backend.setCurrentKey(id);
    store.update(JoinStateFormat.encode(state));
    long due = timers.due(state);
    Due kind = timers.kind(state);
    if (!entry.hasTimer(due, kind)) {
      if (entry.stored) {
        timers.unset(entry.due, entry.kind);
      }
      timers.set(due, kind);
    }
    stored += entry.stored ? 0 : 1;
    entry.dirty = false;
    entry.stored = true;
    entry.due = due;
    entry.kind = kind;
  }

  /**
   * The timer of the id that {@link #get} returned last has fired. What is in the store and not due
   * by now, because a longer window was configured meanwhile, gets another one.
   */
  void timerFired(String id, long time) {
    Entry entry = last;
    if (entry != null && id.equals(lastId) && entry.stored && entry.due > time) {
      backend.setCurrentKey(id);
      timers.set(entry.due, entry.kind);
    }
  }

  /**
   * Frees the state of the backend's current key without reading it. It must be in the store only,
   * and its timer must have fired.
   */
  void freeStored() {
    store.clear();
    stored--;
    onlyStored--;
  }

  /**
   * Replaces the state of the backend's current key without reading it. It must be in the store
   * only, and its timer must have fired.
   */
  void replaceStored(JoinState state) throws IOException {
    store.update(JoinStateFormat.encode(state));
    timers.set(timers.due(state), timers.kind(state));
  }

  /** States in memory. */
  int size() {
    return entries.size();
  }
}
