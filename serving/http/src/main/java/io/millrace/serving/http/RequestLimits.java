package io.millrace.serving.http;

import io.millrace.ranking.Candidates;
import io.millrace.ranking.RankingLimits;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;

/**
 * How much a server takes on at a time. A request is refused with 503 and {@code Retry-After} when
 * its headers are in, before its body is read, if it would exceed what may be in flight.
 *
 * @param bodyBytes the longest body, also after it was unpacked
 * @param cells the most candidates times features of one request
 * @param impressionBytes the most bytes of impressions that one ranking may log
 * @param bytesInFlight bodies that are being received, wait or are worked on; a body without a
 *     Content-Length counts as {@code bodyBytes} until it is in
 * @param requestsInFlight requests from their headers to their answers
 * @param candidatesInFlight candidates that wait or are worked on
 * @param workers threads that score
 * @param deadline from a request's headers to its answer, its body included
 * @param connections open at a time; further ones are closed at once
 * @param headerBytes the longest request line and the longest headers
 * @param headerTime from a request's first byte to the end of its headers
 * @param idleTime after which a connection without traffic is closed
 */
@RecordBuilder
public record RequestLimits(
    int bodyBytes,
    int cells,
    int impressionBytes,
    long bytesInFlight,
    int requestsInFlight,
    long candidatesInFlight,
    int workers,
    Duration deadline,
    int connections,
    int headerBytes,
    Duration headerTime,
    Duration idleTime)
    implements RequestLimitsBuilder.With {
  private static final int DEFAULT_BODY_BYTES = 1 << 20;
  private static final long CANDIDATES_PER_WORKER = 250_000;
  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

  public RequestLimits {
    positive("bodyBytes", bodyBytes);
    positive("cells", cells);
    positive("impressionBytes", impressionBytes);
    positive("requestsInFlight", requestsInFlight);
    positive("workers", workers);
    positive("connections", connections);
    positive("headerBytes", headerBytes);
    positive("deadline", deadline);
    positive("headerTime", headerTime);
    positive("idleTime", idleTime);
    if (bytesInFlight < 2L * bodyBytes) {
      throw new IllegalArgumentException(
          "bytesInFlight: %d, expected at least twice bodyBytes, %d"
              .formatted(bytesInFlight, 2L * bodyBytes));
    }
    if (candidatesInFlight < Candidates.MAX) {
      throw new IllegalArgumentException(
          "candidatesInFlight: %d, expected at least those of one request, %d"
              .formatted(candidatesInFlight, Candidates.MAX));
    }
  }

  /**
   * Limits for a process: a sixteenth of the heap for bodies, a worker for each core.
   *
   * @param heapBytes the most that the heap may grow to
   */
  public static RequestLimits of(long heapBytes, int cores) {
    return new RequestLimits(
        DEFAULT_BODY_BYTES,
        RankingLimits.DEFAULT.cells(),
        RankingLimits.DEFAULT.impressionBytes(),
        Math.max(4 * DEFAULT_BODY_BYTES, Math.min(heapBytes / 16, 1L << 30)),
        1024,
        CANDIDATES_PER_WORKER * cores,
        cores,
        TEN_SECONDS,
        (int) Math.max(256, Math.min(heapBytes >> 18, 16_384)),
        16 << 10,
        TEN_SECONDS,
        Duration.ofSeconds(15));
  }

  /** Limits for this process. */
  public static RequestLimits defaults() {
    Runtime runtime = Runtime.getRuntime();
    return of(runtime.maxMemory(), runtime.availableProcessors());
  }

  /** The same with other bounds on what is in flight. */
  public RequestLimits withInFlight(long bytes, int requests, long candidates) {
    return with(
        same ->
            same.bytesInFlight(bytes).requestsInFlight(requests).candidatesInFlight(candidates));
  }

  /** The same with other limits of connections. */
  public RequestLimits withConnections(int most, Duration forHeaders, Duration idle) {
    return with(same -> same.connections(most).headerTime(forHeaders).idleTime(idle));
  }

  /** Those of one request, whatever way it comes. */
  RankingLimits ranking() {
    return new RankingLimits(cells, impressionBytes);
  }

  private static void positive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + ", expected at least 1");
    }
  }

  private static void positive(String name, Duration value) {
    if (value.toMillis() < 1) {
      throw new IllegalArgumentException(name + ": " + value + ", expected at least a millisecond");
    }
  }
}
