package io.millrace.ingestion;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Two partitions, impressions and outcomes, whose producers keep their promises: out of order by a
 * few milliseconds, with duplicates, orphans, early and late clicks and conversions, some of them
 * taken back or of equal times, and Progress between.
 */
record EventScript(List<Event> impressions, List<Event> clicks) {
  static final int WINDOW = 20;
  static final int LATENESS = 10;
  static final List<OutcomeRule> RULES =
      List.of(
          OutcomeRule.click(Duration.ofMillis(WINDOW), Duration.ofMillis(LATENESS)),
          new OutcomeRule("conversion", Duration.ofMillis(45), Duration.ofMillis(LATENESS)));
  private static final long START = 946_684_800_000L;

  static EventScript random(long seed) {
    Random random = new Random(seed);
    List<long[]> impressions = new ArrayList<>();
    List<long[]> clicks = new ArrayList<>();
    int ids = 1 + random.nextInt(8);
    for (int id = 0; id < ids; id++) {
      long time = START + random.nextInt(150);
      boolean orphan = random.nextInt(6) == 0;
      if (!orphan) {
        impressions.add(new long[] {id, time});
        for (int n = random.nextInt(3); n > 0; n--) {
          // Only within the time that an id is remembered: later reuse is not a duplicate.
          impressions.add(new long[] {id, time + random.nextInt(LATENESS + 1)});
        }
      }
      for (int n = random.nextInt(5); n > 0; n--) {
        clicks.add(new long[] {id, time - 2 * WINDOW + random.nextInt(5 * WINDOW)});
      }
      for (int n = random.nextInt(5); n > 0; n--) {
        boolean retracted = random.nextInt(3) == 0;
        long at = time - 60 + random.nextInt(130);
        clicks.add(new long[] {id, at, 0, random.nextInt(2), retracted ? 1 : 0});
        if (random.nextInt(3) == 0) {
          clicks.add(new long[] {id, at, 0, random.nextInt(2), retracted ? 0 : 1});
        }
      }
    }
    return new EventScript(
        partition("impressions", impressions, random), partition("clicks", clicks, random));
  }

  private static List<Event> partition(String topic, List<long[]> events, Random random) {
    List<long[]> shuffled = new ArrayList<>();
    for (long[] event : events) {
      long[] more = Arrays.copyOf(event, 5);
      more[2] = event[1] + random.nextInt(8);
      shuffled.add(more);
    }
    shuffled.sort(Comparator.comparingLong((long[] e) -> e[2]));
    List<Event> partition = new ArrayList<>();
    for (int i = 0; i < shuffled.size(); i++) {
      if (random.nextInt(3) == 0) {
        long earliest =
            shuffled.subList(i, shuffled.size()).stream().mapToLong(e -> e[1]).min().orElseThrow();
        partition.add(new ProgressEvent(earliest, origin(topic, partition.size())));
      }
      Origin origin = origin(topic, partition.size());
      String id = "i" + shuffled.get(i)[0];
      long time = shuffled.get(i)[1];
      partition.add(
          topic.equals("clicks")
              ? outcome(id, shuffled.get(i), origin)
              : new ImpressionEvent(id, time, new byte[] {(byte) i}, origin));
    }
    partition.add(new ProgressEvent(Long.MAX_VALUE, origin(topic, partition.size())));
    return partition;
  }

  private static OutcomeEvent outcome(String id, long[] event, Origin origin) {
    boolean retracted = event[4] == 1;
    return event[3] == 0
        ? new OutcomeEvent(id, OutcomeRule.CLICK, event[1], null, retracted, origin)
        : new OutcomeEvent(id, "conversion", event[1], (double) origin.offset(), retracted, origin);
  }

  private static Origin origin(String topic, long offset) {
    return new Origin(topic, 0, offset, START + 1_000_000 + offset, null, new byte[] {1, 2});
  }

  /** Both partitions in their order, mixed at random. */
  List<Event> interleaved(Random random) {
    List<Event> mixed = new ArrayList<>();
    int i = 0;
    int c = 0;
    int run = 0;
    boolean impression = false;
    while (i < impressions.size() || c < clicks.size()) {
      if (run-- == 0) {
        run = random.nextInt(6);
        impression = random.nextBoolean();
      }
      if (c == clicks.size() || (impression && i < impressions.size())) {
        mixed.add(impressions.get(i++));
      } else {
        mixed.add(clicks.get(c++));
      }
    }
    return mixed;
  }
}
