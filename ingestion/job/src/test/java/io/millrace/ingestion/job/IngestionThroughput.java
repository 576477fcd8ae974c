package io.millrace.ingestion.job;

import io.millrace.feature.BuiltInSchemas;
import io.millrace.ingestion.TestEvents;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.JobID;

/**
 * Measures the ingestion job alone, in replay mode: 300,000 impressions like MovieLens ratings and
 * 230,000 clicks are in Kafka before it starts. Says how long the examples took, and how much of
 * that the task's own thread worked. A first run warms up the JVM.
 */
public final class IngestionThroughput {
  private static final int IMPRESSIONS = 300_000;
  private static final double CLICK_SHARE = 230_000.0 / IMPRESSIONS;
  private static final int PROGRESS_INTERVAL = 500;
  private static final Topics TOPICS = IngestionPlatform.TOPICS;

  private IngestionThroughput() {}

  /** Runs twice. */
  public static void main(String[] args) throws Exception {
    for (int run = 0; run < 2; run++) {
      Path directory = Files.createTempDirectory("ingestion-throughput");
      try (IngestionPlatform platform = new IngestionPlatform(directory)) {
        fill(platform);
        measure(platform, run);
      }
    }
    System.exit(0);
  }

  private static void fill(IngestionPlatform platform) {
    Schema schema = BuiltInSchemas.load(BuiltInSchemas.MOVIELENS_STREAM).avro();
    AvroWire wire = new AvroWire(platform.registry());
    TestEvents events = platform.events();
    Random random = new Random(1);
    for (int i = 0; i < IMPRESSIONS; i++) {
      String id = "movielens-" + i;
      long time = TestEvents.NOW + i;
      GenericRecord record = new GenericData.Record(schema);
      record.put("impression_id", id);
      record.put("event_time", time);
      record.put("user", String.valueOf(random.nextInt(6040)));
      record.put("item", String.valueOf(random.nextInt(3700)));
      record.put("gender", random.nextBoolean() ? "F" : "M");
      record.put("age", String.valueOf(random.nextInt(60)));
      record.put("occ", String.valueOf(random.nextInt(20)));
      record.put("zip", String.valueOf(10_000 + random.nextInt(80_000)));
      record.put("genres", List.of("Action", "Comedy", "Drama").subList(0, 1 + random.nextInt(3)));
      record.put("year", String.valueOf(1940 + random.nextInt(60)));
      platform.write(TOPICS.impressions(), id, wire.encode(record));
      if (random.nextDouble() < CLICK_SHARE) {
        platform.write(TOPICS.clicks(), id, events.click(id, time));
      }
      if (i % PROGRESS_INTERVAL == 0 || i == IMPRESSIONS - 1) {
        long progress = i == IMPRESSIONS - 1 ? Long.MAX_VALUE : time;
        platform.write(TOPICS.impressions(), "p", events.progress(progress));
        platform.write(TOPICS.clicks(), "p", events.progress(progress));
      }
    }
    platform.flush();
  }

  private static void measure(IngestionPlatform platform, int run) throws Exception {
    JobID job =
        platform.submit(platform.replayConfig(Duration.ofMillis(1000), Duration.ofSeconds(1)));
    long start = 0;
    long size = 0;
    while (size < IMPRESSIONS) {
      Thread.sleep(250);
      size = platform.size(TOPICS.examples());
      if (size > 0 && start == 0) {
        start = System.nanoTime();
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        "run %d: %,.0f impressions/s by the wall clock; task thread %.2f s of cpu = %,.0f/s%n",
        run, IMPRESSIONS / seconds, taskSeconds(), IMPRESSIONS / taskSeconds());
    platform.flink().cancelJob(job).get();
  }

  private static double taskSeconds() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long nanos = 0;
    for (long id : threads.getAllThreadIds()) {
      var info = threads.getThreadInfo(id);
      if (info != null && info.getThreadName().startsWith("Source: events")) {
        nanos = Math.max(nanos, threads.getThreadCpuTime(id));
      }
    }
    return nanos / 1e9;
  }
}
