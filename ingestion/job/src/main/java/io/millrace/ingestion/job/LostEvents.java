package io.millrace.ingestion.job;

import org.apache.flink.runtime.execution.SuppressRestartsException;

/**
 * Events that were to be read next are no longer in Kafka. Trying again would not bring them back,
 * so it ends the job.
 */
final class LostEvents extends SuppressRestartsException {
  private static final long serialVersionUID = 1;

  /**
   * @param next offset of the record that was to be read next
   * @param first offset of the first record that there is
   * @param end offset behind the last one
   */
  LostEvents(String topic, int partition, long next, long first, long end) {
    super(new IllegalStateException(message(topic, partition, next, first, end)));
  }

  private static String message(String topic, int partition, long next, long first, long end) {
    String there = "%s-%d holds offsets %d to %d".formatted(topic, partition, first, end - 1);
    if (first == end) {
      there = "%s-%d is empty, its next offset is %d".formatted(topic, partition, end);
    }
    String lost =
        next < first
            ? (first - next) + " events were deleted before they were read (retention)"
            : "it was cut or created anew";
    return "%s, but the ingestion job had read up to %d: %s; start with --accept-lost-events to go on with what is there"
        .formatted(there, next, lost);
  }
}
