package io.millrace.e2e;

import io.millrace.event.Example;
import io.millrace.event.Outcome;
import io.millrace.event.RejectedEvent;
import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import io.millrace.wire.EventRules;
import io.millrace.wire.RejectionReason;
import io.millrace.wire.WireFormatException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
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
   * An impression, or a word about an outcome, that can be read, in the order of its topic.
   *
   * @param cameAt the time of its partition before it
   * @param outcome empty of an impression
   */
  private record Event(
      long offset, String id, long time, long cameAt, String outcome, boolean retracted) {}

  private record Label(String id, String outcome, int label) {}

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
              examples.add(
                  new Label(example.getExampleId(), example.getOutcome(), example.getLabel()));
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
                    latest.get() - OUT_OF_ORDER_MILLIS,
                    topic.equals(Topics.DEFAULT.clicks()) ? outcome(event) : "",
                    event instanceof Outcome outcome && outcome.getRetracted()));
            latest.accumulateAndGet(Math.min(time, record.timestamp()), Math::max);
          } catch (WireFormatException e) {
            malformed.merge(e.reason().code(), 1L, Long::sum);
          }
        });
  }

  private static String outcome(IndexedRecord event) {
    return event instanceof Outcome outcome ? outcome.getOutcome() : EventRules.CLICK;
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
   * @param learned the metrics of a learner of clicks: learned, positives, corrections, taken_back,
   *     duplicates, rejected, other_outcome
   * @param windows of the outcomes by name, clicks among them
   */
  Findings against(
      Map<String, Long> counted, Map<String, Long> learned, Map<String, Duration> windows) {
    List<String> faults = new ArrayList<>();
    Map<String, Long> counts = new LinkedHashMap<>();
    Map<String, Set<String>> refusals = new TreeMap<>();
    Set<Long> refusedWords = new HashSet<>();
    for (RejectedEvent event : rejected) {
      refusals
          .computeIfAbsent(event.getReason(), reason -> new HashSet<>())
          .add(event.getTopic() + "/" + event.getPartition() + "/" + event.getOffset());
      if (event.getTopic().equals(Topics.DEFAULT.clicks())) {
        refusedWords.add(event.getOffset());
      }
    }
    Map<String, Event> impressionOf = new HashMap<>();
    shown.forEach(event -> impressionOf.putIfAbsent(event.id(), event));
    Map<String, Long> expected = new LinkedHashMap<>();
    expected.put("impressions", (long) shown.size());
    expected.put("duplicate_impressions", (long) shown.size() - impressionOf.size());
    refusals.forEach((reason, places) -> expected.put(reason, (long) places.size()));
    malformed.forEach(
        (reason, times) -> {
          if (size(refusals, reason) != times) {
            faults.add(
                "rejected %s: %d, expected %d".formatted(reason, size(refusals, reason), times));
          }
        });
    windows.forEach(
        (outcome, window) -> {
          Map<String, Integer> labels =
              judge(outcome, window, impressionOf, refusedWords, faults, counts);
          long positives = labels.values().stream().filter(label -> label == 1).count();
          count(outcome, labels.size(), positives, refusals, counted, expected, faults);
          if (outcome.equals(EventRules.CLICK)) {
            expect("learned", learned, labels.size(), faults);
            expect("positives", learned, positives, faults);
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
    long all =
        Stream.of("learned", "corrections", "taken_back", "duplicates", "rejected", "other_outcome")
            .mapToLong(name -> learned.getOrDefault(name, 0L))
            .sum();
    if (all != examples.size()) {
      faults.add(
          "learned, corrections, duplicates and rejected: %s, expected %d examples in all"
              .formatted(learned, examples.size()));
    }
    counts.put("examples in the log", (long) examples.size());
    learned.forEach((name, value) -> counts.put("learner: " + name, value));
    return new Findings(faults, counts);
  }

  /** The labels of an outcome by impression id, after a look at each of them. */
  private Map<String, Integer> judge(
      String outcome,
      Duration window,
      Map<String, Event> impressionOf,
      Set<Long> refusedWords,
      List<String> faults,
      Map<String, Long> counts) {
    Map<String, Integer> labels = new LinkedHashMap<>();
    long relabelled = 0;
    for (Label example : examples) {
      if (example.outcome().equals(outcome)) {
        // A click corrects its example; after a restart both may be written again. The last counts.
        Integer before = labels.put(example.id(), example.label());
        relabelled += before != null && before != example.label() ? 1 : 0;
      }
    }
    Map<String, List<Event>> wordsOf = new HashMap<>();
    clicked.stream()
        .filter(event -> event.outcome().equals(outcome))
        .forEach(event -> wordsOf.computeIfAbsent(event.id(), id -> new ArrayList<>()).add(event));
    long waited = 0;
    long width = window.toMillis();
    for (Event impression : impressionOf.values()) {
      List<Event> inTime =
          wordsOf.getOrDefault(impression.id(), List.of()).stream()
              .filter(word -> Math.abs(word.time() - impression.time()) <= width)
              .filter(word -> word.cameAt() < impression.time() + width)
              .toList();
      // Only where words were silent so long that they were not waited for; each is told of.
      List<Event> counting =
          inTime.stream().filter(word -> !refusedWords.contains(word.offset())).toList();
      waited += inTime.size() - counting.size();
      Integer label = labels.get(impression.id());
      if (label == null) {
        faults.add("impression %s: no example of %s".formatted(impression.id(), outcome));
      } else if (label != (happened(counting) ? 1 : 0)) {
        faults.add(
            "impression %s: %s %d, but in time were %s"
                .formatted(impression.id(), outcome, label, counting));
      }
    }
    labels.keySet().stream()
        .filter(id -> !impressionOf.containsKey(id))
        .forEach(id -> faults.add("example %s: no impression".formatted(id)));
    long words = clicked.stream().filter(event -> event.outcome().equals(outcome)).count();
    if (waited > MOST_NOT_WAITED_FOR * words) {
      faults.add(
          "%s in time that were late because they were not waited for: %d, expected at most %s of %d"
              .formatted(outcome, waited, MOST_NOT_WAITED_FOR, words));
    }
    counts.put(outcome + ": examples by id", (long) labels.size());
    counts.put(outcome + ": labels corrected", relabelled);
    counts.put(outcome + ": not waited for", waited);
    return labels;
  }

  private static boolean happened(List<Event> words) {
    return words.stream()
        .max(Comparator.comparingLong(Event::time).thenComparing(Event::retracted))
        .map(word -> !word.retracted())
        .orElse(false);
  }

  /** Whether the job's counts of an outcome are what its labels say. */
  private void count(
      String outcome,
      long impressions,
      long positives,
      Map<String, Set<String>> refusals,
      Map<String, Long> counted,
      Map<String, Long> expected,
      List<String> faults) {
    boolean click = outcome.equals(EventRules.CLICK);
    String prefix = click ? "" : outcome + ".";
    long words = clicked.stream().filter(event -> event.outcome().equals(outcome)).count();
    long late = size(refusals, click ? RejectionReason.LATE_CLICK : RejectionReason.LATE_OUTCOME);
    long unknown =
        size(
            refusals,
            click
                ? RejectionReason.CLICK_FOR_UNKNOWN_IMPRESSION
                : RejectionReason.OUTCOME_FOR_UNKNOWN_IMPRESSION);
    expected.put(click ? "clicks" : prefix + "events", words);
    expected.put(prefix + "negatives", impressions - positives);
    if (!click) {
      expected.put(prefix + "late", late);
    }
    long takenBack = counted.getOrDefault(prefix + "taken_back", 0L);
    expected.put(prefix + "positives", positives + takenBack);
    expected.put(
        click ? "duplicate_clicks" : prefix + "duplicates",
        words
            - positives
            - 2 * takenBack
            - counted.getOrDefault(prefix + "idle_retractions", 0L)
            - late
            - unknown);
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
