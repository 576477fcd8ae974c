package io.millrace.serving.http;

import io.millrace.wire.RejectedReason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Events that were rejected: all are counted by reason, the newest of each reason are kept.
 * Bounded: 100 events of each of at most 32 reasons, texts of at most 1,000 characters; further
 * reasons are counted as {@code other}. Safe for use by many threads.
 */
final class RejectedLog {
  /** So many events of each reason are kept. */
  static final int KEPT = 100;

  /** Texts are no longer than this. */
  static final int MOST_CHARACTERS = 1_000;

  private static final int MOST_REASONS = 32;
  private static final String OTHER = "other";

  private final Map<String, Deque<Kept>> newest = new LinkedHashMap<>();
  private RejectedReason.Counts counts = new RejectedReason.Counts();
  private long total;
  private boolean complete;

  /**
   * One rejected event.
   *
   * @param time when it was rejected, milliseconds since 1970
   * @param topic that it came by
   * @param partition of the topic; negative for the row of a file
   * @param offset in the partition, or the row's line
   * @param event the event itself as a text
   */
  record Event(
      long time,
      String reason,
      String detail,
      String topic,
      int partition,
      long offset,
      String event) {}

  private record Kept(long at, Event event) {}

  /**
   * The answer of {@code GET /v1/rejected}.
   *
   * @param complete whether all that Kafka still has is counted; false for the first seconds
   * @param total all that are counted
   * @param reasons each with its count and what was said of its first events, the most frequent
   *     first
   * @param events that were asked for, the newest first
   */
  record Answer(boolean complete, long total, List<RejectedReason> reasons, List<Event> events) {}

  /** Forgets everything: what follows begins anew. */
  synchronized void clear() {
    newest.clear();
    counts = new RejectedReason.Counts();
    total = 0;
    complete = false;
  }

  /** Whether everything that was there at first has been added. */
  synchronized void complete(boolean now) {
    complete = now;
  }

  /** Adds a newer event. */
  synchronized void add(Event event) {
    boolean known = newest.containsKey(event.reason()) || newest.size() < MOST_REASONS;
    String reason = known ? event.reason() : OTHER;
    counts.add(reason, event.detail());
    Deque<Kept> kept = newest.computeIfAbsent(reason, r -> new ArrayDeque<>());
    kept.addLast(new Kept(total++, event));
    if (kept.size() > KEPT) {
      kept.removeFirst();
    }
  }

  /**
   * The newest events.
   *
   * @param reason only those of this one
   * @param text only those whose detail contains this
   */
  synchronized Answer answer(Optional<String> reason, Optional<String> text, int limit) {
    List<Kept> found = new ArrayList<>();
    newest.forEach(
        (name, kept) -> {
          if (reason.isEmpty() || reason.get().equals(name)) {
            kept.stream()
                .filter(k -> text.isEmpty() || k.event().detail().contains(text.get()))
                .forEach(found::add);
          }
        });
    found.sort(Comparator.comparingLong(Kept::at).reversed());
    return new Answer(
        complete, total, counts.list(), found.stream().limit(limit).map(Kept::event).toList());
  }
}
