package io.millrace.ingestion;

import io.millrace.ingestion.JoinSimulation.Kept;
import io.millrace.wire.RejectionReason;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What must come out of a script, by brute force over whole partitions, without time or state. */
final class JoinOracle {
  final List<LabelledImpression> examples = new ArrayList<>();
  final List<Kept> rejected = new ArrayList<>();
  final Map<Counter, Integer> counts = new HashMap<>();

  JoinOracle(EventScript script) {
    Map<String, ImpressionEvent> impressions = new LinkedHashMap<>();
    for (Event event : script.impressions()) {
      if (event instanceof ImpressionEvent impression) {
        count(Counter.IMPRESSIONS);
        if (impressions.putIfAbsent(impression.impressionId(), impression) != null) {
          count(Counter.DUPLICATE_IMPRESSIONS);
        }
      }
    }
    Map<String, ClickEvent> labels = new HashMap<>();
    for (Event event : script.clicks()) {
      if (event instanceof ClickEvent click) {
        click(click, impressions.get(click.impressionId()), labels);
      }
    }
    impressions.forEach((id, impression) -> example(impression, labels.get(id)));
    examples.sort(
        Comparator.comparingLong(LabelledImpression::eventTime)
            .thenComparingLong(LabelledImpression::offset));
  }

  private void click(
      ClickEvent click,
      @org.jspecify.annotations.Nullable ImpressionEvent impression,
      Map<String, ClickEvent> labels) {
    count(Counter.CLICKS);
    long delay = impression == null ? Long.MIN_VALUE : click.eventTime() - impression.eventTime();
    if (delay < -EventScript.WINDOW || delay > EventScript.WINDOW + EventScript.LATENESS) {
      keep(RejectionReason.CLICK_FOR_UNKNOWN_IMPRESSION, click);
    } else if (delay > EventScript.WINDOW) {
      count(Counter.LATE_CLICKS);
      keep(RejectionReason.LATE_CLICK, click);
    } else if (labels.putIfAbsent(click.impressionId(), click) != null) {
      count(Counter.DUPLICATE_CLICKS);
    }
  }

  private void example(
      ImpressionEvent impression, @org.jspecify.annotations.Nullable ClickEvent click) {
    count(click == null ? Counter.NEGATIVES : Counter.POSITIVES);
    examples.add(
        new LabelledImpression(
            impression.impressionId(),
            impression.eventTime(),
            0,
            impression.origin().offset(),
            click != null,
            click == null ? 0 : click.origin().writtenTime(),
            impression.body(),
            false,
            0,
            0));
  }

  private void keep(RejectionReason reason, ClickEvent click) {
    rejected.add(new Kept(reason, click.origin().topic(), click.origin().offset()));
  }

  private void count(Counter counter) {
    counts.merge(counter, 1, Integer::sum);
  }
}
