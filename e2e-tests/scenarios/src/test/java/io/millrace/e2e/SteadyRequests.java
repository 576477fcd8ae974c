package io.millrace.e2e;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.LongFunction;
import org.HdrHistogram.Histogram;

/**
 * Requests at fixed moments, whether or not earlier ones were answered; as many connections as may
 * wait at a time. Each is timed from the moment it is sent.
 */
final class SteadyRequests implements AutoCloseable {
  private final AtomicLong next = new AtomicLong();
  private final List<Thread> threads = new ArrayList<>();
  private final long startNanos = System.nanoTime();
  private volatile boolean ending;
  private volatile Phase phase = new Phase();

  /**
   * What was answered in a stretch of time: micros by answer, answers by status, failures by words.
   */
  static final class Phase {
    private final Histogram micros = new Histogram(3);
    private final Map<Integer, Long> statuses = new TreeMap<>();
    private final Map<String, Long> failures = new TreeMap<>();

    synchronized void answered(int status, long nanos) {
      micros.recordValue(nanos / 1000);
      statuses.merge(status, 1L, Long::sum);
    }

    synchronized void failed(IOException e) {
      failures.merge(String.valueOf(e.getMessage()), 1L, Long::sum);
    }

    synchronized double millis(double percentile) {
      return micros.getValueAtPercentile(percentile) / 1e3;
    }

    synchronized long answers() {
      return micros.getTotalCount();
    }

    synchronized long answers(int status) {
      return statuses.getOrDefault(status, 0L);
    }

    synchronized Map<String, Long> failures() {
      return new TreeMap<>(failures);
    }

    @Override
    public synchronized String toString() {
      return "%6d answers, p50 %7.1f ms, p99 %7.1f ms, max %7.1f ms; %s%s"
          .formatted(
              answers(),
              millis(50),
              millis(99),
              millis(100),
              statuses,
              failures.isEmpty() ? "" : "; failed " + failures);
    }
  }

  /**
   * Starts sending.
   *
   * @param connections that may wait for an answer at a time
   * @param request by its number
   * @param onReply hears each answer, with its request's number
   */
  SteadyRequests(
      int port,
      int connections,
      double perSecond,
      LongFunction<byte[]> request,
      BiConsumer<Long, Exchange.Reply> onReply) {
    for (int i = 0; i < connections; i++) {
      Thread thread =
          new Thread(() -> work(port, perSecond, request, onReply), "steady-requests-" + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  private void work(
      int port,
      double perSecond,
      LongFunction<byte[]> request,
      BiConsumer<Long, Exchange.Reply> onReply) {
    try (Exchange exchange = new Exchange(port)) {
      while (!ending) {
        long number = next.getAndIncrement();
        long due = startNanos + (long) (number / perSecond * 1e9);
        byte[] bytes = request.apply(number);
        for (long wait = due - System.nanoTime();
            wait > 0 && !ending;
            wait = due - System.nanoTime()) {
          LockSupport.parkNanos(Math.min(wait, 200_000_000));
        }
        if (ending) {
          return;
        }
        Phase now = phase;
        long sent = System.nanoTime();
        try {
          Exchange.Reply reply = exchange.send(bytes);
          now.answered(reply.status(), System.nanoTime() - sent);
          onReply.accept(number, reply);
        } catch (IOException e) {
          now.failed(e);
        }
      }
    }
  }

  /** Ends a phase, of whose requests some may still be answered, and begins another. */
  Phase nextPhase() {
    Phase over = phase;
    phase = new Phase();
    return over;
  }

  /** Sends no more, and waits for the answers. */
  @Override
  public void close() {
    ending = true;
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
