package io.millrace.ingestion.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.event.Example;
import io.millrace.event.Progress;
import io.millrace.event.RejectedEvent;
import io.millrace.ingestion.Arrival;
import io.millrace.ingestion.EventDecoder;
import io.millrace.ingestion.JoinCounts;
import io.millrace.ingestion.LabelEmission;
import io.millrace.ingestion.Origin;
import io.millrace.ingestion.OutcomeRule;
import io.millrace.ingestion.TestEvents;
import io.millrace.registry.InMemorySchemaRegistry;
import io.millrace.topic.KafkaAccess;
import io.millrace.wire.AvroWire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LabelJoinOperatorTest {
  private static final InMemorySchemaRegistry REGISTRY = new InMemorySchemaRegistry();
  private static final long T = TestEvents.NOW;

  private final TestEvents events = new TestEvents(REGISTRY);
  private final EventDecoder decoder = new EventDecoder(REGISTRY, 1 << 20, () -> T);
  private @Nullable KeyedOneInputStreamOperatorTestHarness<String, Arrival, Outbound> harness;
  private LabelEmission emission = LabelEmission.ON_WINDOW_END;
  private Duration markInterval = Duration.ZERO;
  private int maxRejectedBytes = 1 << 20;
  private Watermarks watermarks = new Watermarks.ProgressOnly(2);
  private long offset;
  private int window = 20;

  private IngestionJobConfig config(int statesInMemory) {
    return new IngestionJobConfig(
        KafkaAccess.of("unused:9092"),
        "",
        List.of(OutcomeRule.click(Duration.ofMillis(window), Duration.ofMillis(10))),
        emission,
        watermarks,
        markInterval,
        1 << 20,
        maxRejectedBytes,
        statesInMemory,
        false);
  }

  private KeyedOneInputStreamOperatorTestHarness<String, Arrival, Outbound> open(
      int statesInMemory, @Nullable OperatorSubtaskState state) throws Exception {
    var opened =
        new KeyedOneInputStreamOperatorTestHarness<>(
            new LabelJoinOperator(config(statesInMemory), () -> REGISTRY),
            new ArrivalKey(),
            Types.STRING);
    opened.setup(new OutboundSerializer());
    if (state != null) {
      opened.initializeState(state);
    }
    opened.open();
    harness = opened;
    return opened;
  }

  @AfterEach
  void close() throws Exception {
    if (harness != null) {
      harness.close();
    }
  }

  private void write(String topic, byte[] value) throws Exception {
    var open = java.util.Objects.requireNonNull(harness);
    Origin origin = new Origin(topic, 0, offset++, T, null, value);
    open.processElement(new StreamRecord<>(decoder.decode(origin)));
  }

  private List<String> examples() {
    var open = java.util.Objects.requireNonNull(harness);
    AvroWire wire = new AvroWire(REGISTRY);
    List<String> examples = new ArrayList<>();
    for (Outbound record : open.extractOutputValues()) {
      if (wire.decode(record.value()).value() instanceof Example example) {
        examples.add(example.getExampleId() + ":" + example.getLabel());
      }
    }
    return examples;
  }

  /** Each mark as its event time and the number of examples before it. */
  private List<String> marks() {
    var open = java.util.Objects.requireNonNull(harness);
    AvroWire wire = new AvroWire(REGISTRY);
    List<String> marks = new ArrayList<>();
    int examples = 0;
    for (Outbound record : open.extractOutputValues()) {
      if (wire.decode(record.value()).value() instanceof Progress mark) {
        marks.add(mark.getEventTime().toEpochMilli() + " after " + examples);
      } else {
        examples++;
      }
    }
    return marks;
  }

  private JoinCounts counts() {
    var open = java.util.Objects.requireNonNull(harness);
    JoinCounts counts = new JoinCounts();
    var side = open.getSideOutput(LabelJoinOperator.COUNTS);
    if (side != null) {
      side.forEach(
          difference -> counts.add(JoinCounts.fromBytes(difference.getValue().difference())));
    }
    return counts;
  }

  private void progress(long time) throws Exception {
    write("impressions", events.progress(time));
    write("clicks", events.progress(time));
  }

  @Test
  void examplesLeaveInFileOrderAlsoAtEqualTimes() throws Exception {
    open(1000, null);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      write("impressions", events.impression("i" + i, T + i / 50));
      expected.add("i" + i + (i % 7 == 0 ? ":1" : ":0"));
    }
    for (int i = 0; i < 200; i += 7) {
      write("clicks", events.click("i" + i, T + 10));
    }
    progress(Long.MAX_VALUE);
    assertThat(examples()).containsExactlyElementsOf(expected);
  }

  @Test
  void stateAndTimersAreFreed() throws Exception {
    var open = open(1000, null);
    for (int i = 0; i < 50; i++) {
      write("impressions", events.impression("i" + i, T));
      write("clicks", events.click("i" + i, T + 1));
      write("clicks", events.click("orphan" + i, T + 1));
    }
    open.snapshot(1, 1);
    assertThat(open.numKeyedStateEntries()).isEqualTo(100);
    progress(T + 22);
    assertThat(open.numKeyedStateEntries()).as("labels are remembered").isEqualTo(100);
    progress(T + 31);
    assertThat(open.numKeyedStateEntries()).as("orphans wait on").isEqualTo(50);
    progress(T + 52);
    assertThat(open.numKeyedStateEntries()).isZero();
    assertThat(open.numEventTimeTimers()).isZero();
    assertThat(((LabelJoinOperator) open.getOneInputOperator()).statesInMemory()).isZero();
  }

  @Test
  void statesThatDoNotFitIntoMemoryAreFoundInTheStore() throws Exception {
    var open = open(3, null);
    for (int i = 0; i < 50; i++) {
      write("impressions", events.impression("i" + i, T + i));
    }
    assertThat(((LabelJoinOperator) open.getOneInputOperator()).statesInMemory()).isEqualTo(3);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      write("clicks", events.click("i" + i, T + i));
      write("impressions", events.impression("i" + i, T + i));
      expected.add("i" + i + ":1");
    }
    progress(Long.MAX_VALUE);
    assertThat(examples()).containsExactlyElementsOf(expected);
    assertThat(open.numKeyedStateEntries()).isZero();
  }

  @Test
  void labelsInTheStoreAreFreedAtTheEndOfTheirLateness() throws Exception {
    var open = open(3, null);
    LabelJoinOperator operator = (LabelJoinOperator) open.getOneInputOperator();
    for (int i = 0; i < 50; i++) {
      write("impressions", events.impression("i" + i, T));
    }
    progress(T + 21);
    assertThat(examples()).hasSize(50);
    assertThat(operator.statesInMemory()).isEqualTo(3);
    assertThat(operator.statesInStore()).isGreaterThanOrEqualTo(47);
    progress(T + 30);
    assertThat(operator.statesInStore()).as("remembered for 30 ms").isGreaterThanOrEqualTo(47);
    progress(T + 31);
    assertThat(operator.statesInStore()).isZero();
    assertThat(open.numKeyedStateEntries()).isZero();
    assertThat(open.numEventTimeTimers()).isZero();
    assertThat(operator.statesInMemory()).isZero();
  }

  @Test
  void windowsOfStatesInTheStoreEndUnread() throws Exception {
    emission = LabelEmission.AS_CLICKS_COME;
    var open = open(3, null);
    LabelJoinOperator operator = (LabelJoinOperator) open.getOneInputOperator();
    for (int i = 0; i < 50; i++) {
      write("impressions", events.impression("i" + i, T));
    }
    progress(T + 5);
    assertThat(examples()).hasSize(50);
    write("clicks", events.click("i7", T + 4));
    progress(T + 21);
    assertThat(examples()).hasSize(51).endsWith("i7:1");
    assertThat(operator.statesInMemory() + operator.statesInStore())
        .as("remembered until T + 30")
        .isGreaterThanOrEqualTo(50);
    write("clicks", events.click("i8", T + 4));
    write("impressions", events.impression("i9", T));
    write("clicks", events.click("i7", T + 4));
    progress(T + 31);
    assertThat(open.numKeyedStateEntries()).isZero();
    assertThat(open.numEventTimeTimers()).isZero();
    assertThat(operator.statesInMemory()).isZero();
    assertThat(operator.statesInStore()).isZero();
    open.prepareSnapshotPreBarrier(1);
    assertThat(counts().totals().byName())
        .containsEntry("negatives", 49L)
        .containsEntry("positives", 1L)
        .containsEntry("late_click", 1L)
        .containsEntry("duplicate_impressions", 1L)
        .containsEntry("duplicate_clicks", 1L);
  }

  @Test
  void timersOfOtherWindowsHaveTheirStatesRead() throws Exception {
    emission = LabelEmission.AS_CLICKS_COME;
    var first = open(3, null);
    for (int i = 0; i < 20; i++) {
      write("impressions", events.impression("i" + i, T));
    }
    progress(T + 5);
    OperatorSubtaskState snapshot = first.snapshot(1, 1);
    first.close();

    window = 40;
    var longer = open(3, snapshot);
    progress(T + 15);
    write("clicks", events.click("i3", T + 4));
    snapshot = longer.snapshot(2, 2);
    assertThat(examples()).containsExactly("i3:1");
    longer.close();

    window = 20;
    var again = open(3, snapshot);
    progress(T + 21);
    again.prepareSnapshotPreBarrier(3);
    assertThat(counts().totals().byName()).as("i3 was clicked").containsEntry("negatives", 19L);
    write("clicks", events.click("i4", T + 4));
    progress(T + 61);
    again.prepareSnapshotPreBarrier(4);
    assertThat(counts().totals().byName())
        .containsEntry("late_click", 1L)
        .containsEntry("negatives", 19L);
    assertThat(examples()).isEmpty();
    assertThat(again.numKeyedStateEntries()).isZero();
    assertThat(again.numEventTimeTimers()).isZero();
  }

  @Test
  void aLongerWindowKeepsWhatWouldHaveEndedUnread() throws Exception {
    emission = LabelEmission.AS_CLICKS_COME;
    var first = open(3, null);
    for (int i = 0; i < 20; i++) {
      write("impressions", events.impression("i" + i, T));
    }
    progress(T + 5);
    OperatorSubtaskState snapshot = first.snapshot(1, 1);
    first.close();

    window = 40;
    var longer = open(3, snapshot);
    progress(T + 25);
    write("clicks", events.click("i3", T + 30));
    assertThat(examples()).containsExactly("i3:1");
    progress(T + 100);
    longer.prepareSnapshotPreBarrier(2);
    assertThat(counts().totals().byName())
        .containsEntry("negatives", 19L)
        .doesNotContainKey("late_click");
    assertThat(longer.numKeyedStateEntries()).isZero();
    assertThat(longer.numEventTimeTimers()).isZero();
  }

  @Test
  void nothingIsLostInARestore() throws Exception {
    var first = open(1000, null);
    write("impressions", events.impression("a", T));
    write("impressions", events.impression("b", T + 1));
    write("clicks", events.click("early", T + 2));
    write("clicks", events.progress(Long.MAX_VALUE));
    first.prepareSnapshotPreBarrier(1);
    OperatorSubtaskState snapshot = first.snapshot(1, 1);
    assertThat(counts().totals().byName())
        .containsEntry("impressions", 2L)
        .containsEntry("clicks", 1L);
    first.close();

    open(1000, snapshot);
    write("impressions", events.impression("early", T + 3));
    write("impressions", events.impression("a", T));
    // The clicks' promise was made before the snapshot and must still hold.
    write("impressions", events.progress(Long.MAX_VALUE));
    assertThat(examples()).containsExactly("a:0", "b:0", "early:1");
    java.util.Objects.requireNonNull(harness).prepareSnapshotPreBarrier(2);
    assertThat(counts().totals().byName())
        .as("only what came after the snapshot")
        .containsEntry("impressions", 2L)
        .containsEntry("duplicate_impressions", 1L)
        .containsEntry("clicks", 0L);
  }

  /** Timers are those of the window that was: a longer one must not lose what they wake. */
  @Test
  void aLongerWindowAfterARestartKeepsWhatIsStored() throws Exception {
    var first = open(3, null);
    for (int i = 0; i < 20; i++) {
      write("impressions", events.impression("i" + i, T));
      write("clicks", events.click("orphan" + i, T));
    }
    OperatorSubtaskState snapshot = first.snapshot(1, 1);
    first.close();
    window = 200;
    var open = open(3, snapshot);
    progress(T + 150);
    assertThat(examples()).isEmpty();
    progress(T + 1000);
    assertThat(examples()).hasSize(20);
    assertThat(open.numKeyedStateEntries()).isZero();
    assertThat(open.numEventTimeTimers()).isZero();
  }

  @Test
  void fileOrderHoldsAcrossMemoryStoreAndRestore() throws Exception {
    var first = open(5, null);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      write("impressions", events.impression("i" + i, T + i));
      expected.add("i" + i + ":0");
    }
    OperatorSubtaskState snapshot = first.snapshot(1, 1);
    first.close();
    open(7, snapshot);
    for (int i = 40; i < 60; i++) {
      write("impressions", events.impression("i" + i, T + i));
      expected.add("i" + i + ":0");
    }
    progress(T + 45);
    progress(Long.MAX_VALUE);
    assertThat(examples()).containsExactlyElementsOf(expected);
    var open = java.util.Objects.requireNonNull(harness);
    assertThat(open.numKeyedStateEntries()).isZero();
    assertThat(open.numEventTimeTimers()).isZero();
  }

  @Test
  void rejectedEventsAreKeptAndCounted() throws Exception {
    var open = open(1000, null);
    write("impressions", new byte[] {1});
    write("clicks", events.click("orphan", T));
    progress(Long.MAX_VALUE);
    open.setProcessingTime(2000);
    assertThat(open.getSideOutput(LabelJoinOperator.REJECTED)).hasSize(2);
    assertThat(counts().totals().byName())
        .containsEntry("malformed_bytes", 1L)
        .containsEntry("click_for_unknown_impression", 1L);
  }

  @Test
  void aRejectedEventThatItsTopicWouldNotTakeIsKeptWithoutItsBytes() throws Exception {
    maxRejectedBytes = 2000;
    var open = open(1000, null);
    write("impressions", new byte[100_000]);
    write("impressions", new byte[] {1, 2, 3});
    List<RejectedEvent> kept = new ArrayList<>();
    var side = java.util.Objects.requireNonNull(open.getSideOutput(LabelJoinOperator.REJECTED));
    side.forEach(
        record ->
            kept.add(
                new AvroWire(REGISTRY).decode(record.getValue().value(), RejectedEvent.class)));
    assertThat(kept).hasSize(2);
    assertThat(kept.get(0).getOriginalValue()).isNull();
    assertThat(kept.get(0).getDetail())
        .contains("the event's 100000 bytes are not kept")
        .endsWith("expected at most 2000");
    assertThat(kept.get(1).getOriginalValue().remaining()).isEqualTo(3);
  }

  @Test
  void theEndOfTheStreamIsMarkedAfterTheLastExample() throws Exception {
    var first = open(1000, null);
    write("impressions", events.impression("a", T));
    write("impressions", events.impression("b", T + 100));
    progress(T + 50);
    assertThat(examples()).containsExactly("a:0");
    first.setProcessingTime(10_000);
    assertThat(marks()).as("a replay does not look at the clock").isEmpty();
    progress(Long.MAX_VALUE);
    assertThat(marks()).containsExactly(Long.MAX_VALUE + " after 2");
    OperatorSubtaskState snapshot = first.snapshot(1, 1);
    first.close();

    open(1000, snapshot);
    progress(Long.MAX_VALUE);
    assertThat(marks()).as("the mark was written before the snapshot").isEmpty();
  }

  @Test
  void liveExamplesAreMarkedSoonAndOnce() throws Exception {
    markInterval = Duration.ofMillis(200);
    var open = open(1000, null);
    open.setProcessingTime(1000);
    assertThat(marks()).isEmpty();
    write("impressions", events.impression("a", T));
    progress(T + 30);
    open.setProcessingTime(1100);
    write("impressions", events.impression("b", T + 40));
    progress(T + 70);
    open.setProcessingTime(1199);
    assertThat(marks()).isEmpty();
    open.setProcessingTime(1200);
    assertThat(marks()).containsExactly((T + 69) + " after 2");
    open.setProcessingTime(5000);
    assertThat(marks()).hasSize(1);
    write("impressions", events.impression("c", T + 80));
    progress(T + 110);
    OperatorSubtaskState snapshot = open.snapshot(1, 1);
    open.close();

    var restored = open(1000, snapshot);
    restored.setProcessingTime(200);
    assertThat(marks()).as("for what the snapshot left unmarked").hasSize(1);
  }

  /** Learners judge cohorts, which on a quiet stream are over after the last label is final. */
  @Test
  void oneMoreMarkComesWhenTheCohortsOfTheLastExamplesAreOver() throws Exception {
    markInterval = Duration.ofMillis(200);
    var open = open(1000, null);
    open.setProcessingTime(1000);
    write("impressions", events.impression("a", T));
    progress(T + 30);
    open.setProcessingTime(1200);
    assertThat(marks()).containsExactly((T + 29) + " after 1");
    progress(T + 10_029);
    open.setProcessingTime(3000);
    assertThat(marks()).hasSize(1);
    progress(T + 10_030);
    open.setProcessingTime(5000);
    assertThat(marks()).containsExactly((T + 29) + " after 1", (T + 10_029) + " after 1");
    progress(T + 99_000);
    open.setProcessingTime(9000);
    assertThat(marks()).hasSize(2);
  }

  @Test
  void aLivePlatformRefusesPromisesOfProgress() throws Exception {
    watermarks = Watermarks.Live.DEFAULT;
    var open = open(100, null);
    write("impressions", events.progress(T));
    write("clicks", events.progress(Long.MAX_VALUE));
    open.prepareSnapshotPreBarrier(1);

    assertThat(counts().totals().byName()).containsEntry("unexpected_type", 2L);
    AvroWire wire = new AvroWire(REGISTRY);
    assertThat(open.getSideOutput(LabelJoinOperator.REJECTED))
        .extracting(record -> wire.decode(record.getValue().value(), RejectedEvent.class))
        .allMatch(event -> event.getReason().equals("unexpected_type"))
        .extracting(event -> event.getTopic() + ": " + event.getDetail())
        .containsExactly(
            "impressions: record: Progress, expected impressions and clicks only: the event time"
                + " of a live platform is that of its events (impressions-0 offset 0)",
            "clicks: record: Progress, expected impressions and clicks only: the event time of a"
                + " live platform is that of its events (clicks-0 offset 1)");
  }
}
