package io.millrace.ingestion;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Two partitions, impressions and clicks, whose producers keep their promises: out of order by a
 * few milliseconds, with duplicates, orphans, early and late clicks, and Progress between.
 */
record EventScript(List<Event> impressions, List<Event> clicks) {
  static final int WINDOW = 20;
  static final int LATENESS = 10;
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
    }
    return new EventScript(
        partition("impressions", impressions, random), partition("clicks", clicks, random));
  }

  private static List<Event> partition(String topic, List<long[]> events, Random random) {
    List<long[]> shuffled = new ArrayList<>();
    for (long[] event : events) {
      shuffled.add(new long[] {event[0], event[1], event[1] + random.nextInt(8)});
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
              ? new ClickEvent(id, time, origin)
              : new ImpressionEvent(id, time, new byte[] {(byte) i}, origin));
    }
    partition.add(new ProgressEvent(Long.MAX_VALUE, origin(topic, partition.size())));
    return partition;
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
