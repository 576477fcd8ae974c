package io.millrace.e2e;

import io.millrace.event.Click;
import io.millrace.event.Example;
import io.millrace.event.Impression;
import io.millrace.event.RejectedEvent;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.generic.IndexedRecord;

/**
 * What became of all events of a platform, from its topics and by brute force.
 *
 * @param committed records of impressions and clicks that a reader sees
 * @param rejected topic and offset ({@code impressions@17}) to the reason
 * @param unexplained rejected events without a detail
 * @param rejectedTwice records in {@code rejected} beyond the first of an event
 * @param labels of the examples by id
 * @param examples records of examples, with those that were written twice, without corrections
 * @param corrections records that correct an example
 * @param impressions that were not rejected
 * @param repeated of those, the ones whose id came before
 * @param waitingClicks clicks of an impression that did not come and still may
 * @param waiting ids of those that are not clicked and whose window has not ended
 * @param lost ids of those that are no example although it has
 */
record FuzzAudit(
    long committed,
    Map<String, String> rejected,
    long unexplained,
    long rejectedTwice,
    Map<String, Integer> labels,
    long examples,
    long corrections,
    long impressions,
    long repeated,
    long waitingClicks,
    Set<String> waiting,
    Set<String> lost) {

  /**
   * Reads the topics of a platform.
   *
   * @param timeNow after which a window that has ended must have given an example
   */
  static FuzzAudit of(FuzzedPlatform platform, Duration window, long timeNow) {
    AvroWire wire = platform.wire();
    Topics topics = Topics.DEFAULT;
    Map<String, String> rejected = new HashMap<>();
    long[] unexplained = new long[2];
    WholeTopic.read(
        platform.client(),
        topics.rejected(),
        record -> {
          RejectedEvent event = wire.decode(record.value(), RejectedEvent.class);
          if (rejected.put(event.getTopic() + "@" + event.getOffset(), event.getReason()) != null) {
            unexplained[1]++;
          }
          unexplained[0] += event.getDetail().isEmpty() ? 1 : 0;
        });
    Map<String, Integer> labels = new HashMap<>();
    long[] examples = new long[2];
    WholeTopic.read(
        platform.client(),
        topics.examples(),
        record -> {
          if (wire.schemaOf(record.value()).schema().equals(Example.getClassSchema())) {
            Example example = wire.decode(record.value(), Example.class);
            labels.put(example.getExampleId(), example.getLabel());
            examples[example.getCorrectedLabel() == null ? 0 : 1]++;
          }
        });
    long[] counts = new long[3];
    Map<String, Long> shown = new HashMap<>();
    List<Click> clicks = new ArrayList<>();
    for (String topic : List.of(topics.impressions(), topics.clicks())) {
      WholeTopic.read(
          platform.client(),
          topic,
          record -> {
            counts[0]++;
            if (!rejected.containsKey(topic + "@" + record.offset())) {
              accepted(wire, record.value(), shown, clicks, counts);
            }
          });
    }
    Set<String> waiting = new HashSet<>();
    Set<String> lost = new HashSet<>();
    long present = System.currentTimeMillis();
    shown.forEach(
        (id, time) -> {
          long end = time + window.toMillis();
          Integer label = labels.get(id);
          if (label == null) {
            (end > timeNow ? waiting : lost).add(id);
          } else if (label == 0 && end > present) {
            waiting.add(id);
          }
        });
    long waitingClicks =
        clicks.stream().filter(click -> !shown.containsKey(click.getImpressionId())).count();
    return new FuzzAudit(
        counts[0],
        rejected,
        unexplained[0],
        unexplained[1],
        labels,
        examples[0],
        examples[1],
        counts[1],
        counts[2],
        waitingClicks,
        waiting,
        lost);
  }

  private static void accepted(
      AvroWire wire, byte[] value, Map<String, Long> shown, List<Click> clicks, long[] counts) {
    IndexedRecord record = wire.decode(value).value();
    String id;
    long time;
    if (record instanceof Click click) {
      clicks.add(click);
      return;
    }
    if (record instanceof Impression impression) {
      id = impression.getImpressionId();
      time = impression.getEventTime().toEpochMilli();
    } else if (record.getSchema().getField("impression_id") != null) {
      id = record.get(record.getSchema().getField("impression_id").pos()).toString();
      time = (Long) record.get(record.getSchema().getField("event_time").pos());
    } else {
      return; // counted and told by nobody, as the sums will show
    }
    counts[1]++;
    if (shown.putIfAbsent(id, time) != null) {
      counts[2]++;
    }
  }

  /** Of those that are waiting, how many are an example already, which a click would correct. */
  long provisional() {
    return waiting.stream().filter(labels::containsKey).count();
  }

  /** Rejected events by reason. */
  Map<String, Long> byReason() {
    Map<String, Long> byReason = new TreeMap<>();
    rejected.values().forEach(reason -> byReason.merge(reason, 1L, Long::sum));
    return byReason;
  }
}
