package io.millrace.ingestion.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.event.Example;
import io.millrace.event.Progress;
import io.millrace.event.RejectedEvent;
import io.millrace.ingestion.TestEvents;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.JobID;
import org.apache.flink.core.execution.CheckpointType;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job against a real broker, with a task manager that dies in the middle. */
class IngestionJobTest {
  private static final Topics TOPICS = IngestionPlatform.TOPICS;
  private static final long T = TestEvents.NOW;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Map<String, Integer> expectedLabels = new LinkedHashMap<>();
  private final Map<String, Long> expectedCounts = new TreeMap<>();

  private void expect(String counter) {
    expectedCounts.merge(counter, 1L, Long::sum);
  }

  private void writeImpression(IngestionPlatform platform, TestEvents events, int i) {
    String id = "i" + i;
    boolean clicked = i % 3 == 0;
    platform.write(TOPICS.impressions(), id, events.impression(id, T + i));
    expect("impressions");
    if (i % 10 == 0) {
      platform.write(TOPICS.impressions(), id, events.impression(id, T + i));
      expect("impressions");
      expect("duplicate_impressions");
    }
    if (clicked) {
      platform.write(TOPICS.clicks(), id, events.click(id, T + i + 5));
      expect("clicks");
    }
    expectedLabels.put(id, clicked ? 1 : 0);
    expect(clicked ? "positives" : "negatives");
  }

  private void writeBadEvents(IngestionPlatform platform, TestEvents events, int i) {
    long time = T + i;
    String id = "bad" + i;
    platform.write(TOPICS.impressions(), id, new byte[] {9, 9});
    expect("malformed_bytes");
    platform.write(TOPICS.impressions(), id, new byte[] {0, 0, 1, 0, 0, 1});
    expect("unknown_schema_id");
    platform.write(TOPICS.impressions(), id, events.features(id, time, "u", Double.NaN));
    expect("invalid_feature");
    platform.write(TOPICS.impressions(), id, events.features(id, 5, "u", 1.0));
    expect("absurd_event_time");
    platform.write(
        TOPICS.impressions(), id, events.features(id, time, "x".repeat(10_000_000), 1.0));
    expect("too_large");
    platform.write(TOPICS.clicks(), id, events.click(id, time));
    expect("clicks");
    expect("click_for_unknown_impression");
  }

  private void writeProgress(IngestionPlatform platform, TestEvents events, long time) {
    platform.write(TOPICS.impressions(), "p", events.progress(time));
    platform.write(TOPICS.clicks(), "p", events.progress(time));
    platform.flush();
  }

  @Test
  void countsAreExactAndExamplesCompleteWhenATaskManagerDies(@TempDir Path directory)
      throws Exception {
    try (IngestionPlatform platform = new IngestionPlatform(directory)) {
      TestEvents events = platform.events();
      JobID job =
          platform.submit(platform.replayConfig(Duration.ofMillis(100), Duration.ofMillis(100)));
      for (int i = 0; i < 2000; i++) {
        writeImpression(platform, events, i);
      }
      writeBadEvents(platform, events, 1999);
      writeProgress(platform, events, T + 2000);
      await().atMost(PATIENCE).until(() -> platform.size(TOPICS.examples()) >= 1500);
      var unused = platform.flink().triggerCheckpoint(job, CheckpointType.CONFIGURED).get();

      for (int i = 2000; i < 4000; i++) {
        writeImpression(platform, events, i);
      }
      // The clicks end here: this promise is in the checkpoint or read again, but never lost.
      platform.write(TOPICS.impressions(), "p", events.progress(T + 4000));
      platform.write(TOPICS.clicks(), "p", events.progress(Long.MAX_VALUE));
      platform.flush();
      await().atMost(PATIENCE).until(() -> platform.size(TOPICS.examples()) >= 3500);
      platform.flink().terminateTaskManager(0).get();
      platform.flink().startTaskManager();

      for (int i = 4000; i < 5000; i += 1) {
        if (i % 3 != 0) {
          writeImpression(platform, events, i);
        }
      }
      platform.write(TOPICS.impressions(), "p", events.progress(Long.MAX_VALUE));
      platform.flush();

      AvroWire wire = new AvroWire(platform.registry());
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(250))
          .untilAsserted(() -> assertThat(platform.counts()).isEqualTo(expectedCounts));
      assertThat(labels(platform, wire)).isEqualTo(expectedLabels);
      assertMetrics(platform, job);
      assertRejectedAreKept(platform, wire);
    }
  }

  /** What an operator reads of the join that runs by now, from Flink's metrics. */
  private static void assertMetrics(IngestionPlatform platform, JobID job) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(platform.metric(job, "label-join.lag")).isEqualTo(0L);
              assertThat(platform.metric(job, "label-join.examples"))
                  .asInstanceOf(InstanceOfAssertFactories.LONG)
                  .isPositive();
            });
  }

  /** Labels by example id; an example written twice must say the same twice. */
  private static Map<String, Integer> labels(IngestionPlatform platform, AvroWire wire) {
    Map<String, Integer> labels = new LinkedHashMap<>();
    AtomicBoolean ends = new AtomicBoolean();
    platform.read(
        TOPICS.examples(),
        record -> {
          ends.set(wire.decode(record.value()).value() instanceof Progress);
          if (!ends.get()) {
            Example example = wire.decode(record.value(), Example.class);
            Integer before = labels.put(example.getExampleId(), example.getLabel());
            assertThat(before).isIn(null, example.getLabel());
          }
        });
    assertThat(ends).as("the last record marks the end").isTrue();
    return labels;
  }

  private static void assertRejectedAreKept(IngestionPlatform platform, AvroWire wire) {
    Map<String, Integer> sizes = new HashMap<>();
    platform.read(
        TOPICS.rejected(),
        record -> {
          RejectedEvent event = wire.decode(record.value(), RejectedEvent.class);
          sizes.put(event.getReason(), event.getOriginalValue().remaining());
        });
    assertThat(sizes)
        .containsOnlyKeys(
            "malformed_bytes",
            "unknown_schema_id",
            "invalid_feature",
            "absurd_event_time",
            "too_large",
            "click_for_unknown_impression")
        .containsEntry("malformed_bytes", 2);
    assertThat(sizes.get("too_large")).isGreaterThan(10_000_000);
  }
}
