package io.millrace.parameters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.embedding.InitialRows;
import io.millrace.embedding.RowFormat;
import io.millrace.embedding.TableSnapshot;
import io.millrace.registry.InMemorySchemaRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParameterViewRestartTest {
  private static final String TOPIC = "parameters.m";
  private static final long[] ROWS = LongStream.range(0, 50).toArray();

  @TempDir Path brokerDirectory;
  @TempDir Path directory;
  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();

  private ParameterView view(EmbeddedKafka kafka, Path where) {
    return new ParameterView(
        new ParameterViewConfig(
            "m",
            TOPIC,
            kafka.client(),
            where,
            Duration.ofMillis(20),
            Duration.ofSeconds(60),
            null,
            RowFormat.FP32),
        () -> registry,
        manifest -> TableSnapshot.initial(1000, TestPublisher.WIDTH, new InitialRows(1, 0.25f, 0)),
        Clock.systemUTC());
  }

  private static void assertWhole(ParameterView view, long version) {
    ModelSnapshot snapshot = view.current().orElseThrow();
    assertThat(snapshot.version()).isEqualTo(version);
    for (long row : ROWS) {
      float[] out = new float[TestPublisher.WIDTH];
      snapshot.table().addRow(row, 1, out, 0);
      assertThat(out).containsOnly((float) version);
    }
    assertThat(snapshot.tensor("bias")[0]).isEqualTo(version);
  }

  private static void awaitVersion(ParameterView view, long version) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> view.current().map(ModelSnapshot::version).orElse(-1L) == version);
  }

  @Test
  void answersWithItsOldVersionWithoutKafkaThenCatchesUp() throws Exception {
    try (EmbeddedKafka kafka =
        new EmbeddedKafka(brokerDirectory, EmbeddedKafka.newClusterId()).start()) {
      TestTopic.create(kafka, TOPIC, Map.of("cleanup.policy", "compact"));
      Path killed = directory.resolve("killed");
      try (TestPublisher publisher = new TestPublisher(kafka, TOPIC, registry);
          ParameterView view = view(kafka, directory.resolve("view"))) {
        publisher.publish(1, 0, ROWS);
        publisher.publish(2, 1, ROWS);
        awaitVersion(view, 2);
        Thread.sleep(200); // stored by now; what is on disk is what a kill leaves
        ParameterStoreTest.copy(directory.resolve("view"), killed);
      }
      kafka.close();

      try (ParameterView closed = view(kafka, directory.resolve("view"));
          ParameterView view = view(kafka, killed)) {
        assertWhole(closed, 2);
        assertWhole(view, 2);
        assertThat(view.caughtUp()).isFalse();

        kafka.start();
        try (TestPublisher publisher = new TestPublisher(kafka, TOPIC, registry)) {
          publisher.publish(3, 2, ROWS);
          awaitVersion(view, 3);
          awaitVersion(closed, 3);
          assertWhole(view, 3);
          assertThat(view.rebuilds()).isZero();

          // The broker goes away under a live view, which goes on answering.
          kafka.close();
          Thread.sleep(500);
          assertWhole(view, 3);
        }
        kafka.start();
        try (TestPublisher publisher = new TestPublisher(kafka, TOPIC, registry)) {
          publisher.publish(4, 3, ROWS);
          awaitVersion(view, 4);
          assertWhole(view, 4);
        }
      }
    }
  }

  @Test
  void aTopicMadeAnewIsReadFromItsStart() throws Exception {
    try (EmbeddedKafka kafka =
        new EmbeddedKafka(brokerDirectory, EmbeddedKafka.newClusterId()).start()) {
      TestTopic.create(kafka, TOPIC, Map.of("cleanup.policy", "compact"));
      try (TestPublisher publisher = new TestPublisher(kafka, TOPIC, registry);
          ParameterView view = view(kafka, directory)) {
        publisher.publish(8, 0, ROWS);
        publisher.publish(9, 8, ROWS);
        awaitVersion(view, 9);
      }
      TestTopic.delete(kafka, TOPIC);
      await()
          .ignoreExceptions()
          .until(
              () -> {
                TestTopic.create(kafka, TOPIC, Map.of("cleanup.policy", "compact"));
                return true;
              });
      try (ParameterView view = view(kafka, directory)) {
        assertWhole(view, 9);
        await().atMost(Duration.ofSeconds(20)).until(view::caughtUp);
        assertWhole(view, 9);
        assertThat(view.rebuilds()).isEqualTo(1);
        try (TestPublisher publisher = new TestPublisher(kafka, TOPIC, registry)) {
          publisher.publish(3, 0, ROWS);
          awaitVersion(view, 3);
          assertWhole(view, 3);
        }
      }
      try (ParameterView view = view(kafka, directory)) {
        assertWhole(view, 3);
      }
    }
  }
}
