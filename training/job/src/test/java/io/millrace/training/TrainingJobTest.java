package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.event.LearnerMetrics;
import io.millrace.event.VersionManifest;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.metrics.ExampleCounts;
import io.millrace.metrics.LearnerFigures;
import io.millrace.metrics.LearnerMetricsFormat;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.parameters.ParameterKeys;
import io.millrace.parameters.ParameterView;
import io.millrace.topic.NewestRecord;
import io.millrace.wire.AvroWire;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job on a cluster whose task manager is killed, before and after the first checkpoint. */
class TrainingJobTest {
  private static final ModelConfig FM = TestExamples.config(ModelKind.FM, 16);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  /** As ingestion does when it restarts: some of it twice, some of it far apart. */
  private static void write(TestTopics topics, int from, int to) {
    for (int i = from; i < to; i++) {
      topics.write(topics.examples.example(i));
      if (i % 10 == 0) {
        topics.write(topics.examples.example(i));
      }
      if (i % 100 == 99) {
        topics.write(topics.examples.mark(TestExamples.T + i));
        topics.write(topics.examples.other(i));
        topics.write(topics.examples.invalid(1_000_000 + i));
      }
    }
    for (int i = Math.max(0, to - 300); i < to; i++) {
      topics.write(topics.examples.example(i));
    }
    topics.flush();
  }

  private static void awaitLearned(NewestRecord<LearnerMetrics> metrics, long learned) {
    await()
        .atMost(PATIENCE)
        .until(() -> metrics.newest().map(m -> m.getCounts().getLearned()).orElse(0L) >= learned);
  }

  /** How often a version was lower than the one before it. */
  private static int restarts(TestTopics topics) {
    AvroWire wire = new AvroWire(topics.registry);
    List<Long> versions = new ArrayList<>();
    topics.read(
        topics.topics.parameters("fm"),
        record -> {
          if (ParameterKeys.isManifest(record.key())) {
            versions.add(wire.decode(record.value(), VersionManifest.class).getVersion());
          }
        });
    int restarts = 0;
    for (int i = 1; i < versions.size(); i++) {
      restarts += versions.get(i) < versions.get(i - 1) ? 1 : 0;
    }
    return restarts;
  }

  /** What an operator reads of the learner that runs by now, from Flink's metrics. */
  private static void assertGauges(TestCluster cluster, JobID job, long version) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(cluster.metric(job, "learner.examples")).isEqualTo(5003L);
              assertThat(cluster.metric(job, "learner.rejected")).isEqualTo(50L);
              assertThat(cluster.metric(job, "learner.version")).isEqualTo(version);
              assertThat(cluster.metric(job, "learner.publishedVersion")).isEqualTo(version);
            });
  }

  @Test
  void everyExampleIsLearnedOnceWhateverDies() throws Exception {
    try (EmbeddedKafka kafka =
            new EmbeddedKafka(directory.resolve("kafka"), EmbeddedKafka.newClusterId()).start();
        TestTopics topics = new TestTopics(kafka, "", 1, "fm");
        TestCluster cluster =
            new TestCluster(directory.resolve("checkpoints"), Duration.ofHours(1));
        NewestRecord<LearnerMetrics> metrics = topics.metrics("fm");
        ParameterView view = topics.view("fm", directory.resolve("view"))) {
      JobID job = cluster.submit(topics.job(FM));
      write(topics, 0, 2000);
      awaitLearned(metrics, 1900);
      cluster.killTaskManager(); // there is no checkpoint: all is learned again
      write(topics, 2000, 3000);
      awaitLearned(metrics, 2900);
      cluster.checkpoint(job);
      write(topics, 3000, 4000);
      awaitLearned(metrics, 3900);
      cluster.killTaskManager();
      write(topics, 4000, 5003);
      topics.write(topics.examples.mark(Long.MAX_VALUE));
      topics.flush();

      long end = topics.end();
      await()
          .atMost(PATIENCE)
          .until(() -> view.current().map(ModelSnapshot::version).orElse(-1L) == end);
      OneGo expected = new OneGo(FM, topics.registry);
      topics.read(
          topics.topics.examples(), record -> expected.read(record.offset(), record.value()));
      assertThat(expected.learned()).isEqualTo(5003);
      Bits.assertSame(view.current().orElseThrow(), expected.learner);
      await().atMost(PATIENCE).until(() -> metrics.newest().orElseThrow().getVersion() == end);
      LearnerFigures figures = LearnerMetricsFormat.read(metrics.newest().orElseThrow());
      assertThat(figures.counts())
          .isEqualTo(
              new ExampleCounts(
                  5003,
                  expected.learner.total().positives(),
                  end - 5003 - 50 - 50 - 50 - 1,
                  50,
                  50,
                  0,
                  0,
                  0,
                  0,
                  0,
                  0));
      assertThat(figures.progressive().total()).isEqualTo(expected.learner.total().metrics());
      assertThat(figures.progressive().current()).isNull();
      assertGauges(cluster, job, end);
      assertThat(cluster.restarts(job))
          .as("starts after the first: from nothing, and from the checkpoint")
          .isGreaterThanOrEqualTo(2);
      assertThat(restarts(topics)).as("of them visible in the topic").isPositive();
      AtomicLong rejected = new AtomicLong();
      topics.read(topics.topics.rejected(), record -> rejected.incrementAndGet());
      assertThat(rejected.get()).as("written at least once").isGreaterThanOrEqualTo(50);
      try (ParameterView fresh = topics.view("fm", directory.resolve("fresh"))) {
        await().atMost(PATIENCE).until(() -> fresh.current().isPresent());
        Bits.assertSame(fresh.current().orElseThrow(), expected.learner);
      }
    }
  }

  @Test
  void aJobDoesNotSkipWhatRetentionTookWhileItWasAway() throws Exception {
    try (EmbeddedKafka kafka =
            new EmbeddedKafka(directory.resolve("kafka"), EmbeddedKafka.newClusterId()).start();
        TestTopics topics = new TestTopics(kafka, "", 1, "fm");
        TestCluster cluster =
            new TestCluster(directory.resolve("checkpoints"), Duration.ofHours(1));
        NewestRecord<LearnerMetrics> metrics = topics.metrics("fm")) {
      JobID job = cluster.submit(topics.job(FM));
      write(topics, 0, 1000);
      awaitLearned(metrics, 900);
      cluster.checkpoint(job);
      write(topics, 1000, 2000);
      awaitLearned(metrics, 1900);
      long kept = topics.end() - 10;
      try (Admin admin = Admin.create(kafka.client())) {
        TopicPartition partition = new TopicPartition(topics.topics.examples(), 0);
        admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(kept))).all().get();
      }
      cluster.killTaskManager();
      assertThat(cluster.failure(job))
          .contains("topic examples begins at offset " + kept + ", the learner had learned up to ")
          .contains("start with --accept-lost-events to go on from " + kept);
    }
  }

  @Test
  void aSourceThatGoesOnFailsWhereItsNextRecordIsGone() {
    assertThat(new FirstStart(false).getAutoOffsetResetStrategy())
        .isEqualTo(OffsetResetStrategy.NONE);
    assertThat(new FirstStart(true).getAutoOffsetResetStrategy())
        .isEqualTo(OffsetResetStrategy.EARLIEST);
  }
}
