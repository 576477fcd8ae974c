package io.millrace.ingestion.job;

import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Event times at which ids must be looked at, earliest first: a binary heap in two arrays. An id
 * may be in it several times; waking an id too often is harmless.
 */
final class WakeQueue {
  private long[] times = new long[1024];
  private @Nullable String[] ids = new String[1024];
  private int size;

  int size() {
    return size;
  }

  /** The earliest time; {@link Long#MAX_VALUE} if empty. */
  long earliest() {
    return size == 0 ? Long.MAX_VALUE : times[0];
  }

  void add(long time, String id) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      ids = Arrays.copyOf(ids, size * 2);
    }
    siftUp(size++, time, id);
  }

  /** Removes the earliest and returns its id. */
  String poll() {
    String id = ids[0];
    if (size == 0 || id == null) {
      throw new IllegalStateException("poll of an empty queue");
    }
    size--;
    long time = times[size];
    String last = ids[size];
    ids[size] = null;
    if (size > 0 && last != null) {
      siftDown(0, time, last);
    }
    return id;
  }

  /** Forgets all ids but those that {@code keep} holds for. */
  void retain(Predicate<String> keep) {
    int before = size;
    size = 0;
    for (int i = 0; i < before; i++) {
      String id = ids[i];
      if (id != null && keep.test(id)) {
        siftUp(size++, times[i], id);
      }
    }
    Arrays.fill(ids, size, before, null);
  }

  private void siftUp(int from, long time, String id) {
    int at = from;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (times[parent] <= time) {
        break;
      }
      times[at] = times[parent];
      ids[at] = ids[parent];
      at = parent;
    }
    times[at] = time;
    ids[at] = id;
  }

  private void siftDown(int from, long time, String id) {
    int at = from;
    while (true) {
      int child = 2 * at + 1;
      if (child >= size) {
        break;
      }
      if (child + 1 < size && times[child + 1] < times[child]) {
        child++;
      }
      if (times[child] >= time) {
        break;
      }
      times[at] = times[child];
      ids[at] = ids[child];
      at = child;
    }
    times[at] = time;
    ids[at] = id;
  }
}
