package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.event.LearnerMetrics;
import io.millrace.event.TensorUpdate;
import io.millrace.event.VersionManifest;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.metrics.ExampleCounts;
import io.millrace.metrics.LearnerFigures;
import io.millrace.metrics.ProgressiveFigures;
import io.millrace.model.TensorSpec;
import io.millrace.model.Tensors;
import io.millrace.parameters.ParameterKeys;
import io.millrace.schema.SchemaRegistry;
import io.millrace.wire.AvroWire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import org.apache.avro.Schema;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionState;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class ParameterPublisherTest {
  private static final ModelConfig FM = TestExamples.config(ModelKind.FM, 16);
  private static final Incarnation INCARNATION = new Incarnation(3, "a", 5);

  /** The broker looks for transactions that have taken too long ten times a second. */
  private static final Map<String, String> EAGER_END =
      Map.of("transaction.abort.timed.out.transaction.cleanup.interval.ms", "100");

  private static @Nullable EmbeddedKafka broker;

  @TempDir static Path brokerDirectory;
  private @Nullable TestTopics openTopics;

  @BeforeAll
  static void startKafka() throws Exception {
    broker = new EmbeddedKafka(brokerDirectory, EmbeddedKafka.newClusterId(), EAGER_END).start();
  }

  @AfterAll
  static void stopKafka() {
    kafka().close();
  }

  private static EmbeddedKafka kafka() {
    return Objects.requireNonNull(broker);
  }

  @BeforeEach
  void openTopics(TestInfo test) {
    String prefix = test.getTestMethod().orElseThrow().getName() + "-";
    openTopics = new TestTopics(kafka(), prefix, 1, "fm");
  }

  @AfterEach
  void closeTopics() {
    topics().close();
  }

  private TestTopics topics() {
    return Objects.requireNonNull(openTopics);
  }

  /** A registry that does something first where a tensor's schema is asked for. */
  private record Watched(SchemaRegistry inner, Runnable first) implements SchemaRegistry {
    @Override
    public RegisteredSchema register(String subject, Schema schema) {
      if (subject.equals(TensorUpdate.getClassSchema().getFullName())) {
        first.run();
      }
      return inner.register(subject, schema);
    }

    @Override
    public Optional<RegisteredSchema> byId(int id) {
      return inner.byId(id);
    }

    @Override
    public Optional<RegisteredSchema> latest(String subject) {
      return inner.latest(subject);
    }

    @Override
    public List<String> subjects() {
      return inner.subjects();
    }

    @Override
    public void close() {
      inner.close();
    }
  }

  private ParameterPublisher publisher(Runnable atTheFirstTensor, Duration transactionTimeout) {
    return new ParameterPublisher(
        topics().job(FM),
        FM,
        new Watched(topics().registry, atTheFirstTensor),
        Clock.systemUTC(),
        transactionTimeout);
  }

  private static Publish publish(long version, long base, int tensorSize) {
    RowCopies rows = new RowCopies(2);
    rows.accept(7, new float[] {1, 2}, 0);
    TensorSpec spec =
        new TensorSpec("bias", new int[] {tensorSize}, new TensorSpec.Init.Constant(0));
    return new Publish(
        INCARNATION,
        version,
        base,
        "\"string\"",
        rows,
        new long[] {9},
        Tensors.zeros(List.of(spec)),
        List.of(),
        Optional.empty(),
        new LearnerFigures(
            version, ExampleCounts.NONE, 0, ProgressiveFigures.NONE, OptionalDouble.empty()));
  }

  private List<VersionManifest> manifests() {
    AvroWire wire = new AvroWire(topics().registry);
    List<VersionManifest> all = new ArrayList<>();
    topics()
        .read(
            topics().topics.parameters("fm"),
            record -> {
              if (ParameterKeys.isManifest(record.key())) {
                all.add(wire.decode(record.value(), VersionManifest.class));
              }
            });
    return all;
  }

  private List<LearnerMetrics> metrics() {
    AvroWire wire = new AvroWire(topics().registry);
    List<LearnerMetrics> all = new ArrayList<>();
    topics()
        .read(
            topics().topics.learnerMetrics("fm"),
            record -> {
              assertThat(record.key()).asString(StandardCharsets.UTF_8).isEqualTo("fm");
              all.add(wire.decode(record.value(), LearnerMetrics.class));
            });
    return all;
  }

  private static Throwable failureOf(ParameterPublisher publisher) {
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> catchThrowable(publisher::idle) != null);
    return catchThrowable(publisher::idle);
  }

  @Test
  void aPublishNamesTheIncarnationAndHowLongTheOneBeforeTook() {
    try (ParameterPublisher publisher =
        publisher(ParameterPublisherTest::aMoment, ParameterPublisher.TRANSACTION_TIMEOUT)) {
      for (int version = 1; version <= 2; version++) {
        publisher.publish(publish(version, version - 1, 1));
        await().atMost(Duration.ofSeconds(20)).until(publisher::idle);
      }
    }
    assertThat(manifests())
        .hasSize(2)
        .allSatisfy(manifest -> assertThat(Incarnation.of(manifest)).isEqualTo(INCARNATION));
    List<LearnerMetrics> metrics = metrics();
    assertThat(metrics).extracting(LearnerMetrics::getVersion).containsExactly(1L, 2L);
    assertThat(metrics)
        .extracting(LearnerMetrics::getIncarnation)
        .containsOnly(INCARNATION.number());
    assertThat(metrics.get(0).getPublishSeconds()).isNull();
    assertThat(metrics.get(1).getPublishSeconds()).isPositive();
  }

  /** Long enough to be measured in milliseconds. */
  private static void aMoment() {
    try {
      Thread.sleep(2);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anErrorInThePublishersThreadIsThrownToTheLearner() {
    StackOverflowError error = new StackOverflowError("of the test");
    try (ParameterPublisher publisher =
        publisher(
            () -> {
              throw error;
            },
            ParameterPublisher.TRANSACTION_TIMEOUT)) {
      publisher.publish(publish(1, 0, 1));
      assertThat(failureOf(publisher))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("publishing to " + topics().topics.parameters("fm") + " failed")
          .hasCause(error);
      assertThatThrownBy(publisher::idle).hasCause(error); // and again
    }
    assertThat(manifests()).isEmpty();
  }

  @Test
  void aRecordThatIsTooLargeIsNamedAndEndsTheJob() {
    try (ParameterPublisher publisher =
        publisher(() -> {}, ParameterPublisher.TRANSACTION_TIMEOUT)) {
      publisher.publish(publish(5, 0, 5_000_000));
      assertThat(failureOf(publisher))
          .isInstanceOf(SuppressRestartsException.class)
          .cause()
          .hasMessageStartingWith(
              "version 5 of model fm: tensor bias of 200000") // its values, and some bytes more
          .hasMessageContaining(
              " bytes cannot be sent to %s, expected at most 16777216 and max.message.bytes"
                  .formatted(topics().topics.parameters("fm")));
    }
    assertThat(manifests()).isEmpty();
  }

  private void awaitEndByTheBroker() {
    String id = topics().topics.prefix() + "millrace-publisher-fm";
    try (Admin admin = Admin.create(kafka().client())) {
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  admin.describeTransactions(List.of(id)).description(id).get().state()
                      == TransactionState.COMPLETE_ABORT);
    }
  }

  private Throwable failureOfOneThatOutlivesItsTransaction(long base) throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    try (ParameterPublisher publisher =
        publisher(
            () -> {
              try {
                ended.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            },
            Duration.ofMillis(500))) {
      publisher.publish(publish(8, base, 1));
      awaitEndByTheBroker();
      ended.countDown();
      return failureOf(publisher);
    }
  }

  @Test
  void aWholePublishThatOutlivesItsTransactionEndsTheJobInWords() throws Exception {
    assertThat(failureOfOneThatOutlivesItsTransaction(0))
        .isInstanceOf(SuppressRestartsException.class)
        .cause()
        .hasMessageStartingWith("version 8 of model fm: publishing the whole model to ")
        .hasMessageContaining(", 1 rows of 2 values, has taken ")
        .hasMessageContaining("but the broker ends a transaction after 0.5 s");
    assertThat(manifests()).isEmpty();
    assertThat(metrics()).isEmpty();
  }

  @Test
  void aDifferenceThatOutlivesItsTransactionMayBeTriedAgain() throws Exception {
    assertThat(failureOfOneThatOutlivesItsTransaction(4))
        .isInstanceOf(IllegalStateException.class)
        .cause()
        .hasMessageStartingWith("version 8 of model fm: publishing what has changed to ");
  }

  @Test
  void aTimeoutThatTheBrokerDoesNotAllowIsNamed() {
    assertThatThrownBy(() -> publisher(() -> {}, Duration.ofMinutes(16)).close())
        .isInstanceOf(SuppressRestartsException.class)
        .cause()
        .hasMessage(
            "transaction.timeout.ms of the producer of %s: 960000, but the broker allows less;"
                    .formatted(topics().topics.parameters("fm"))
                + " raise the broker's transaction.max.timeout.ms to at least that");
  }
}
