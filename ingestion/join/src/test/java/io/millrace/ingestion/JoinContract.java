package io.millrace.ingestion;

import io.millrace.ingestion.JoinSimulation.Kept;
import io.millrace.wire.Counter;
import io.millrace.wire.RejectionReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the contract of {@link LabelJoin} makes of a log, by brute force over whole partitions: one
 * impression an id, of an outcome at most one word that it happened and one that it is taken back,
 * and no partition so silent that it is not waited for.
 */
public final class JoinContract {
  private final List<OutcomeRule> rules;

  /** By outcome and impression id. */
  private final Map<String, Map<String, Boolean>> labels = new HashMap<>();

  private final Map<String, Map<String, OutcomeEvent>> words = new HashMap<>();
  final List<Kept> rejected = new ArrayList<>();
  private final Map<String, Integer> counts = new HashMap<>();

  /**
   * @param partitions of all topics, each in the order of its offsets
   * @param outOfOrderness as in {@link EventClock}, in milliseconds
   */
  public JoinContract(List<List<Event>> partitions, List<OutcomeRule> rules, long outOfOrderness) {
    this.rules = rules;
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
        count(Counter.IMPRESSIONS.code());
        impression(impression, of(cameAt, event), impressions);
      }
    }
    for (Event event : all(partitions)) {
      if (event instanceof OutcomeEvent outcome) {
        OutcomeRule rule =
            rules.stream()
                .filter(r -> r.name().equals(outcome.outcome()))
                .findFirst()
                .orElseThrow();
        outcome(rule, outcome, of(cameAt, event), impressions.get(outcome.impressionId()));
      }
    }
    labels.forEach(
        (outcome, of) ->
            of.values()
                .forEach(
                    happened ->
                        count((happened ? Counter.POSITIVES : Counter.NEGATIVES).code(outcome))));
  }

  private void impression(
      ImpressionEvent impression, long cameAt, Map<String, ImpressionEvent> impressions) {
    List<String> missed = new ArrayList<>();
    for (OutcomeRule rule : rules) {
      if (cameAt >= impression.eventTime() + rule.rememberedMillis()) {
        missed.add(rule.name());
      } else {
        labels(rule.name()).put(impression.impressionId(), false);
      }
    }
    if (missed.size() == rules.size()) {
      keep(RejectionReason.LATE_IMPRESSION, impression);
    } else {
      impressions.put(impression.impressionId(), impression);
      missed.forEach(outcome -> count(Counter.MISSED_IMPRESSIONS.code(outcome)));
    }
  }

  private void outcome(
      OutcomeRule rule, OutcomeEvent event, long cameAt, @Nullable ImpressionEvent impression) {
    count(Counter.CLICKS.code(rule.name()));
    boolean click = rule.name().equals(OutcomeRule.CLICK);
    long window = rule.windowMillis();
    long remembered = rule.rememberedMillis();
    long delay = impression == null ? remembered + 1 : event.eventTime() - impression.eventTime();
    String id = event.impressionId();
    if (impression == null
        || !labels(rule.name()).containsKey(id)
        || delay < -window
        || delay > remembered
        || cameAt >= impression.eventTime() + remembered) {
      keep(
          click
              ? RejectionReason.CLICK_FOR_UNKNOWN_IMPRESSION
              : RejectionReason.OUTCOME_FOR_UNKNOWN_IMPRESSION,
          event);
    } else if (delay > window || cameAt >= impression.eventTime() + window) {
      if (!click) {
        count(Counter.LATE.code(rule.name()));
      }
      keep(click ? RejectionReason.LATE_CLICK : RejectionReason.LATE_OUTCOME, event);
    } else {
      OutcomeEvent last =
          words.computeIfAbsent(rule.name(), name -> new HashMap<>()).merge(id, event, this::later);
      labels(rule.name()).put(id, !last.retracted());
    }
  }

  private OutcomeEvent later(OutcomeEvent one, OutcomeEvent other) {
    if (one.eventTime() == other.eventTime()) {
      return one.retracted() ? one : other;
    }
    return one.eventTime() > other.eventTime() ? one : other;
  }

  /** Labels of an outcome by impression id. */
  public Map<String, Boolean> labels(String outcome) {
    return labels.computeIfAbsent(outcome, name -> new LinkedHashMap<>());
  }

  /** By {@link Counter#code(String)}; of labels as they stand in the end. */
  public Map<String, Integer> counts() {
    return counts;
  }

  private static long of(Map<Event, Long> times, Event event) {
    return java.util.Objects.requireNonNull(times.get(event));
  }

  private void keep(RejectionReason reason, Event event) {
    rejected.add(new Kept(reason, event.origin().topic(), event.origin().offset()));
  }

  private void count(String code) {
    counts.merge(code, 1, Integer::sum);
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
