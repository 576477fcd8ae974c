package io.millrace.experiment.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.event.Example;
import io.millrace.event.ExperimentMetrics;
import io.millrace.event.Progress;
import io.millrace.registry.InMemorySchemaRegistry;
import io.millrace.wire.AvroWire;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExperimentMetricsOperatorTest {
  private static final InMemorySchemaRegistry REGISTRY = new InMemorySchemaRegistry();
  private static final AvroWire WIRE = new AvroWire(REGISTRY);
  private static final long T = ExampleFeed.START;

  private KeyedOneInputStreamOperatorTestHarness<String, byte[], Tuple2<byte[], byte[]>> harness;

  @BeforeEach
  void start() throws Exception {
    harness = open(null);
  }

  @AfterEach
  void close() throws Exception {
    harness.close();
  }

  private static KeyedOneInputStreamOperatorTestHarness<String, byte[], Tuple2<byte[], byte[]>>
      open(@Nullable OperatorSubtaskState state) throws Exception {
    var opened =
        new KeyedOneInputStreamOperatorTestHarness<String, byte[], Tuple2<byte[], byte[]>>(
            new ExperimentMetricsOperator(() -> REGISTRY), element -> "", Types.STRING);
    opened.setup(ExperimentMetricsOperator.OUTPUT.createSerializer(new SerializerConfigImpl()));
    if (state != null) {
      opened.initializeState(state);
    }
    opened.open();
    return opened;
  }

  private void read(SpecificRecordBase record) throws Exception {
    harness.processElement(new StreamRecord<>(WIRE.encode(record)));
  }

  private void progress(long time) throws Exception {
    read(new Progress(Instant.ofEpochMilli(time)));
  }

  private void pass(long millis) throws Exception {
    harness.setProcessingTime(harness.getProcessingTime() + millis);
  }

  /** The last record of each key. */
  private Map<String, ExperimentMetrics> totals() throws Exception {
    pass(ExperimentMetricsOperator.WRITE_MILLIS);
    Map<String, ExperimentMetrics> last = new TreeMap<>();
    for (Tuple2<byte[], byte[]> record : harness.extractOutputValues()) {
      last.put(
          new String(record.f0, StandardCharsets.UTF_8),
          WIRE.decode(record.f1, ExperimentMetrics.class));
    }
    return last;
  }

  private Map<String, Map<String, Object>> texts() throws Exception {
    Map<String, Map<String, Object>> texts = new TreeMap<>();
    totals().forEach((key, record) -> texts.put(key, ExampleFeed.texts(record)));
    return texts;
  }

  private static String clicks(ExperimentMetrics arm) {
    return String.valueOf(ExampleFeed.texts(arm).get("rate of click"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void totalsAreThoseOfACountOfTheTopic(int seed) throws Exception {
    List<Example> all = new ExampleFeed(seed).examples(300);
    Random random = new Random(seed);
    int cut = random.nextInt(all.size());
    for (Example example : all.subList(0, cut)) {
      read(example);
      if (random.nextInt(20) == 0) {
        pass(400);
      }
    }
    OperatorSubtaskState state = harness.snapshot(1, 1);
    for (Example example : all.subList(cut, Math.min(all.size(), cut + 100))) {
      read(example); // what a failure undoes
    }
    harness.close();
    harness = open(state);
    // What was written twice, and then the rest.
    for (Example example : all.subList(Math.max(0, cut - 50), all.size())) {
      read(example);
      if (random.nextInt(20) == 0) {
        pass(400);
        progress(T + random.nextInt(60_000));
      }
    }

    Map<String, Map<String, Object>> expected = ExampleFeed.texts(ExampleFeed.count(all));
    assertThat(expected).hasSize(6);
    assertThat(expected.values())
        .anySatisfy(arm -> assertThat(arm.get("crossed")).isNotEqualTo(0L));
    assertThat(expected.values())
        .anySatisfy(arm -> assertThat(arm.get("ignored")).isNotEqualTo(0L));
    assertThat(texts()).isEqualTo(expected);
  }

  @Test
  void aRestoredJobWritesWhatItKnows() throws Exception {
    List<Example> all = new ExampleFeed(7).examples(50);
    for (Example example : all) {
      read(example);
    }
    OperatorSubtaskState state = harness.snapshot(1, 1);
    harness.close();
    harness = open(state);

    assertThat(texts()).isEqualTo(ExampleFeed.texts(ExampleFeed.count(all)));
  }

  @Test
  void totalsAreWrittenOnceASecondAndOnlyWhereTheyChanged() throws Exception {
    read(ExampleFeed.example("a", T, "click", 0, null, ExampleFeed.arm("x", "ann", "old")));
    pass(1);
    assertThat(harness.extractOutputValues()).as("the first at once").hasSize(1);
    read(ExampleFeed.example("b", T, "click", 0, null, ExampleFeed.arm("x", "ann", "old")));
    pass(900);
    assertThat(harness.extractOutputValues()).hasSize(1);
    pass(100);
    assertThat(harness.extractOutputValues()).hasSize(2);
    read(ExampleFeed.example("c", T, "click", 0, null, ExampleFeed.arm("x", "bob", "new")));
    pass(5000);
    assertThat(harness.extractOutputValues()).as("of the other arm alone").hasSize(3);
    pass(5000);
    assertThat(harness.extractOutputValues()).hasSize(3);
  }

  @Test
  void aUnitInTwoArmsIsInNeither() throws Exception {
    read(ExampleFeed.example("a", T, "click", 1, 2.0, ExampleFeed.arm("x", "ann", "old")));
    read(ExampleFeed.example("b", T + 5, "click", 1, 2.0, ExampleFeed.arm("x", "bob", "old")));
    read(ExampleFeed.example("c", T + 9, "click", 1, 2.0, ExampleFeed.arm("x", "ann", "new")));
    read(ExampleFeed.example("d", T + 9, "click", 1, 2.0, ExampleFeed.arm("x", "ann", "old")));

    Map<String, ExperimentMetrics> totals = totals();
    ExperimentMetrics old = Objects.requireNonNull(totals.get("x/old"));
    ExperimentMetrics other = Objects.requireNonNull(totals.get("x/new"));
    assertThat(List.of(old.getUnits(), old.getCrossed())).containsExactly(1L, 1L);
    assertThat(List.of(other.getUnits(), other.getCrossed())).containsExactly(0L, 1L);
    assertThat(other.getMetrics()).isEmpty();
    assertThat(old.getFirstEventTime().toEpochMilli()).isEqualTo(T);
    assertThat(old.getLastEventTime().toEpochMilli()).isEqualTo(T + 9);
    assertThat(clicks(old)).startsWith("1 units, 1");
  }

  @Test
  void whatIsFinalIsForgotten() throws Exception {
    for (int i = 0; i < 10; i++) {
      read(
          ExampleFeed.example(
              "i" + i, T + i, "click", 0, null, ExampleFeed.arm("x", "u" + i % 2, "old")));
    }
    int kept = harness.numKeyedStateEntries();
    progress(T + 60_000 + ExperimentMetricsOperator.KEPT_MILLIS);
    assertThat(harness.numKeyedStateEntries())
        .as("an hour after the label is final")
        .isEqualTo(kept);
    progress(T + 60_000 + 2 * ExperimentMetricsOperator.KEPT_MILLIS);
    assertThat(harness.numKeyedStateEntries()).as("units alone").isLessThan(kept);
    assertThat(harness.numEventTimeTimers()).isZero();
    progress(Long.MAX_VALUE);

    // What comes after the end of a replay is counted as well.
    read(ExampleFeed.example("z", T, "click", 1, null, ExampleFeed.arm("x", "u1", "old")));
    assertThat(clicks(Objects.requireNonNull(totals().get("x/old"))))
        .startsWith("2 units, 1.00000000/11.0");
  }

  @Test
  void whatIsNoExampleIsPassedOver() throws Exception {
    harness.processElement(new StreamRecord<>(new byte[] {1, 2, 3}));
    read(ExampleFeed.example("a", T, "click", 1, null));
    assertThat(new HashMap<>(totals())).isEmpty();
  }
}
