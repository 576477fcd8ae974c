package io.millrace.wire;

import io.millrace.event.IngestionCounts;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The ingestion job's running totals: what was joined, by outcome, and what was rejected, by
 * reason. In {@link IngestionCounts} each has the name that its {@link Counted} says. Immutable.
 */
public final class IngestionTotals {
  /** Before the job has counted. */
  public static final IngestionTotals NONE = new IngestionTotals(Map.of());

  private final SortedMap<Counted, Long> totals =
      new TreeMap<>(Comparator.comparing(Counted::name));

  /** What a total is of. */
  public sealed interface Counted {
    /** In the event and in answers over HTTP. */
    String name();
  }

  /** What the join counts of an outcome; impressions are counted of clicks. */
  public record Joined(Counter counter, String outcome) implements Counted {
    @Override
    public String name() {
      return counter.code(outcome);
    }
  }

  /** Events that were turned away. */
  public record Rejected(RejectionReason reason) implements Counted {
    @Override
    public String name() {
      return reason.code();
    }
  }

  /** What another version of the job counts. */
  public record Unknown(String name) implements Counted {}

  /** With a total for each that was counted. */
  public IngestionTotals(Map<? extends Counted, Long> totals) {
    this.totals.putAll(totals);
  }

  /** Those of an event. */
  public static IngestionTotals of(IngestionCounts event) {
    IngestionTotals totals = new IngestionTotals(Map.of());
    event.getCounts().forEach((name, total) -> totals.totals.put(counted(name), total));
    return totals;
  }

  /** What a name is of. */
  public static Counted counted(String name) {
    for (RejectionReason reason : RejectionReason.values()) {
      if (reason.code().equals(name)) {
        return new Rejected(reason);
      }
    }
    int point = name.lastIndexOf('.');
    String outcome = point < 0 ? EventRules.CLICK : name.substring(0, point);
    for (Counter counter : Counter.values()) {
      if (counter.code(outcome).equals(name)) {
        return new Joined(counter, outcome);
      }
    }
    return new Unknown(name);
  }

  /** Whether nothing was counted yet. */
  public boolean isEmpty() {
    return totals.isEmpty();
  }

  /** What there are totals of, sorted by name. */
  public Set<Counted> counted() {
    return totals.keySet();
  }

  /** A total, 0 where nothing was counted. */
  public long of(Counted counted) {
    return totals.getOrDefault(counted, 0L);
  }

  /** Impressions, clicks and events of other outcomes that were read and understood. */
  public long events() {
    long events = 0;
    for (Map.Entry<Counted, Long> total : totals.entrySet()) {
      boolean isEvent =
          total.getKey() instanceof Joined joined
              && (joined.counter() == Counter.IMPRESSIONS || joined.counter() == Counter.CLICKS);
      events += isEvent ? total.getValue() : 0;
    }
    return events;
  }

  /** Events that were turned away for a reason. */
  public long rejected(RejectionReason reason) {
    return of(new Rejected(reason));
  }

  /** As the event and answers hold them, sorted by name. */
  public SortedMap<String, Long> byName() {
    SortedMap<String, Long> byName = new TreeMap<>();
    totals.forEach((counted, total) -> byName.put(counted.name(), total));
    return byName;
  }
}
