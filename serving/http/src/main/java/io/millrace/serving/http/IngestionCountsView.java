package io.millrace.serving.http;

import io.millrace.event.IngestionCounts;
import io.millrace.event.WaitsFor;
import io.millrace.schema.SchemaRegistry;
import io.millrace.topic.NewestRecord;
import io.millrace.wire.IngestionTotals;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The newest totals of the ingestion job, from their topic. */
final class IngestionCountsView implements AutoCloseable {
  private final NewestRecord<IngestionCounts> newest;

  /**
   * @param countedTime when they were taken, milliseconds since 1970
   * @param eventTime up to which everything was joined, milliseconds since 1970
   * @param lag events that are in Kafka and not yet read
   * @param waitsFor the partition that holds event time back
   */
  record Counts(
      long countedTime,
      IngestionTotals counts,
      @Nullable Long eventTime,
      long lag,
      @Nullable WaitsFor waitsFor) {

    private static Counts of(IngestionCounts event) {
      return new Counts(
          event.getCountedTime().toEpochMilli(),
          IngestionTotals.of(event),
          event.getEventTime() == null ? null : event.getEventTime().toEpochMilli(),
          event.getLag(),
          event.getWaitsFor());
    }

    /** As the status shows it. */
    Status.Ingestion status() {
      return new Status.Ingestion(
          countedTime, counts, eventTime, lag, waitsFor == null ? null : sentence(waitsFor));
    }

    private static String sentence(WaitsFor held) {
      return "Partition %s-%d has held event time back for %d s: it %s, and %d of its records are not read."
          .formatted(
              held.getTopic(),
              held.getPartition(),
              held.getSeconds(),
              held.getEventTime() == null
                  ? "has shown no event"
                  : "is at " + held.getEventTime().truncatedTo(ChronoUnit.SECONDS),
              held.getLag());
    }
  }

  IngestionCountsView(Map<String, Object> clientProperties, String topic, SchemaRegistry registry) {
    this.newest =
        new NewestRecord<>(clientProperties, topic, IngestionCounts.class, () -> registry);
  }

  /** The newest totals, empty until those that were there at first have been read. */
  Optional<Counts> newest() {
    return newest.newest().map(Counts::of);
  }

  @Override
  public void close() {
    newest.close();
  }
}
