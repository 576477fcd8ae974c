package io.millrace.e2e;

import io.millrace.event.Example;
import io.millrace.event.RejectedEvent;
import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import io.millrace.wire.RejectionReason;
import io.millrace.wire.WireFormatException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.avro.generic.IndexedRecord;
import org.apache.kafka.common.header.Header;

/**
 * The topics of a live platform, all of one partition, read whole and judged: against the {@link
 * Ledger} of those who wrote, and against a join of the log by brute force.
 */
final class LiveLog {
  /** Of positives; where brokers die, clicks can be silent for longer than they are waited for. */
  private static final double MOST_NOT_WAITED_FOR = 0.05;

  private static final long OUT_OF_ORDER_MILLIS = 1000;

  private final Map<Long, Integer> own = new HashMap<>();
  private final Map<String, Integer> ranked = new HashMap<>();
  private final List<Label> examples = new ArrayList<>();
  private final List<RejectedEvent> rejected = new ArrayList<>();
  private final List<Event> shown = new ArrayList<>();
  private final List<Event> clicked = new ArrayList<>();
  private final Map<String, Long> malformed = new TreeMap<>();

  /**
   * An impression or a click that can be read, in the order of its topic.
   *
   * @param cameAt the time of its partition before it
   */
  private record Event(long offset, String id, long time, long cameAt) {}

  private record Label(String id, int label) {}

  /** Whatever is not as it has to be, in words, and what was counted. */
  record Findings(List<String> faults, Map<String, Long> counts) {}

  /** Reads all that is in the log now. */
  LiveLog(Map<String, Object> client) {
    try (KafkaSchemaRegistry registry =
        new KafkaSchemaRegistry(client, Topics.DEFAULT.schemas(), Clock.systemUTC())) {
      AvroWire wire = new AvroWire(registry);
      events(client, Topics.DEFAULT.impressions(), shown, wire);
      events(client, Topics.DEFAULT.clicks(), clicked, wire);
      WholeTopic.read(
          client,
          Topics.DEFAULT.examples(),
          record -> {
            if (wire.schemaOf(record.value()).schema().equals(Example.getClassSchema())) {
              Example example = wire.decode(record.value(), Example.class);
              examples.add(new Label(example.getExampleId(), example.getLabel()));
            }
          });
      WholeTopic.read(
          client,
          Topics.DEFAULT.rejected(),
          record -> rejected.add(wire.decode(record.value(), RejectedEvent.class)));
    }
  }

  private void events(Map<String, Object> client, String topic, List<Event> events, AvroWire wire) {
    AtomicLong latest = new AtomicLong(Long.MIN_VALUE + OUT_OF_ORDER_MILLIS);
    WholeTopic.read(
        client,
        topic,
        record -> {
          Header number = record.headers().lastHeader(LiveLoad.NUMBER);
          if (number == null) {
            ranked.merge(new String(record.key(), StandardCharsets.UTF_8), 1, Integer::sum);
          } else {
            own.merge(ByteBuffer.wrap(number.value()).getLong(), 1, Integer::sum);
          }
          try {
            IndexedRecord event = wire.decode(record.value()).value();
            long time = millis(field(event, "event_time"));
            events.add(
                new Event(
                    record.offset(),
                    field(event, "impression_id").toString(),
                    time,
                    latest.get() - OUT_OF_ORDER_MILLIS));
            latest.accumulateAndGet(Math.min(time, record.timestamp()), Math::max);
          } catch (WireFormatException e) {
            malformed.merge(e.reason().code(), 1L, Long::sum);
          }
        });
  }

  private static Object field(IndexedRecord record, String name) {
    return record.get(record.getSchema().getField(name).pos());
  }

  private static long millis(Object time) {
    return time instanceof Instant instant ? instant.toEpochMilli() : (Long) time;
  }

  /** Every acknowledged record is there once; no record is there twice, or was never sent. */
  Findings against(Ledger ledger) {
    List<String> faults = new ArrayList<>();
    Map<String, Long> counts = new LinkedHashMap<>();
    compare("record of the producer", ledger.own(), own, faults, counts);
    compare("impression of a ranking", ledger.ranked(), ranked, faults, counts);
    return new Findings(faults, counts);
  }

  private static <K> void compare(
      String what,
      Map<K, Ledger.Fate> sent,
      Map<K, Integer> found,
      List<String> faults,
      Map<String, Long> counts) {
    long acknowledged = 0;
    long lost = 0;
    for (Map.Entry<K, Ledger.Fate> entry : sent.entrySet()) {
      if (entry.getValue() == Ledger.Fate.ACKNOWLEDGED) {
        acknowledged++;
        if (!found.containsKey(entry.getKey())) {
          lost++;
          faults.add("%s %s: acknowledged, and lost".formatted(what, entry.getKey()));
        }
      }
    }
    long twice = 0;
    for (Map.Entry<K, Integer> entry : found.entrySet()) {
      if (entry.getValue() > 1) {
        twice++;
        faults.add("%s %s: %d times".formatted(what, entry.getKey(), entry.getValue()));
      }
      if (!sent.containsKey(entry.getKey())) {
        faults.add("%s %s: never sent".formatted(what, entry.getKey()));
      }
    }
    counts.put(what + ": sent", (long) sent.size());
    counts.put(what + ": acknowledged", acknowledged);
    counts.put(what + ": in the log", (long) found.size());
    counts.put(what + ": lost", lost);
    counts.put(what + ": twice", twice);
  }

  /**
   * What the label join made of the log, against a join by brute force.
   *
   * @param counted the ingestion job's totals by name
   * @param learned the learner's metrics: learned, positives, corrections, taken_back, duplicates,
   *     rejected
   */
  Findings against(Map<String, Long> counted, Map<String, Long> learned, Duration window) {
    List<String> faults = new ArrayList<>();
    Map<String, Long> counts = new LinkedHashMap<>();
    Map<String, Integer> labels = new LinkedHashMap<>();
    long relabelled = 0;
    for (Label example : examples) {
      // A click corrects its example; after a restart both may be written again. The last counts.
      Integer before = labels.put(example.id(), example.label());
      if (before != null && before != example.label()) {
        relabelled++;
      }
    }
    Map<String, Set<String>> refusals = new TreeMap<>();
    Set<Long> refusedClicks = new HashSet<>();
    for (RejectedEvent event : rejected) {
      refusals
          .computeIfAbsent(event.getReason(), reason -> new HashSet<>())
          .add(event.getTopic() + "/" + event.getPartition() + "/" + event.getOffset());
      if (event.getTopic().equals(Topics.DEFAULT.clicks())) {
        refusedClicks.add(event.getOffset());
      }
    }
    Map<String, Event> impressionOf = new HashMap<>();
    shown.forEach(event -> impressionOf.putIfAbsent(event.id(), event));
    Map<String, List<Event>> clicksOf = new HashMap<>();
    clicked.forEach(
        event -> clicksOf.computeIfAbsent(event.id(), id -> new ArrayList<>()).add(event));
    long waited = 0;
    long width = window.toMillis();
    for (Event impression : impressionOf.values()) {
      List<Event> inTime =
          clicksOf.getOrDefault(impression.id(), List.of()).stream()
              .filter(click -> Math.abs(click.time() - impression.time()) <= width)
              .filter(click -> click.cameAt() < impression.time() + width)
              .toList();
      Integer label = labels.get(impression.id());
      if (label == null) {
        faults.add("impression %s: no example".formatted(impression.id()));
      } else if (label == 1 && inTime.isEmpty()) {
        faults.add("impression %s: label 1, and no click in time".formatted(impression.id()));
      } else if (label == 0 && !inTime.isEmpty()) {
        // Only where clicks were silent so long that they were not waited for; each is told of.
        waited++;
        for (Event click : inTime) {
          if (!refusedClicks.contains(click.offset())) {
            faults.add(
                "impression %s: label 0, a click in time at offset %d, and no rejection"
                    .formatted(impression.id(), click.offset()));
          }
        }
      }
    }
    labels.keySet().stream()
        .filter(id -> !impressionOf.containsKey(id))
        .forEach(id -> faults.add("example %s: no impression".formatted(id)));
    long positives = labels.values().stream().filter(label -> label == 1).count();
    if (waited > MOST_NOT_WAITED_FOR * positives) {
      faults.add(
          "clicks in time that were late because they were not waited for: %d, expected at most %s of %d"
              .formatted(waited, MOST_NOT_WAITED_FOR, positives));
    }
    long late = size(refusals, RejectionReason.LATE_CLICK);
    long unknown = size(refusals, RejectionReason.CLICK_FOR_UNKNOWN_IMPRESSION);
    Map<String, Long> expected = new LinkedHashMap<>();
    expected.put("impressions", (long) shown.size());
    expected.put("duplicate_impressions", (long) shown.size() - impressionOf.size());
    expected.put("clicks", (long) clicked.size());
    expected.put("positives", positives);
    expected.put("negatives", labels.size() - positives);
    expected.put("late_clicks", late);
    expected.put("duplicate_clicks", clicked.size() - positives - late - unknown);
    refusals.forEach((reason, places) -> expected.put(reason, (long) places.size()));
    malformed.forEach(
        (reason, times) -> {
          if (size(refusals, reason) != times) {
            faults.add(
                "rejected %s: %d, expected %d".formatted(reason, size(refusals, reason), times));
          }
        });
    expected.forEach(
        (name, value) -> {
          long actual = counted.getOrDefault(name, 0L);
          if (actual != value) {
            faults.add("count %s: %d, by brute force %d".formatted(name, actual, value));
          }
          counts.put(name, actual);
        });
    expect("learned", learned, labels.size(), faults);
    expect("positives", learned, positives, faults);
    long all =
        Stream.of("learned", "corrections", "taken_back", "duplicates", "rejected")
            .mapToLong(name -> learned.getOrDefault(name, 0L))
            .sum();
    if (all != examples.size()) {
      faults.add(
          "learned, corrections, duplicates and rejected: %s, expected %d examples in all"
              .formatted(learned, examples.size()));
    }
    counts.put("examples in the log", (long) examples.size());
    counts.put("examples by id", (long) labels.size());
    counts.put("labels corrected", relabelled);
    counts.put("clicks that were not waited for", waited);
    learned.forEach((name, value) -> counts.put("learner: " + name, value));
    return new Findings(faults, counts);
  }

  private static long size(Map<String, Set<String>> refusals, RejectionReason reason) {
    return size(refusals, reason.code());
  }

  private static long size(Map<String, Set<String>> refusals, String reason) {
    return refusals.getOrDefault(reason, Set.of()).size();
  }

  private static void expect(
      String name, Map<String, Long> actual, long expected, List<String> faults) {
    if (actual.getOrDefault(name, -1L) != expected) {
      faults.add("%s: %s, expected %d".formatted(name, actual.get(name), expected));
    }
  }
}
