package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.parameters.ParameterView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A learner that died after it had published more than its checkpoint holds, or before the first
 * one: its versions start low again while servers have a higher one.
 */
class RestartFromNothingTest {
  private static final ModelConfig FM = TestExamples.config(ModelKind.FM, 4);
  private static final int BEFORE = 96;

  private static @Nullable EmbeddedKafka kafka;

  /** Compaction begins within a second, not after half a minute. */
  private static final Map<String, String> EAGER_CLEANER =
      Map.of("log.cleaner.backoff.ms", "100", "log.initial.task.delay.ms", "100");

  @TempDir static Path brokerDirectory;
  @TempDir Path directory;

  @BeforeAll
  static void startKafka() throws Exception {
    kafka = new EmbeddedKafka(brokerDirectory, EmbeddedKafka.newClusterId(), EAGER_CLEANER).start();
  }

  @AfterAll
  static void stopKafka() {
    kafka().close();
  }

  private static EmbeddedKafka kafka() {
    return Objects.requireNonNull(kafka);
  }

  private static void read(TestTopics topics, OperatorHarness learner, int from, int to)
      throws Exception {
    for (int i = from; i < to; i++) {
      learner.read(i, topics.examples.example(i));
      if (i % 32 == 31) {
        learner.awaitPublished(i + 1);
      }
    }
  }

  private static OneGo oneGo(TestTopics topics, int to) {
    OneGo expected = new OneGo(FM, topics.registry);
    for (int i = 0; i < to; i++) {
      expected.read(i, topics.examples.example(i));
    }
    return expected;
  }

  private static void awaitVersion(ParameterView view, long version) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> view.current().map(ModelSnapshot::version).orElse(-1L) == version);
  }

  /** A view that has just started must see exactly the learner's table. */
  private void assertFreshView(TestTopics topics, String name, int version) {
    try (ParameterView fresh = topics.view("fm", directory.resolve(name))) {
      awaitVersion(fresh, version);
      Bits.assertSame(fresh.current().orElseThrow(), oneGo(topics, version).learner);
    }
  }

  @ParameterizedTest
  @CsvSource({"0,false", "0,true", "32,true"})
  void serversEndWithTheLearnersTable(int checkpoint, boolean compacted) throws Exception {
    try (TestTopics topics =
            new TestTopics(kafka(), "from" + checkpoint + compacted + "-", 1, "fm");
        ParameterView running = topics.view("fm", directory.resolve("running"))) {
      OperatorSubtaskState snapshot = null;
      try (OperatorHarness first = new OperatorHarness(topics, topics.job(FM), null)) {
        read(topics, first, 0, checkpoint);
        snapshot = checkpoint == 0 ? null : first.snapshot(1);
        read(topics, first, checkpoint, BEFORE);
      }
      awaitVersion(running, BEFORE);
      if (compacted) {
        compact(topics);
      }

      try (OperatorHarness second = new OperatorHarness(topics, topics.job(FM), snapshot)) {
        second.awaitPublished(checkpoint);
        assertFreshView(topics, "atOnce", checkpoint);
        read(topics, second, checkpoint, 64);
        assertFreshView(topics, "below", 64);
        // The running view ignores lower versions: it has what they hold and more.
        assertThat(running.current().orElseThrow().version()).isEqualTo(BEFORE);
        Bits.assertSame(running.current().orElseThrow(), oneGo(topics, BEFORE).learner);
        if (compacted) {
          await()
              .atMost(Duration.ofSeconds(20))
              .until(() -> second.manifests().stream().noneMatch(m -> m.getVersion() > 64));
          assertFreshView(topics, "compacted", 64);
        }

        read(topics, second, 64, 128);
        awaitVersion(running, 128);
        Bits.assertSame(running.current().orElseThrow(), oneGo(topics, 128).learner);
        assertThat(running.rebuilds()).isZero();
        assertFreshView(topics, "passed", 128);
      }
    }
  }

  @Test
  void fewerExamplesThanBeforeLeaveNoRowOfTheOldLearner() throws Exception {
    try (TestTopics topics = new TestTopics(kafka(), "short-", 1, "fm")) {
      try (OperatorHarness first = new OperatorHarness(topics, topics.job(FM), null)) {
        read(topics, first, 0, 48);
      }
      try (OperatorHarness second = new OperatorHarness(topics, topics.job(FM), null)) {
        for (int i = 100; i < 108; i++) {
          second.read(i - 100, topics.examples.example(i)); // another log, and a short one
        }
        second.awaitPublished(8);
        OneGo expected = new OneGo(FM, topics.registry);
        for (int i = 100; i < 108; i++) {
          expected.read(i - 100, topics.examples.example(i));
        }
        try (ParameterView fresh = topics.view("fm", directory)) {
          awaitVersion(fresh, 8);
          Bits.assertSame(fresh.current().orElseThrow(), expected.learner);
        }
      }
    }
  }

  /** Lets the cleaner take all but the newest segment, a few publishes long, at once. */
  private static void compact(TestTopics topics) throws Exception {
    String topic = topics.topics.parameters("fm");
    Map<String, String> configs =
        Map.of(
            "segment.ms", "50",
            "min.cleanable.dirty.ratio", "0.001",
            "min.compaction.lag.ms", "0");
    try (Admin admin = Admin.create(kafka().client())) {
      List<AlterConfigOp> ops =
          configs.entrySet().stream()
              .map(c -> new ConfigEntry(c.getKey(), c.getValue()))
              .map(entry -> new AlterConfigOp(entry, AlterConfigOp.OpType.SET))
              .toList();
      admin
          .incrementalAlterConfigs(
              Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), ops))
          .all()
          .get();
    }
  }
}
