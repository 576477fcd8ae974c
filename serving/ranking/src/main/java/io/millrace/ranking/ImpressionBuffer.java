package io.millrace.ranking;

import java.time.Duration;

/**
 * What a server keeps of impressions that Kafka has not acknowledged yet.
 *
 * @param bytes the most bytes of events
 * @param events the most events
 * @param keptFor how long an impression is tried again before it is given up; at least a second
 * @param whenFull what becomes of a ranking whose impressions do not fit
 */
public record ImpressionBuffer(long bytes, int events, Duration keptFor, WhenFull whenFull) {

  /** What becomes of a ranking whose impressions cannot be taken. */
  public enum WhenFull {
    /** It is refused; the client may try again in a second. */
    REFUSE,
    /** It is answered with {@code "logged": false}, and its impressions are dropped and counted. */
    UNLOGGED
  }

  public ImpressionBuffer {
    if (bytes < 1 || events < 1) {
      throw new IllegalArgumentException(
          "bytes, events: %d, %d, expected at least 1 each".formatted(bytes, events));
    }
    if (keptFor.toMillis() < 1000 || keptFor.toMillis() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("keptFor: " + keptFor + ", expected a second to 24 days");
    }
  }

  /** The same, but what does not fit is refused. */
  public ImpressionBuffer refusing() {
    return new ImpressionBuffer(bytes, events, keptFor, WhenFull.REFUSE);
  }

  /** A sixteenth of the heap, two minutes without Kafka, then rankings go on unlogged. */
  public static ImpressionBuffer defaults() {
    return of(Runtime.getRuntime().maxMemory());
  }

  /** The same for a process whose heap may grow to {@code heapBytes}. */
  public static ImpressionBuffer of(long heapBytes) {
    long bytes = Math.max(8L << 20, heapBytes / 16);
    return new ImpressionBuffer(
        bytes, (int) Math.min(1_000_000, bytes / 128), Duration.ofMinutes(2), WhenFull.UNLOGGED);
  }
}
