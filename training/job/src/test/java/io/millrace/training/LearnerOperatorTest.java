package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.event.Example;
import io.millrace.event.RejectedEvent;
import io.millrace.event.VersionManifest;
import io.millrace.guard.GuardPolicy;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.parameters.ParameterKeys;
import io.millrace.parameters.ParameterView;
import io.millrace.wire.AvroWire;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The operator with real topics: how it starts, goes on, and what servers see of it. */
class LearnerOperatorTest {
  private static final ModelConfig FM = TestExamples.config(ModelKind.FM, 16);
  private static @Nullable EmbeddedKafka kafka;

  @TempDir static Path brokerDirectory;
  @TempDir Path directory;
  private String prefix = "";
  private @Nullable TestTopics openTopics;

  @BeforeAll
  static void startKafka() throws Exception {
    kafka = new EmbeddedKafka(brokerDirectory, EmbeddedKafka.newClusterId()).start();
  }

  @AfterAll
  static void stopKafka() {
    Objects.requireNonNull(kafka).close();
  }

  @BeforeEach
  void openTopics(TestInfo test) {
    prefix = test.getTestMethod().orElseThrow().getName() + "-";
  }

  @AfterEach
  void closeTopics() {
    if (openTopics != null) {
      openTopics.close();
    }
  }

  private TestTopics topics(int partitions) {
    TestTopics topics = new TestTopics(Objects.requireNonNull(kafka), prefix, partitions, "fm");
    openTopics = topics;
    return topics;
  }

  private static ModelSnapshot awaitVersion(ParameterView view, long version) {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> view.current().map(ModelSnapshot::version).orElse(-1L) == version);
    return view.current().orElseThrow();
  }

  /** Reads examples [from, to), whose offsets are their numbers. */
  private static void read(TestTopics topics, OperatorHarness learner, int from, int to)
      throws Exception {
    for (int i = from; i < to; i++) {
      learner.read(i, topics.examples.example(i));
    }
  }

  /** What the examples [0, to) teach. */
  private static OneGo oneGo(TestTopics topics, int to) {
    OneGo expected = new OneGo(FM, topics.registry);
    for (int i = 0; i < to; i++) {
      expected.read(i, topics.examples.example(i));
    }
    return expected;
  }

  @Test
  void restoredInMidStepItPublishesTheSameModel() throws Exception {
    TestTopics topics = topics(1);
    OperatorSubtaskState snapshot;
    try (OperatorHarness first = new OperatorHarness(topics, topics.job(FM), null)) {
      read(topics, first, 0, 75);
      snapshot = first.snapshot(1);
      read(topics, first, 75, 90); // lost
      first.awaitPublished(80);
    }
    try (OperatorHarness second = new OperatorHarness(topics, topics.job(FM), snapshot);
        ParameterView view = topics.view("fm", directory)) {
      read(topics, second, 75, 170);
      second.awaitPublished(160);
      Bits.assertSame(awaitVersion(view, 160), oneGo(topics, 160).learner);
      assertThat(topics.figures("fm").version()).isEqualTo(160);
      assertThat(topics.figures("fm").counts().learned()).isEqualTo(160);
    }
  }

  /** A topic of before holds manifests with a map of metrics, which nothing reads. */
  @Test
  void itGoesOnFromAManifestThatHasMetrics() throws Exception {
    TestTopics topics = topics(1);
    Schema schema;
    try (InputStream in = ParameterView.class.getResourceAsStream("VersionManifest-2.avsc")) {
      schema = new Schema.Parser().parse(in);
    }
    GenericRecord before = new GenericData.Record(schema);
    before.put("model", "fm");
    before.put("version", 16L);
    before.put("base_version", 0L);
    before.put("published_time", 1L);
    before.put("model_config", FM.toJson());
    before.put("feature_schema", TestExamples.SCHEMA.avro().toString());
    before.put("rows", 0);
    before.put("tensors", 0);
    before.put("click_times", List.of());
    before.put("metrics", Map.of("total.auc", 0.5, "total.logloss", Double.NaN));
    before.put("incarnation", 7L);
    before.put("arithmetic", "of before");
    before.put("arithmetic_since", 0L);
    topics.write(
        topics.topics.parameters("fm"),
        ParameterKeys.manifest(),
        new AvroWire(topics.registry).encode(before));
    topics.flush();
    try (OperatorHarness learner = new OperatorHarness(topics, topics.job(FM), null)) {
      read(topics, learner, 0, 32);
      learner.awaitPublished(32);
      assertThat(last(learner).getIncarnation()).isEqualTo(8);
      assertThat(topics.figures("fm").counts().learned()).isEqualTo(32);
    }
  }

  private static VersionManifest last(OperatorHarness learner) {
    List<VersionManifest> all = learner.manifests();
    return all.get(all.size() - 1);
  }

  @Test
  void versionAndClickTimesTellWhatWasLearned() throws Exception {
    TestTopics topics = topics(1);
    try (OperatorHarness learner = new OperatorHarness(topics, topics.job(FM), null)) {
      learner.awaitPublished(0);
      read(topics, learner, 0, 20);
      learner.awaitPublished(16);
      assertThat(last(learner).getClickTimes())
          .containsExactlyElementsOf(
              List.of(0, 3, 6, 9, 12, 15).stream().map(i -> TestExamples.T + i).toList());
      learner.read(20, topics.examples.mark(TestExamples.T));
      learner.awaitPublished(21);
      assertThat(last(learner).getClickTimes()).containsExactly(TestExamples.T + 18);
      assertThat(last(learner).getBaseVersion()).isEqualTo(16);
    }
  }

  @Test
  void whatCannotBeLearnedLeavesWithItsPlace() throws Exception {
    TestTopics topics = topics(1);
    try (OperatorHarness learner = new OperatorHarness(topics, topics.job(FM), null)) {
      learner.read(3, topics.examples.invalid(3));
      learner.read(4, topics.examples.other(4));
      learner.read(5, topics.examples.mark(TestExamples.T));
      assertThat(learner.rejected()).hasSize(1);
      RejectedEvent event =
          new AvroWire(topics.registry).decode(learner.rejected().get(0), RejectedEvent.class);
      assertThat(event.getReason()).isEqualTo("invalid_feature");
      assertThat(event.getOffset()).isEqualTo(3);
      assertThat(event.getTopic()).isEqualTo(topics.topics.examples());
      assertThat(event.getOriginalValue().array()).isEqualTo(topics.examples.invalid(3));
    }
  }

  /** Nothing fails, and what comes after it is learned. */
  @Test
  void whatWouldSpoilTheModelLeavesWithItsPlaceAndLearningGoesOn() throws Exception {
    TestTopics topics = topics(1);
    ModelConfig config = TestExamples.unscaled(FM).with("{\"stepSize\":4}");
    try (OperatorHarness learner = new OperatorHarness(topics, topics.job(config), null)) {
      read(topics, learner, 0, 5);
      learner.read(5, topics.examples.huge(5));
      learner.read(6, topics.examples.huge(6));
      assertThat(learner.rejected()).isEmpty();
      read(topics, learner, 7, 20);
      learner.awaitPublished(20);
      assertThat(topics.figures("fm").counts().learned()).isEqualTo(18);
      assertThat(topics.figures("fm").counts().rejected()).isEqualTo(2);
      assertThat(learner.rejected()).hasSize(2);
      for (int i = 0; i < 2; i++) {
        RejectedEvent event =
            new AvroWire(topics.registry).decode(learner.rejected().get(i), RejectedEvent.class);
        assertThat(event.getReason()).isEqualTo("unlearnable");
        assertThat(event.getDetail()).contains("largest numbers: price 1.00000e+15");
        assertThat(event.getOffset()).isEqualTo(5 + i);
        assertThat(event.getOriginalValue().array()).isEqualTo(topics.examples.huge(5 + i));
      }
    }
  }

  private void refusesToStart(
      TestTopics topics, ModelConfig config, @Nullable OperatorSubtaskState state, String message) {
    assertThatThrownBy(() -> new OperatorHarness(topics, topics.job(config), state).close())
        .rootCause()
        .hasMessageContaining(message);
  }

  @Test
  void anotherConfigOnACheckpointOrOnPublishedParametersIsRefused() throws Exception {
    TestTopics topics = topics(1);
    OperatorSubtaskState snapshot;
    try (OperatorHarness learner = new OperatorHarness(topics, topics.job(FM), null)) {
      read(topics, learner, 0, 20);
      snapshot = learner.snapshot(1);
      learner.awaitPublished(16);
    }
    ModelConfig changed = FM.with("{\"stepSize\":8}");
    refusesToStart(
        topics, changed, snapshot, "model fm: stepSize is 8, but its checkpoint was learned with");
    refusesToStart(
        topics,
        changed,
        null,
        "model fm: stepSize is 8, but version 16 in " + topics.topics.parameters("fm"));
    new OperatorHarness(topics, topics.job(FM), snapshot).close();
  }

  @Test
  void severalPartitionsAreRefused() {
    TestTopics topics = topics(2);
    refusesToStart(
        topics, FM, null, "topic " + topics.topics.examples() + ": 2 partitions, expected 1");
  }

  private static void deleteBefore(TestTopics topics, long offset) throws Exception {
    try (Admin admin = Admin.create(Objects.requireNonNull(kafka).client())) {
      TopicPartition partition = new TopicPartition(topics.topics.examples(), 0);
      admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset))).all().get();
    }
  }

  private static void write(TestTopics topics, int from, int to) {
    for (int i = from; i < to; i++) {
      topics.write(topics.examples.example(i));
    }
    topics.flush();
  }

  @Test
  void aLogThatHasLostItsStartCannotBeLearnedAgain() throws Exception {
    TestTopics topics = topics(1);
    write(topics, 0, 60);
    OperatorSubtaskState snapshot;
    try (OperatorHarness learner = new OperatorHarness(topics, topics.job(FM), null)) {
      read(topics, learner, 0, 32);
      learner.awaitPublished(32);
      snapshot = learner.snapshot(1);
    }
    deleteBefore(topics, 5);
    refusesToStart(
        topics,
        FM,
        null,
        "version 32 is published, there is no checkpoint, and %s begins at offset 5"
            .formatted(topics.topics.examples()));
    new OperatorHarness(topics, topics.job(FM), snapshot).close();
    try (OperatorHarness learner =
        new OperatorHarness(topics, topics.job(FM).withAcceptLostEvents(true), null)) {
      read(topics, learner, 5, 60);
      learner.awaitPublished(48);
      assertThat(last(learner).getIncarnation()).isEqualTo(2);
      assertThat(last(learner).getArithmeticSince()).isEqualTo(5);
    }
  }

  @Test
  void examplesThatAreLostToACheckpointAreCountedAndOnlyGoneWithoutWhereThatIsAccepted()
      throws Exception {
    TestTopics topics = topics(1);
    write(topics, 0, 100);
    OperatorSubtaskState snapshot;
    try (OperatorHarness learner = new OperatorHarness(topics, topics.job(FM), null)) {
      read(topics, learner, 0, 40);
      snapshot = learner.snapshot(1);
      read(topics, learner, 40, 80);
      learner.awaitPublished(80);
    }
    deleteBefore(topics, 40);
    new OperatorHarness(topics, topics.job(FM), snapshot).close(); // nothing is lost yet
    deleteBefore(topics, 70);
    assertThatThrownBy(() -> new OperatorHarness(topics, topics.job(FM), snapshot).close())
        .isInstanceOf(SuppressRestartsException.class)
        .cause()
        .hasMessage(
            ("model fm: topic %s begins at offset 70, the learner had learned up to 40: 30 examples"
                    + " are lost; start with --accept-lost-events to go on from 70, or choose"
                    + " another model name to learn what is left from the beginning")
                .formatted(topics.topics.examples()));
    try (ParameterView view = topics.view("fm", directory);
        OperatorHarness learner =
            new OperatorHarness(topics, topics.job(FM).withAcceptLostEvents(true), snapshot)) {
      read(topics, learner, 70, 100);
      learner.awaitPublished(96);
      ModelSnapshot shown = awaitVersion(view, 96);
      assertThat(shown.manifest().getIncarnation()).isEqualTo(2);
      assertThat(topics.figures("fm").counts().learned()).isEqualTo(96 - 30);
    }
  }

  @Test
  void aCheckpointThatCannotBeReadIsRefusedForGood() {
    assertThatThrownBy(() -> StartChecks.readable("fm", new byte[] {'M', 'R', 'L', 'N', 9}))
        .isInstanceOf(SuppressRestartsException.class)
        .cause()
        .hasMessage(
            "model fm: its checkpoint cannot be read: learner state: magic 4d524c4e format 9, expected"
                + " 4d524c4e format 2 to 8; start the Millrace that wrote it, or choose another"
                + " model name or another data directory");
  }

  /** An example of the next version of the schema, which adds a feature. */
  private static byte[] ofNextVersion(AvroWire wire, byte[] example) {
    String json = TestExamples.SCHEMA.avro().toString();
    Schema next =
        new Schema.Parser()
            .parse(
                json.replace(
                    "}],\"millrace\"",
                    "},{\"name\":\"os\",\"type\":\"string\",\"default\":\"\","
                        + "\"feature\":{\"kind\":\"categorical\"}}],\"millrace\""));
    Example read = wire.decode(example, Example.class);
    GenericRecord record = wire.decode(read.getFeatures().array(), next, null);
    record.put("os", "os" + read.getExampleId().length());
    read.setFeatures(ByteBuffer.wrap(wire.encode(record)));
    return wire.encode(read);
  }

  @Test
  void aNewerSchemaIsPublishedAsAWholeAndARestartBeforeItChangesNothing() throws Exception {
    TestTopics topics = topics(1);
    AvroWire wire = new AvroWire(topics.registry);
    PartitionLearner expected =
        new PartitionLearner(
            schema -> CompiledModel.of(FM, schema),
            TestExamples.SCHEMA,
            SchemaSwitch.UNKNOWN_ID,
            false,
            wire,
            100,
            GuardPolicy.OFF);
    List<byte[]> log = new ArrayList<>();
    for (int i = 0; i < 112; i++) {
      byte[] example = topics.examples.example(i);
      log.add(i < 50 ? example : ofNextVersion(wire, example));
      assertThat(expected.read(i, log.get(i))).isEmpty();
    }
    OperatorSubtaskState snapshot;
    try (ParameterView view = topics.view("fm", directory)) {
      try (OperatorHarness first = new OperatorHarness(topics, topics.job(FM), null)) {
        for (int i = 0; i < 50; i++) {
          first.read(i, log.get(i));
        }
        first.awaitPublished(48);
        snapshot = first.snapshot(1);
        for (int i = 50; i < 64; i++) {
          first.read(i, log.get(i));
          first.pass();
        }
        first.awaitPublished(64);
        assertThat(first.manifests())
            .filteredOn(m -> m.getVersion() > 0) // before any example the registry's newest counts
            .allMatch(m -> m.getVersion() > 50 == m.getFeatureSchema().contains("\"os\""));
        VersionManifest whole = first.manifests().get(first.manifests().size() - 1);
        assertThat(whole.getBaseVersion()).isZero();
        assertThat(whole.getFeatureSchema()).contains("\"os\"");
        for (int i = 64; i < 80; i++) {
          first.read(i, log.get(i));
        }
        first.awaitPublished(80);
        assertThat(first.manifests().get(first.manifests().size() - 1).getBaseVersion())
            .isEqualTo(64);
      }
      awaitVersion(view, 80);
      try (OperatorHarness second = new OperatorHarness(topics, topics.job(FM), snapshot)) {
        for (int i = 50; i < 112; i++) {
          second.read(i, log.get(i));
        }
        second.awaitPublished(112);
        Bits.assertSame(awaitVersion(view, 112), expected.learner());
      }
    }
    try (ParameterView fresh = topics.view("fm", directory.resolve("fresh"))) {
      Bits.assertSame(awaitVersion(fresh, 112), expected.learner());
    }
    expected.close();
  }
}
