package io.millrace.serving.http;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalDouble;

/**
 * Events per second from a running total that is looked at now and then: over the last five
 * seconds. A total that shrinks (its source began anew) starts over. Not thread-safe.
 */
final class Rate {
  private static final long WINDOW_MILLIS = 5000;

  private final Deque<Observation> observations = new ArrayDeque<>();

  private record Observation(long millis, long total) {}

  /** Takes note of the total; empty until there are two observations. */
  OptionalDouble at(long millis, long total) {
    Observation last = observations.peekLast();
    if (last != null && (total < last.total || millis <= last.millis)) {
      observations.clear();
    }
    observations.addLast(new Observation(millis, total));
    while (observations.size() > 2 && observations.getFirst().millis < millis - WINDOW_MILLIS) {
      observations.removeFirst();
    }
    Observation first = observations.getFirst();
    return observations.size() < 2
        ? OptionalDouble.empty()
        : OptionalDouble.of((total - first.total) * 1000.0 / (millis - first.millis));
  }
}
