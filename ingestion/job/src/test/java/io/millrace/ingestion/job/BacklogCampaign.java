package io.millrace.ingestion.job;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Backlogs of three days ago on the real source, with a task manager that dies in the middle,
 * against the contract by brute force: {@code BacklogCampaign [events [partitions ...]]}, by
 * default 1,200,000 in 1, 4 and 16 partitions. Ends with status 1 if a counter differs.
 */
public final class BacklogCampaign {
  private BacklogCampaign() {}

  /** Runs the campaign. */
  public static void main(String[] args) throws Exception {
    int events = args.length > 0 ? Integer.parseInt(args[0]) : 1_200_000;
    List<Integer> partitions =
        args.length > 1
            ? List.of(args).subList(1, args.length).stream().map(Integer::valueOf).toList()
            : List.of(1, 4, 16);
    boolean equal = true;
    for (int n : partitions) {
      // With clicks, a third more events than impressions.
      equal &= run(new Backlog.Shape(events * 3 / 4, n, n / 3, 5000));
    }
    System.exit(equal ? 0 : 1);
  }

  private static boolean run(Backlog.Shape shape) throws Exception {
    Path directory = Files.createTempDirectory("backlog");
    try (IngestionPlatform platform = new IngestionPlatform(directory, shape.partitions())) {
      Backlog backlog = Backlog.write(platform, shape, shape.partitions());
      long start = System.nanoTime();
      var unused = platform.submit(backlog.config());
      long half = shape.impressions() / 2;
      while (platform.counts().getOrDefault("impressions", 0L) < half) {
        Thread.sleep(200);
      }
      platform.flink().terminateTaskManager(0).get();
      platform.flink().startTaskManager();
      Map<String, Long> counts = platform.counts();
      long changed = System.nanoTime();
      while (!counts.equals(backlog.expected()) && System.nanoTime() - changed < 120e9) {
        Thread.sleep(500);
        Map<String, Long> now = platform.counts();
        changed = now.equals(counts) ? changed : System.nanoTime();
        counts = now;
      }
      boolean equal = counts.equals(backlog.expected());
      System.out.printf(
          "%d partitions, %d of them empty: %,d impressions, %,d clicks, %s after %.0f s; late_impression %d%n",
          shape.partitions(),
          shape.idle(),
          counts.getOrDefault("impressions", 0L),
          counts.getOrDefault("clicks", 0L),
          equal ? "all counters as by the contract" : "DIFFERENT",
          (System.nanoTime() - start) / 1e9,
          counts.getOrDefault("late_impression", 0L));
      if (!equal) {
        System.out.println("expected " + new TreeMap<>(backlog.expected()));
        System.out.println("but was  " + new TreeMap<>(counts));
      }
      return equal;
    }
  }
}
