package io.millrace.serving.http;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What a server has taken on: the requests, bytes and candidates in flight, each bounded, so that
 * nothing waits without end and bodies cannot fill the heap. Safe for use by many threads.
 */
final class Admission {
  private final RequestLimits limits;
  private final AtomicLong abandoned = new AtomicLong();

  // Guarded by this.
  private final Map<Reason, Long> refused = new EnumMap<>(Reason.class);
  private long bytes;
  private long candidates;
  private int requests;

  /** What there may be too much of in flight. */
  enum Reason {
    BYTES,
    CANDIDATES,
    REQUESTS;

    /** In an answer and in a metric. */
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Requests that were refused since the start, by what there was too much of. */
  record Refused(long bytes, long candidates, long requests) {
    private static Refused of(Map<Reason, Long> counts) {
      return new Refused(
          counts.getOrDefault(Reason.BYTES, 0L),
          counts.getOrDefault(Reason.CANDIDATES, 0L),
          counts.getOrDefault(Reason.REQUESTS, 0L));
    }

    /** Those for one reason. */
    long of(Reason reason) {
      return switch (reason) {
        case BYTES -> bytes;
        case CANDIDATES -> candidates;
        case REQUESTS -> requests;
      };
    }
  }

  /**
   * What is in flight, and what was refused since the start.
   *
   * @param abandoned requests whose time was up, or whose client was gone, before they were
   *     answered
   */
  record Counts(
      long bytesInFlight,
      int requestsInFlight,
      long candidatesInFlight,
      Refused refused,
      long abandoned) {}

  Admission(RequestLimits limits) {
    this.limits = limits;
    for (Reason reason : Reason.values()) {
      refused.put(reason, 0L);
    }
  }

  /** One request that was let in; closed once. */
  final class Ticket implements AutoCloseable {
    private long myBytes;
    private long myCandidates;
    private boolean closed;

    private Ticket(long bytes) {
      this.myBytes = bytes;
    }

    /** The body is in: it takes so many bytes, and about so many candidates are to be scored. */
    boolean bodyIsIn(long bodyBytes, long about) {
      synchronized (Admission.this) {
        bytes += bodyBytes - myBytes;
        myBytes = bodyBytes;
        if (candidates > 0 && candidates + about > limits.candidatesInFlight()) {
          refused.merge(Reason.CANDIDATES, 1L, Long::sum);
          return false;
        }
        candidates += about;
        myCandidates = about;
        return true;
      }
    }

    /** The work is done and the body let go; an answer may still wait for Kafka. */
    void workIsDone() {
      synchronized (Admission.this) {
        bytes -= myBytes;
        candidates -= myCandidates;
        myBytes = 0;
        myCandidates = 0;
      }
    }

    @Override
    public void close() {
      synchronized (Admission.this) {
        if (!closed) {
          closed = true;
          workIsDone();
          requests--;
        }
      }
    }
  }

  /**
   * Lets a request in, whose body may take {@code bodyBytes}.
   *
   * @return null if there is too much in flight
   */
  synchronized @Nullable Ticket enter(long bodyBytes) {
    if (requests >= limits.requestsInFlight()) {
      refused.merge(Reason.REQUESTS, 1L, Long::sum);
      return null;
    }
    if (bytes + bodyBytes > limits.bytesInFlight()) {
      refused.merge(Reason.BYTES, 1L, Long::sum);
      return null;
    }
    requests++;
    bytes += bodyBytes;
    return new Ticket(bodyBytes);
  }

  /** Counts a request that was let in and is not worked on. */
  void abandon() {
    abandoned.incrementAndGet();
  }

  synchronized Counts counts() {
    return new Counts(bytes, requests, candidates, Refused.of(refused), abandoned.get());
  }
}
