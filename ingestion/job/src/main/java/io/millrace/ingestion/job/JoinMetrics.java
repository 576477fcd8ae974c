package io.millrace.ingestion.job;

import io.millrace.ingestion.IngestionProgress;
import java.util.OptionalLong;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * What an operator of the platform watches of the join, in the metric group of Flink's operator.
 * Counters are of the running attempt: they begin at 0 with each start. Gauges are of the last
 * second.
 *
 * <table>
 *   <caption>Names in the group</caption>
 *   <tr><td>{@code examples}</td><td>written, corrections among them</td></tr>
 *   <tr><td>{@code positives}</td><td>of them, with label 1</td></tr>
 *   <tr><td>{@code corrections}</td><td>of them, of an impression that left with the other label
 *       before</td></tr>
 *   <tr><td>{@code rejected}</td><td>events that could not be used</td></tr>
 *   <tr><td>{@code lag}</td><td>events that are in Kafka and not yet read</td></tr>
 *   <tr><td>{@code eventTime}</td><td>up to which everything is joined, in milliseconds since 1970;
 *       -1 while it is not known</td></tr>
 *   <tr><td>{@code statesInMemory}, {@code statesInStore}</td><td>impressions and outcomes that the
 *       join remembers</td></tr>
 * </table>
 */
final class JoinMetrics {
  private static final long UNKNOWN = -1;

  private final Counter examples;
  private final Counter positives;
  private final Counter corrections;
  private final Counter rejected;
  private volatile long lag;
  private volatile long eventTime = UNKNOWN;
  private volatile long inMemory;
  private volatile long inStore;

  JoinMetrics(MetricGroup group) {
    examples = group.counter("examples");
    positives = group.counter("positives");
    corrections = group.counter("corrections");
    rejected = group.counter("rejected");
    group.gauge("lag", () -> lag);
    group.gauge("eventTime", () -> eventTime);
    group.gauge("statesInMemory", () -> inMemory);
    group.gauge("statesInStore", () -> inStore);
  }

  /** An example is written. */
  void example(boolean happened, boolean corrects) {
    examples.inc();
    if (happened) {
      positives.inc();
    }
    if (corrects) {
      corrections.inc();
    }
  }

  /** An event is rejected. */
  void rejected() {
    rejected.inc();
  }

  /** How far the join is, and how much it remembers. */
  void progress(IngestionProgress progress, MemoryTier states) {
    OptionalLong reached = progress.eventTime();
    lag = progress.lag();
    eventTime = reached.orElse(UNKNOWN);
    inMemory = states.size();
    inStore = states.stored();
  }
}
