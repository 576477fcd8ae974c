package io.millrace.ingestion;

import io.millrace.ingestion.JoinSimulation.Kept;
import io.millrace.wire.RejectionReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the contract of {@link LabelJoin} makes of a log, by brute force over whole partitions: one
 * impression and at most one click an id, and no partition so silent that it is not waited for.
 */
public final class JoinContract {
  private final long window;
  private final long lateness;

  public final Map<String, Boolean> labels = new LinkedHashMap<>();
  final List<Kept> rejected = new ArrayList<>();
  public final Map<Counter, Integer> counts = new HashMap<>();

  /**
   * @param partitions of all topics, each in the order of its offsets
   * @param window W in milliseconds
   * @param lateness L
   * @param outOfOrderness as in {@link EventClock}
   */
  public JoinContract(
      List<List<Event>> partitions, long window, long lateness, long outOfOrderness) {
    this.window = window;
    this.lateness = lateness;
    Map<Event, Long> cameAt = new HashMap<>();
    for (List<Event> partition : partitions) {
      long latest = Long.MIN_VALUE;
      for (Event event : partition) {
        cameAt.put(event, latest == Long.MIN_VALUE ? latest : latest - outOfOrderness);
        latest = Math.max(latest, Math.min(event.eventTime(), event.origin().writtenTime()));
      }
    }
    Map<String, ImpressionEvent> impressions = new HashMap<>();
    for (Event event : all(partitions)) {
      if (event instanceof ImpressionEvent impression) {
        count(Counter.IMPRESSIONS);
        if (of(cameAt, event) >= event.eventTime() + window + lateness) {
          keep(RejectionReason.LATE_IMPRESSION, event);
        } else {
          impressions.put(impression.impressionId(), impression);
          labels.put(impression.impressionId(), false);
        }
      }
    }
    for (Event event : all(partitions)) {
      if (event instanceof ClickEvent click) {
        click(click, of(cameAt, event), impressions.get(click.impressionId()));
      }
    }
    labels.values().forEach(clicked -> count(clicked ? Counter.POSITIVES : Counter.NEGATIVES));
  }

  private void click(
      ClickEvent click,
      long cameAt,
      @org.jspecify.annotations.Nullable ImpressionEvent impression) {
    count(Counter.CLICKS);
    long delay =
        impression == null ? window + lateness + 1 : click.eventTime() - impression.eventTime();
    if (impression == null
        || delay < -window
        || delay > window + lateness
        || cameAt >= impression.eventTime() + window + lateness) {
      keep(RejectionReason.CLICK_FOR_UNKNOWN_IMPRESSION, click);
    } else if (delay > window || cameAt >= impression.eventTime() + window) {
      count(Counter.LATE_CLICKS);
      keep(RejectionReason.LATE_CLICK, click);
    } else {
      labels.put(click.impressionId(), true);
    }
  }

  private static long of(Map<Event, Long> times, Event event) {
    return java.util.Objects.requireNonNull(times.get(event));
  }

  private void keep(RejectionReason reason, Event event) {
    rejected.add(new Kept(reason, event.origin().topic(), event.origin().offset()));
  }

  private void count(Counter counter) {
    counts.merge(counter, 1, Integer::sum);
  }

  public static List<Event> all(List<List<Event>> partitions) {
    return partitions.stream().flatMap(List::stream).toList();
  }

  /** Rejections by reason. */
  public Map<RejectionReason, Long> reasons() {
    Map<RejectionReason, Long> reasons = new HashMap<>();
    rejected.forEach(kept -> reasons.merge(kept.reason(), 1L, Long::sum));
    return reasons;
  }
}
