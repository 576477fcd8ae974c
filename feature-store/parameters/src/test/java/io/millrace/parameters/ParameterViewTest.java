package io.millrace.parameters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.embedding.InitialRows;
import io.millrace.embedding.RowFormat;
import io.millrace.embedding.TableSnapshot;
import io.millrace.registry.InMemorySchemaRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParameterViewTest {
  private static final InitialRows INITIAL = new InitialRows(1, 0.25f, 0);
  private static final AtomicInteger TOPICS = new AtomicInteger();

  /** Compaction begins within a second, not after half a minute. */
  private static final Map<String, String> EAGER_CLEANER =
      Map.of("log.cleaner.backoff.ms", "100", "log.initial.task.delay.ms", "100");

  @TempDir static Path brokerDirectory;
  private static @Nullable EmbeddedKafka broker;

  @TempDir Path directory;
  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private final String topic = "parameters.m" + TOPICS.incrementAndGet();
  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeAll
  static void startKafka() throws Exception {
    broker =
        new EmbeddedKafka(brokerDirectory, EmbeddedKafka.newClusterId(), EAGER_CLEANER).start();
  }

  @AfterAll
  static void stopKafka() {
    kafka().close();
  }

  private static EmbeddedKafka kafka() {
    return java.util.Objects.requireNonNull(broker);
  }

  @BeforeEach
  void createTopic() throws Exception {
    TestTopic.create(kafka(), topic, Map.of("cleanup.policy", "compact"));
  }

  @AfterEach
  void close() throws Exception {
    Collections.reverse(open);
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private TestPublisher publisher() {
    TestPublisher publisher = new TestPublisher(kafka(), topic, registry);
    open.add(publisher);
    return publisher;
  }

  private ParameterView view(Path where) {
    return view(where, RowFormat.FP32);
  }

  private ParameterView view(Path where, RowFormat format) {
    ParameterView view =
        new ParameterView(
            new ParameterViewConfig(
                "m",
                topic,
                kafka().client(),
                where,
                Duration.ofMillis(20),
                Duration.ofSeconds(60),
                null,
                format),
            () -> registry,
            manifest -> TableSnapshot.initial(1000, TestPublisher.WIDTH, INITIAL),
            Clock.systemUTC());
    open.add(view);
    return view;
  }

  private static void awaitVersion(ParameterView view, long version) {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(2))
        .until(() -> view.current().map(ModelSnapshot::version).orElse(-1L) == version);
  }

  private static float value(ModelSnapshot snapshot, long row) {
    float[] out = new float[TestPublisher.WIDTH];
    snapshot.table().addRow(row, 1, out, 0);
    return out[TestPublisher.WIDTH - 1];
  }

  private static float initial(long row) {
    float[] out = new float[TestPublisher.WIDTH];
    INITIAL.addTo(row, 1, out, 0, TestPublisher.WIDTH);
    return out[TestPublisher.WIDTH - 1];
  }

  /**
   * Rows that change, go back to their initial values, and are read from the store, in few bits.
   */
  @Test
  void holdsRowsInAFormat() throws Exception {
    TestPublisher publisher = publisher();
    ParameterView view = view(directory, RowFormat.INT8);
    publisher.publish(1, 0, 1, 2);
    publisher.publish(2, 1, 2);
    awaitVersion(view, 2);
    assertHeldInEightBits(view);
    view.close();
    ParameterView again = view(directory, RowFormat.INT8);
    awaitVersion(again, 2);
    assertHeldInEightBits(again);
    again.close();
    ParameterView exact = view(directory);
    awaitVersion(exact, 2);
    assertThat(value(exact.current().orElseThrow(), 2)).isEqualTo(2);
    publisher.begin();
    publisher.rows(Float.NaN, 2);
    publisher.manifest(3, 2, 1);
    publisher.commit();
    exact.close();
    awaitHeld(
        view(directory, RowFormat.INT8),
        "version 3 is held back: tensor bias, and 1 other, holds a value that is not a number");
  }

  @Test
  void holdsBackWhatIsTooLargeForItsFormat() throws Exception {
    TestPublisher publisher = publisher();
    ParameterView view = view(directory, RowFormat.FP16);
    publisher.publish(1, 0, 1, 2);
    awaitVersion(view, 1);
    publisher.publish(70_000, 1, 2);
    awaitHeld(
        view,
        "version 70000 is held back: row 2 holds a value that is not a number, or too large for"
            + " FP16");
    assertThat(view.current().orElseThrow().version()).isEqualTo(1);
  }

  private static void assertHeldInEightBits(ParameterView view) {
    ModelSnapshot snapshot = view.current().orElseThrow();
    assertThat(snapshot.table().format()).isEqualTo(RowFormat.INT8);
    assertThat(value(snapshot, 1)).isCloseTo(1, offset(RowFormat.INT8.errorBound(1)));
    assertThat(value(snapshot, 2)).isCloseTo(2, offset(RowFormat.INT8.errorBound(2)));
    assertThat(value(snapshot, 3)).isCloseTo(initial(3), offset(RowFormat.INT8.errorBound(0.25f)));
    assertThat(value(snapshot, 2)).isNotEqualTo(2);
  }

  /**
   * A value that is not a number is never shown: the last sound version answers until it is gone.
   */
  @Test
  void holdsBackWhatIsNoNumber() throws Exception {
    TestPublisher publisher = publisher();
    ParameterView view = view(directory);
    publisher.publish(1, 0, 1, 2);
    awaitVersion(view, 1);
    publisher.begin();
    publisher.rows(Float.NaN, 2);
    publisher.manifest(2, 1, 1);
    publisher.commit();
    awaitHeld(
        view,
        "version 2 is held back: tensor bias, and 1 other, holds a value that is not a number");
    publisher.publish(3, 2, 1);
    awaitHeld(view, "version 3 is held back: row 2 holds a value that is not a number");
    assertThat(view.current().orElseThrow().version()).isEqualTo(1);
    assertThat(value(view.current().orElseThrow(), 2)).isEqualTo(1);
    view.close();

    // nothing of it is stored either
    ParameterView again = view(directory);
    assertThat(again.current().orElseThrow().version()).isEqualTo(1);
    awaitHeld(again, "version 3 is held back: row 2 holds a value that is not a number");
    publisher.publish(4, 3, 2);
    awaitVersion(again, 4);
    assertThat(again.held()).isEmpty();
    assertThat(value(again.current().orElseThrow(), 1)).isEqualTo(3);
    assertThat(value(again.current().orElseThrow(), 2)).isEqualTo(4);
  }

  @Test
  void holdsBackWhatItsLearnerFoundFaulty() throws Exception {
    TestPublisher publisher = publisher();
    ParameterView view = view(directory);
    publisher.publish(1, 0, 1, 2);
    awaitVersion(view, 1);
    publisher.publish(2, 1, 1);
    awaitVersion(view, 2);
    publisher.fault("predictions are wrong", 1L);
    publisher.publish(3, 2, 1);
    awaitHeld(view, "version 3 is held back: predictions are wrong");
    assertThat(view.current().orElseThrow().version()).as("the sound one").isEqualTo(1);
    assertThat(value(view.current().orElseThrow(), 1)).isEqualTo(1);
    publisher.fault(null, null);
    publisher.publish(4, 3, 2);
    awaitVersion(view, 4);
    assertThat(view.held()).isEmpty();
    assertThat(value(view.current().orElseThrow(), 1)).as("of version 3").isEqualTo(3);
  }

  private static void awaitHeld(ParameterView view, String words) {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(2))
        .until(() -> view.held().orElse("").equals(words));
  }

  @Test
  void showsNothingButWholeVersions() throws Exception {
    long[] rows = LongStream.range(0, 300).toArray();
    ParameterView view = view(directory);
    TestPublisher publisher = publisher();
    AtomicInteger looks = new AtomicInteger();
    List<String> torn = Collections.synchronizedList(new ArrayList<>());
    Thread reader =
        new Thread(
            () -> {
              while (!Thread.currentThread().isInterrupted()) {
                view.current()
                    .ifPresent(
                        snapshot -> {
                          looks.incrementAndGet();
                          float version = snapshot.version();
                          boolean whole = snapshot.tensor("bias")[0] == version;
                          for (long row : rows) {
                            whole &= value(snapshot, row) == version;
                          }
                          if (!whole) {
                            torn.add("version " + version);
                          }
                        });
              }
            });
    reader.start();
    for (int version = 1; version <= 60; version++) {
      publisher.publish(version, version - 1, rows);
    }
    awaitVersion(view, 60);
    reader.interrupt();
    reader.join();
    assertThat(torn).isEmpty();
    assertThat(looks.get()).isGreaterThan(100);
    assertThat(view.rebuilds()).isZero();
    assertThat(value(view.current().orElseThrow(), 999)).isEqualTo(initial(999));
  }

  @Test
  void aPublishThatIsNotCommittedIsNeverSeen() throws Exception {
    TestPublisher publisher = publisher();
    publisher.publish(1, 0, 1, 2);
    ParameterView view = view(directory);
    awaitVersion(view, 1);

    publisher.begin();
    publisher.rows(2, 1, 2);
    publisher.manifest(2, 1, 2);
    publisher.flush();
    Thread.sleep(300);
    assertThat(view.current().orElseThrow().version()).isEqualTo(1);
    publisher.abort();

    // Committed, but the manifest is not there yet.
    publisher.begin();
    publisher.rows(3, 1);
    publisher.commit();
    Thread.sleep(300);
    assertThat(value(view.current().orElseThrow(), 1)).isEqualTo(1);

    publisher.begin();
    publisher.manifest(3, 1, 1);
    publisher.commit();
    awaitVersion(view, 3);
    assertThat(value(view.current().orElseThrow(), 1)).isEqualTo(3);
    assertThat(value(view.current().orElseThrow(), 2)).isEqualTo(1);
    assertThat(view.rebuilds()).isZero();
  }

  @Test
  void aGapIsFilledFromTheStartOfTheLog() {
    TestPublisher publisher = publisher();
    publisher.publish(1, 0, 1, 2);
    ParameterView view = view(directory);
    awaitVersion(view, 1);
    await().until(view::caughtUp);

    publisher.publish(9, 5, 2);
    awaitVersion(view, 9);
    assertThat(view.rebuilds()).isEqualTo(1);
    assertThat(value(view.current().orElseThrow(), 1)).isEqualTo(1);
    assertThat(value(view.current().orElseThrow(), 2)).isEqualTo(9);

    publisher.publish(10, 9, 3);
    awaitVersion(view, 10);
    assertThat(view.rebuilds()).isEqualTo(1);
  }

  @Test
  void aRepeatedVersionChangesNothingAndARemovedRowIsInitialAgain() {
    TestPublisher publisher = publisher();
    publisher.publish(5, 0, 1, 2);
    ParameterView view = view(directory);
    awaitVersion(view, 5);
    ModelSnapshot five = view.current().orElseThrow();
    await().until(view::caughtUp);

    publisher.publish(4, 0, 1, 2);
    publisher.begin();
    publisher.remove(1);
    publisher.rows(6, 3);
    publisher.manifest(6, 5, 1);
    publisher.commit();
    awaitVersion(view, 6);

    ModelSnapshot six = view.current().orElseThrow();
    assertThat(value(six, 1)).isEqualTo(initial(1));
    assertThat(value(six, 2)).isEqualTo(5);
    assertThat(value(six, 3)).isEqualTo(6);
    assertThat(value(five, 1)).isEqualTo(5);
    assertThat(value(five, 3)).isEqualTo(initial(3));
    assertThat(view.rebuilds()).isZero();
  }

  @Test
  void anotherModelUnderTheSameNameReplacesTheOldOneWhole() {
    TestPublisher publisher = publisher();
    publisher.publish(5, 0, 1, 2);
    ParameterView view = view(directory);
    awaitVersion(view, 5);
    await().until(view::caughtUp);
    publisher.modelConfig("{\"seed\":2}");
    publisher.publish(1, 0, 2);
    awaitVersion(view, 1);
    assertThat(value(view.current().orElseThrow(), 1)).isEqualTo(initial(1));
    assertThat(value(view.current().orElseThrow(), 2)).isEqualTo(1);
  }

  @Test
  void aNewerIncarnationReplacesAHigherVersionAlsoInAViewThatHadStoredIt() {
    TestPublisher publisher = publisher();
    publisher.publish(5, 0, 1, 2);
    Path away = directory.resolve("away");
    try (ParameterView view = view(away)) {
      awaitVersion(view, 5);
    }
    ParameterView live = view(directory.resolve("live"));
    awaitVersion(live, 5);
    await().until(live::caughtUp);
    publisher.incarnation(1);
    publisher.publish(3, 0, 2);
    publisher.publish(4, 3, 3);
    publisher.incarnation(0);
    publisher.publish(9, 5, 1); // of a learner that does not know
    publisher.incarnation(1);
    publisher.publish(5, 4, 3);
    for (ParameterView view : List.of(live, view(away))) {
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> view.current().orElseThrow().manifest().getIncarnation() == 1);
      awaitVersion(view, 5);
      ModelSnapshot shown = view.current().orElseThrow();
      assertThat(value(shown, 1)).isEqualTo(initial(1));
      assertThat(value(shown, 2)).isEqualTo(3);
      assertThat(value(shown, 3)).isEqualTo(5);
    }
  }

  @Test
  void aRecordThatNobodyCanReadDoesNotStopTheView() {
    TestPublisher publisher = publisher();
    publisher.publish(1, 0, 1);
    ParameterView view = view(directory);
    awaitVersion(view, 1);
    publisher.begin();
    publisher.send(new byte[] {'x'}, new byte[] {1});
    publisher.send(ParameterKeys.row(5), new byte[] {1, 2, 3});
    publisher.send(ParameterKeys.tensor("t"), new byte[] {0, 0, 0, 0, 99, 1});
    publisher.commit();
    publisher.publish(2, 1, 1);
    awaitVersion(view, 2);
  }

  @Test
  void measuresFreshnessOfLiveVersionsOnly() {
    TestPublisher publisher = publisher();
    publisher.clickTimes(System.currentTimeMillis() - 500_000);
    publisher.publish(1, 0, 1);
    ParameterView view = view(directory);
    awaitVersion(view, 1);
    await().until(view::caughtUp);
    assertThat(view.freshness().clicks()).isZero();

    long now = System.currentTimeMillis();
    publisher.clickTimes(now - 2000, now - 1000);
    publisher.publish(2, 1, 1);
    awaitVersion(view, 2);
    await().until(() -> view.freshness().clicks() == 2);
    assertThat(view.freshness().p50Millis()).isBetween(1000L, 1900L);
    assertThat(view.freshness().maxMillis()).isBetween(1990L, 10_000L);
  }

  @Test
  void aCompactedLogGivesTheNewestVersion() throws Exception {
    String compacted = topic + ".compacted";
    TestTopic.create(
        kafka(),
        compacted,
        Map.of(
            "cleanup.policy", "compact",
            "segment.ms", "50",
            "min.cleanable.dirty.ratio", "0.001",
            "min.compaction.lag.ms", "0"));
    try (TestPublisher publisher = new TestPublisher(kafka(), compacted, registry)) {
      for (int version = 1; version <= 40; version++) {
        publisher.publish(version, version - 1, version % 7, version % 5 + 10);
      }
      await()
          .atMost(Duration.ofSeconds(40))
          .pollInterval(Duration.ofMillis(300))
          .until(
              () -> {
                publisher.begin();
                publisher.send(new byte[] {'x'}, new byte[] {1});
                publisher.commit();
                return count(compacted, ParameterKeys.MANIFEST) <= 2;
              });
    }
    try (ParameterView view =
        new ParameterView(
            ParameterViewConfig.of("m", compacted, kafka().client(), directory),
            () -> registry,
            manifest -> TableSnapshot.initial(1000, TestPublisher.WIDTH, INITIAL),
            Clock.systemUTC())) {
      awaitVersion(view, 40);
      for (int row = 0; row < 7; row++) {
        assertThat(value(view.current().orElseThrow(), row)).isEqualTo(40 - (40 - row) % 7);
      }
      assertThat(view.current().orElseThrow().tensor("bias")).containsExactly(40, 0.5f);
    }
  }

  private static long count(String topic, byte kind) {
    TopicPartition partition = new TopicPartition(topic, 0);
    try (var consumer =
        new KafkaConsumer<>(
            kafka().client(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end =
          java.util.Objects.requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
      long n = 0;
      while (consumer.position(partition) < end) {
        for (var record : consumer.poll(Duration.ofMillis(100))) {
          n += record.key()[0] == kind ? 1 : 0;
        }
      }
      return n;
    }
  }
}
