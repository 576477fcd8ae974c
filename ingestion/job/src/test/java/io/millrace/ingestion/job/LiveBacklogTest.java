package io.millrace.ingestion.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.JobStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backlogs of old events on the real source: what comes out is what the contract says. */
class LiveBacklogTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @Test
  void anOldBacklogIsJoinedAsTheContractSaysAcrossADeath(@TempDir Path directory) throws Exception {
    Backlog.Shape shape = new Backlog.Shape(6000, 4, 2, 500);
    try (IngestionPlatform platform = new IngestionPlatform(directory, shape.partitions())) {
      Backlog backlog = Backlog.write(platform, shape, 1);
      var job = platform.submit(backlog.config());
      await().atMost(PATIENCE).until(() -> platform.counts().getOrDefault("impressions", 0L) > 0);
      platform.flink().terminateTaskManager(0).get();
      platform.flink().startTaskManager();

      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(250))
          .untilAsserted(() -> assertThat(platform.counts()).isEqualTo(backlog.expected()));
      assertThat(backlog.expected()).doesNotContainKey("late_impression");
      assertThat(platform.flink().getJobStatus(job).get()).isEqualTo(JobStatus.RUNNING);
    }
  }

  @Test
  void whatATransactionAbortedIsNotRead(@TempDir Path directory) throws Exception {
    try (IngestionPlatform platform = new IngestionPlatform(directory)) {
      var unused = platform.submit(Backlog.config(platform));
      long now = System.currentTimeMillis();
      platform.writeAborted("impressions", "aborted", platform.events().impression("aborted", now));
      platform.write("impressions", "good", platform.events().impression("good", now));
      platform.flush();
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(platform.counts())
                      .containsEntry("impressions", 1L)
                      .containsEntry("negatives", 1L));
    }
  }

  @Test
  void eventsThatAreGoneEndTheJobUnlessThatIsAccepted(@TempDir Path directory) throws Exception {
    try (IngestionPlatform platform = new IngestionPlatform(directory)) {
      IngestionJobConfig config = Backlog.config(platform);
      long now = System.currentTimeMillis();
      for (int i = 0; i < 10; i++) {
        platform.write("impressions", "a" + i, platform.events().impression("a" + i, now));
      }
      platform.flush();
      var first = platform.submit(config);
      await().atMost(PATIENCE).until(() -> platform.counts().getOrDefault("impressions", 0L) == 10);
      String savepoint = platform.stop(first, directory.resolve("savepoint"));
      for (int i = 0; i < 10; i++) {
        platform.write("impressions", "b" + i, platform.events().impression("b" + i, now));
      }
      platform.flush();
      platform.deleteBefore("impressions", 15);

      var refused = platform.resume(config, savepoint);
      await()
          .atMost(PATIENCE)
          .until(() -> platform.flink().getJobStatus(refused).get() == JobStatus.FAILED);
      assertThat(platform.failure(refused))
          .isEqualTo(
              "impressions-0 holds offsets 15 to 19, but the ingestion job had read up to 10: 5"
                  + " events were deleted before they were read (retention); start with"
                  + " --accept-lost-events to go on with what is there");

      var unused = platform.resume(config.acceptingLostEvents(), savepoint);
      await().atMost(PATIENCE).until(() -> platform.counts().getOrDefault("impressions", 0L) == 15);
    }
  }
}
