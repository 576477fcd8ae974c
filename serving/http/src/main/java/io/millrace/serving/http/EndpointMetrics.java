package io.millrace.serving.http;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Answers of one endpoint by status, and how long they took; any thread may record. */
final class EndpointMetrics {
  private final Map<Integer, LongAdder> byStatus = new ConcurrentHashMap<>();
  private final Durations durations = new Durations();

  /** Counts one answer. */
  void record(int status, long nanos) {
    count(status);
    durations.record(nanos);
  }

  /** Counts an answer that took no work. */
  void count(int status) {
    byStatus.computeIfAbsent(status, s -> new LongAdder()).increment();
  }

  /** From a request's last byte to its answer. */
  Durations durations() {
    return durations;
  }

  /** Answers by status code. */
  Map<Integer, Long> statuses() {
    Map<Integer, Long> counts = new TreeMap<>();
    byStatus.forEach((status, count) -> counts.put(status, count.sum()));
    return counts;
  }
}
