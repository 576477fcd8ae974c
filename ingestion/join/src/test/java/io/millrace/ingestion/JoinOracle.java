package io.millrace.ingestion;

import io.millrace.ingestion.JoinSimulation.Kept;
import io.millrace.wire.Counter;
import io.millrace.wire.RejectionReason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What must come out of a script, by brute force over whole partitions, without time or state. */
final class JoinOracle {
  final List<LabelledImpression> examples = new ArrayList<>();
  final List<Kept> rejected = new ArrayList<>();
  final Map<String, Integer> counts = new HashMap<>();

  /**
   * @param emission which decides whether labels that were taken back are counted
   */
  JoinOracle(EventScript script, LabelEmission emission) {
    Map<String, ImpressionEvent> impressions = new LinkedHashMap<>();
    for (Event event : script.impressions()) {
      if (event instanceof ImpressionEvent impression) {
        count(Counter.IMPRESSIONS, OutcomeRule.CLICK);
        if (impressions.putIfAbsent(impression.impressionId(), impression) != null) {
          count(Counter.DUPLICATE_IMPRESSIONS, OutcomeRule.CLICK);
        }
      }
    }
    for (OutcomeRule rule : EventScript.RULES) {
      join(rule, impressions, script.clicks(), emission);
    }
    Map<String, Long> windows = new HashMap<>();
    EventScript.RULES.forEach(rule -> windows.put(rule.name(), rule.windowMillis()));
    examples.sort(
        Comparator.comparingLong(
                (LabelledImpression e) -> e.eventTime() + windows.getOrDefault(e.outcome(), 0L))
            .thenComparingLong(LabelledImpression::offset));
  }

  private void join(
      OutcomeRule rule,
      Map<String, ImpressionEvent> impressions,
      List<Event> events,
      LabelEmission emission) {
    Map<String, List<OutcomeEvent>> counting = new HashMap<>();
    for (Event event : events) {
      if (event instanceof OutcomeEvent outcome && outcome.outcome().equals(rule.name())) {
        count(Counter.CLICKS, rule.name());
        if (counts(rule, outcome, impressions.get(outcome.impressionId()))) {
          counting.computeIfAbsent(outcome.impressionId(), id -> new ArrayList<>()).add(outcome);
        }
      }
    }
    impressions.forEach(
        (id, impression) -> {
          OutcomeEvent label = null;
          List<OutcomeEvent> words = counting.getOrDefault(id, List.of());
          for (int n = 1; n <= words.size(); n++) {
            boolean before = happened(words.subList(0, n - 1));
            boolean after = happened(words.subList(0, n));
            OutcomeEvent word = words.get(n - 1);
            if (before && after && !word.retracted()) {
              // Where nothing has left yet, the later word is the one that leaves.
              boolean later = label != null && word.eventTime() > label.eventTime();
              label = later && emission == LabelEmission.ON_WINDOW_END ? word : label;
            }
            if (before == after) {
              count(
                  word.retracted() ? Counter.IDLE_RETRACTIONS : Counter.DUPLICATE_CLICKS,
                  rule.name());
            } else {
              label = after ? word : null;
              if (!after) {
                count(Counter.TAKEN_BACK, rule.name());
              } else if (emission == LabelEmission.AS_CLICKS_COME) {
                count(Counter.POSITIVES, rule.name());
              }
            }
          }
          if (label == null) {
            count(Counter.NEGATIVES, rule.name());
          } else if (emission == LabelEmission.ON_WINDOW_END) {
            count(Counter.POSITIVES, rule.name());
          }
          example(rule, impression, label);
        });
  }

  /** What the latest word says; of two of one time, the one that takes back. */
  private static boolean happened(List<OutcomeEvent> words) {
    return words.stream()
        .max(
            Comparator.comparingLong(OutcomeEvent::eventTime)
                .thenComparing(OutcomeEvent::retracted))
        .map(word -> !word.retracted())
        .orElse(false);
  }

  private boolean counts(
      OutcomeRule rule, OutcomeEvent outcome, @Nullable ImpressionEvent impression) {
    boolean click = rule.name().equals(OutcomeRule.CLICK);
    long delay = impression == null ? Long.MIN_VALUE : outcome.eventTime() - impression.eventTime();
    if (delay < -rule.windowMillis() || delay > rule.rememberedMillis()) {
      keep(
          click
              ? RejectionReason.CLICK_FOR_UNKNOWN_IMPRESSION
              : RejectionReason.OUTCOME_FOR_UNKNOWN_IMPRESSION,
          outcome);
      return false;
    }
    if (delay > rule.windowMillis()) {
      if (!click) {
        count(Counter.LATE, rule.name());
      }
      keep(click ? RejectionReason.LATE_CLICK : RejectionReason.LATE_OUTCOME, outcome);
      return false;
    }
    return true;
  }

  private void example(OutcomeRule rule, ImpressionEvent impression, @Nullable OutcomeEvent label) {
    examples.add(
        new LabelledImpression(
            impression.impressionId(),
            rule.name(),
            impression.eventTime(),
            0,
            impression.origin().offset(),
            label != null,
            label == null ? 0 : label.origin().writtenTime(),
            label == null ? null : label.value(),
            impression.body(),
            false,
            0,
            0));
  }

  private void keep(RejectionReason reason, OutcomeEvent event) {
    rejected.add(new Kept(reason, event.origin().topic(), event.origin().offset()));
  }

  private void count(Counter counter, String outcome) {
    counts.merge(counter.code(outcome), 1, Integer::sum);
  }
}
