package io.millrace.ingestion.job;

import io.millrace.ingestion.Arrival;
import io.millrace.ingestion.Event;
import io.millrace.ingestion.EventDecoder;
import io.millrace.ingestion.JoinContract;
import io.millrace.ingestion.Origin;
import io.millrace.ingestion.OutcomeRule;
import io.millrace.ingestion.TestEvents;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Events of three days ago that wait in Kafka, and what the contract makes of them by brute force.
 * Some partitions are empty, and one has nothing for ten minutes of event time.
 */
record Backlog(IngestionJobConfig config, Map<String, Long> expected) {
  private static final Duration WINDOW = Duration.ofSeconds(2);
  private static final Duration LATENESS = Duration.ofSeconds(1);
  private static final long STALL_MILLIS = 600_000;

  /**
   * @param impressions number of them; a third is clicked
   * @param partitions of each topic
   * @param idle how many partitions of each topic get nothing, fewer than there are
   * @param perSecond impressions a second of event time
   */
  record Shape(int impressions, int partitions, int idle, int perSecond) {}

  static IngestionJobConfig config(IngestionPlatform platform) {
    return platform.liveConfig(WINDOW, LATENESS);
  }

  static Backlog write(IngestionPlatform platform, Shape shape, long seed) {
    Random random = new Random(seed);
    TestEvents events = platform.events();
    int used = shape.partitions() - shape.idle();
    long start = System.currentTimeMillis() - Duration.ofDays(3).toMillis();
    List<long[]> clicks = new ArrayList<>();
    for (int i = 0; i < shape.impressions(); i++) {
      String id = "i" + i;
      int partition = random.nextInt(used);
      long time = start + i * 1000L / shape.perSecond();
      if (partition == 1 && i > shape.impressions() / 2) {
        time += STALL_MILLIS;
      }
      platform.write(
          "impressions", partition, id, events.impression(id, time - random.nextInt(900)));
      if (random.nextInt(3) == 0) {
        clicks.add(new long[] {i, time + random.nextInt(2200)});
      } else if (random.nextInt(50) == 0) {
        clicks.add(new long[] {shape.impressions() + i, time});
      }
    }
    clicks.sort(java.util.Comparator.comparingLong(click -> click[1]));
    for (long[] click : clicks) {
      String id = "i" + click[0];
      platform.write("clicks", random.nextInt(used), id, events.click(id, click[1]));
    }
    platform.flush();
    return new Backlog(config(platform), expected(platform));
  }

  private static Map<String, Long> expected(IngestionPlatform platform) {
    Map<String, List<Event>> log = new TreeMap<>();
    EventDecoder decoder =
        new EventDecoder(platform.registry(), 1 << 20, System::currentTimeMillis);
    for (String topic : List.of("impressions", "clicks")) {
      platform.read(
          topic,
          record -> {
            Arrival arrival =
                decoder.decode(
                    new Origin(
                        topic,
                        record.partition(),
                        record.offset(),
                        record.timestamp(),
                        record.key(),
                        record.value()));
            log.computeIfAbsent(topic + "-" + record.partition(), key -> new ArrayList<>())
                .add((Event) arrival);
          });
    }
    JoinContract contract =
        new JoinContract(
            List.copyOf(log.values()),
            List.of(OutcomeRule.click(WINDOW, LATENESS)),
            Watermarks.Live.DEFAULT.outOfOrderness().toMillis());
    Map<String, Long> expected = new HashMap<>();
    contract.counts().forEach((code, n) -> expected.put(code, (long) n));
    contract.reasons().forEach((reason, n) -> expected.put(reason.code(), n));
    return expected;
  }
}
