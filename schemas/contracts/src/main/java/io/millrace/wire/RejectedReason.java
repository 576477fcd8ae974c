package io.millrace.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Events that were rejected for one kind of reason.
 *
 * @param reason in words
 * @param first what was said of the first ones: value, expectation and place
 */
public record RejectedReason(String reason, long count, List<String> first) {
  /** So many of each kind are shown. */
  public static final int SHOWN = 3;

  /** Of what was said of one, on a terminal. */
  private static final int MOST_CHARACTERS = 1000;

  public RejectedReason {
    first = List.copyOf(first);
  }

  /** Lines for a terminal: the kind with its count, then the first of it. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(String.format(Locale.ROOT, "%,d rejected: %s", count, reason));
    first.forEach(each -> lines.add("  " + ShownValue.text(each, MOST_CHARACTERS)));
    return lines;
  }

  /** Counts events by reason, and keeps the first of each. Not thread-safe. */
  public static final class Counts {
    private final Map<String, Long> counts = new LinkedHashMap<>();
    private final Map<String, List<String>> first = new LinkedHashMap<>();

    /** Counts one event. */
    public void add(String reason, String detail) {
      counts.merge(reason, 1L, Long::sum);
      List<String> kept = first.computeIfAbsent(reason, r -> new ArrayList<>());
      if (kept.size() < SHOWN) {
        kept.add(detail);
      }
    }

    /** What was counted, the most frequent first. */
    public List<RejectedReason> list() {
      return counts.entrySet().stream()
          .map(
              e ->
                  new RejectedReason(
                      e.getKey(), e.getValue(), first.getOrDefault(e.getKey(), List.of())))
          .sorted((a, b) -> Long.compare(b.count(), a.count()))
          .toList();
    }
  }
}
