package io.millrace.experiment.job;

import io.millrace.event.ExperimentMetrics;
import io.millrace.event.MetricMoments;
import io.millrace.inference.Moments;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Totals of one arm over its units. Not thread safe. */
final class ArmTotals {
  private final SortedMap<String, Map<UnitMetric, Moments>> metrics = new TreeMap<>();
  private long units;
  private long crossed;
  private long ignored;
  private long first = Long.MAX_VALUE;
  private long last = Long.MIN_VALUE;

  /** An impression was seen, of whichever unit. */
  void saw(long eventTime) {
    first = Math.min(first, eventTime);
    last = Math.max(last, eventTime);
  }

  /** A unit came. */
  void enter() {
    units++;
  }

  /** A unit came that is in another arm too. */
  void cross() {
    crossed++;
  }

  /** A unit that is here was seen in another arm. */
  void leave(Map<String, OutcomeSums> unit) {
    units--;
    crossed++;
    unit.forEach(
        (outcome, sums) -> {
          ignored -= sums.ignored();
          moments(outcome).forEach((metric, moments) -> moments.remove(metric.of(sums)));
        });
    metrics
        .values()
        .removeIf(kinds -> kinds.values().stream().allMatch(moments -> moments.count() == 0));
  }

  /** A unit's sums of an outcome became others, or its first ones. */
  void change(String outcome, @Nullable OutcomeSums before, OutcomeSums after) {
    ignored += after.ignored() - (before == null ? 0 : before.ignored());
    moments(outcome)
        .forEach(
            (metric, moments) -> {
              if (before != null) {
                moments.remove(metric.of(before));
              }
              moments.add(metric.of(after));
            });
  }

  private Map<UnitMetric, Moments> moments(String outcome) {
    return metrics.computeIfAbsent(
        outcome,
        key -> {
          Map<UnitMetric, Moments> kinds = new EnumMap<>(UnitMetric.class);
          for (UnitMetric metric : UnitMetric.values()) {
            kinds.put(metric, new Moments());
          }
          return kinds;
        });
  }

  /** As the topic and the state hold them. */
  ExperimentMetrics toRecord(String experiment, String arm) {
    List<MetricMoments> all = new ArrayList<>();
    metrics.forEach(
        (outcome, kinds) ->
            kinds.forEach(
                (metric, moments) ->
                    all.add(
                        new MetricMoments(
                            outcome, metric.word(), ByteBuffer.wrap(moments.toBytes())))));
    return new ExperimentMetrics(
        experiment,
        arm,
        units,
        crossed,
        ignored,
        Instant.ofEpochMilli(first),
        Instant.ofEpochMilli(last),
        all);
  }

  static ArmTotals of(ExperimentMetrics record) {
    ArmTotals totals = new ArmTotals();
    totals.units = record.getUnits();
    totals.crossed = record.getCrossed();
    totals.ignored = record.getIgnored();
    totals.first = record.getFirstEventTime().toEpochMilli();
    totals.last = record.getLastEventTime().toEpochMilli();
    for (MetricMoments metric : record.getMetrics()) {
      byte[] bytes = new byte[metric.getMoments().remaining()];
      metric.getMoments().duplicate().get(bytes);
      totals
          .moments(metric.getOutcome())
          .put(
              UnitMetric.valueOf(metric.getKind().toUpperCase(Locale.ROOT)),
              Moments.fromBytes(bytes));
    }
    return totals;
  }
}
