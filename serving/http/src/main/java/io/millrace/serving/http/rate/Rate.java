package io.millrace.serving.http.rate;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalDouble;

/**
 * Events per second from a running total that is looked at now and then: over a window of time. A
 * total that shrinks (its source began anew) starts over. Not thread-safe.
 */
public final class Rate {
  private final long windowMillis;
  private final Deque<Observation> observations = new ArrayDeque<>();

  /**
   * @param window how far back is looked
   */
  public Rate(Duration window) {
    this.windowMillis = window.toMillis();
  }

  private record Observation(long millis, long total) {}

  /** Takes note of the total; empty until there are two observations. */
  public OptionalDouble at(long millis, long total) {
    Observation last = observations.peekLast();
    if (last != null && (total < last.total || millis <= last.millis)) {
      observations.clear();
    }
    observations.addLast(new Observation(millis, total));
    while (observations.size() > 2 && observations.getFirst().millis < millis - windowMillis) {
      observations.removeFirst();
    }
    Observation first = observations.getFirst();
    return observations.size() < 2
        ? OptionalDouble.empty()
        : OptionalDouble.of((total - first.total) * 1000.0 / (millis - first.millis));
  }
}
