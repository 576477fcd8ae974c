package io.millrace.serving.http;

import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.wire.RejectionReason;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The ingestion job's running totals, as the topic of its counts names them: impressions, clicks,
 * events of other outcomes, and rejections by reason among them.
 */
final class IngestionTotals {
  /** Before the job has counted. */
  static final IngestionTotals NONE = new IngestionTotals(Map.of());

  private static final String EVENTS_OF_OUTCOME = ".events";

  private final SortedMap<String, Long> byName;

  IngestionTotals(Map<String, Long> byName) {
    this.byName = new TreeMap<>(byName);
  }

  /** Whether nothing was counted yet. */
  boolean isEmpty() {
    return byName.isEmpty();
  }

  /** Impressions, clicks and events of other outcomes that were read and understood. */
  long events() {
    long events = of("impressions") + of("clicks");
    for (Map.Entry<String, Long> total : byName.entrySet()) {
      events += total.getKey().endsWith(EVENTS_OF_OUTCOME) ? total.getValue() : 0;
    }
    return events;
  }

  /** Events that were turned away for a reason. */
  long rejected(RejectionReason reason) {
    return of(reason.code());
  }

  /** A total by its name, 0 where nothing was counted. */
  long of(String name) {
    return byName.getOrDefault(name, 0L);
  }

  /** As an answer shows them, sorted by name. */
  @JsonValue
  SortedMap<String, Long> byName() {
    return byName;
  }
}
