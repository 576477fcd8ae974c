package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;

import io.millrace.event.Click;
import io.millrace.event.Example;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureEncoder;
import io.millrace.guard.GuardPolicy;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.registry.InMemorySchemaRegistry;
import io.millrace.wire.AvroWire;
import io.millrace.wire.RejectionReason;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionLearnerTest {
  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private final AvroWire wire = new AvroWire(registry);
  private final TestExamples examples = new TestExamples(registry);
  private PartitionLearner partition = partition(4, 1000);

  private PartitionLearner partition(int stepSize, long segmentExamples) {
    return partition(TestExamples.config(ModelKind.LR, stepSize), segmentExamples);
  }

  private PartitionLearner partition(ModelConfig config, long segmentExamples) {
    return partition(config, segmentExamples, GuardPolicy.OFF);
  }

  private PartitionLearner partition(ModelConfig config, long segmentExamples, GuardPolicy guard) {
    return new PartitionLearner(
        schema -> CompiledModel.of(config, schema),
        TestExamples.SCHEMA,
        SchemaSwitch.UNKNOWN_ID,
        false,
        wire,
        segmentExamples,
        guard);
  }

  @AfterEach
  void close() {
    partition.close();
  }

  private long metric(String name) {
    return Math.round(named().getOrDefault(name, -1.0));
  }

  private Map<String, Double> named() {
    return Named.of(partition.figures());
  }

  private void read(long offset, byte[] value) {
    assertThat(partition.read(offset, value)).isEmpty();
  }

  private int readLive(int from, int count, boolean inverted) {
    for (int i = from; i < from + count; i++) {
      boolean clicked = (TestExamples.user(i) < 10) != inverted;
      read(i, examples.live(i, clicked ? 1 : 0, false));
    }
    return from + count;
  }

  @Test
  void aModelLearnsWhatItsExperimentLetsItLearn() {
    partition = partition(1, 1000);
    read(0, examples.inExperiment(0, "lr", "own", "lr", "fast"));
    read(1, examples.inExperiment(1, "fast", "own", "lr", "fast"));
    read(2, examples.inExperiment(2, "lr", "frozen", "lr", "fast"));
    read(3, examples.inExperiment(3, "fast", "frozen", "lr", "fast"));
    assertThat(metric("learned")).isEqualTo(1);
    assertThat(metric("other_arm")).isEqualTo(3);
    read(4, examples.inExperiment(4, "fast", "own", "fast", "slow"));
    read(5, examples.inExperiment(5, "fast", "frozen", "fast", "slow"));
    read(6, examples.inExperiment(6, "fast", "weighted", "lr", "fast"));
    assertThat(metric("learned")).isEqualTo(4);
    assertThat(partition.version()).isEqualTo(7);
    List<PartitionLearner.Refusal> refused =
        partition.read(7, examples.inExperiment(7, "lr", "most", "lr", "fast"));
    assertThat(refused)
        .singleElement()
        .extracting(PartitionLearner.Refusal::reason, PartitionLearner.Refusal::detail)
        .containsExactly(
            RejectionReason.UNDECODABLE,
            "served.learning.policy: \"most\", expected own, frozen or weighted");
  }

  /** Half of the users are shown in this model's arm alone, the others in the other's alone. */
  @Test
  void aWeightedExperimentMakesExamplesOfTheOtherArmCountLess() throws IOException {
    partition = partition(4, 100_000);
    PartitionLearner stored = partition(4, 100_000);
    long offset = 0;
    for (int i = 0; i < 4001; i++) {
      String arm = TestExamples.user(i) < 20 ? "lr" : "fast";
      read(offset, examples.inExperiment(i, arm, "weighted", "lr", "fast"));
      offset++;
    }
    assertThat(partition.state().pendingImportance()).hasSize(1);
    assertThat(partition.state().pendingImportance()[0])
        .isCloseTo(TestExamples.user(4000) < 20 ? 2 : 0, within(0.3f));
    PartitionLearnerState state = PartitionLearnerState.fromBytes(partition.state().toBytes());
    partition.learner().table().forEachUpdatedPage(stored.learner().table()::restorePage);
    stored.learned().restored(state.nextId(), state.labelled());
    stored.restore(state);
    for (int i = 4001; i < 4010; i++, offset++) {
      byte[] value = examples.inExperiment(i, "fast", "weighted", "lr", "fast");
      read(offset, value);
      stored.read(offset, value);
    }
    assertThat(stored.state().pendingImportance())
        .isEqualTo(partition.state().pendingImportance())
        .isNotEmpty();
    assertThat(stored.learner().tensors().values()[0])
        .isEqualTo(partition.learner().tensors().values()[0]);
    stored.close();
  }

  @Test
  void whilePredictionsAreWrongNothingIsLearnedAndTheVersionIsMarked() {
    partition.close();
    partition = partition(TestExamples.config(ModelKind.FM, 16), 100_000, GuardPolicy.PAUSE);
    int next = readLive(0, 16_000, false);
    assertThat(partition.fault()).isEmpty();
    next = readLive(next, 1_280, true);
    assertThat(partition.fault().orElseThrow().words())
        .endsWith("; nothing is learned while that is so");
    Map<Integer, byte[]> pages = new HashMap<>();
    partition.learner().table().forEachPageChangedSinceCheckpoint(pages::put);
    assertThat(pages).isNotEmpty();
    next = readLive(next, 1_600, true);
    partition.learner().table().forEachPageChangedSinceCheckpoint((page, bytes) -> fail("learned"));
    assertThat(partition.version()).as("what was withheld is done with").isEqualTo(next);
    assertThat(metric("withheld")).isGreaterThanOrEqualTo(1_600);
    assertThat(metric("learned")).as("predicted").isEqualTo(next);
    long withheld = metric("withheld");
    next = readLive(next, 4_000, false);
    assertThat(partition.fault()).isEmpty();
    assertThat(metric("withheld")).isLessThan(withheld + 3_000);
  }

  @Test
  void stepsAreCutByOffset() {
    read(0, examples.example(0));
    read(2, examples.example(2));
    assertThat(metric("learned")).isZero();
    read(3, examples.example(3));
    assertThat(metric("learned")).isEqualTo(3);
    read(5, examples.example(5));
    read(9, examples.example(9));
    assertThat(metric("learned")).as("offset 9 is beyond the step of offset 5").isEqualTo(4);
    read(12, examples.example(12));
    assertThat(metric("learned")).isEqualTo(5);
  }

  @Test
  void aMarkEndsTheStep() {
    read(0, examples.example(0));
    read(1, examples.example(1));
    read(2, examples.mark(TestExamples.T));
    assertThat(metric("learned")).isEqualTo(2);
    read(3, examples.example(3));
    assertThat(metric("learned")).as("the step of offsets 0 to 3 ends here").isEqualTo(3);
    assertThat(metric("rejected")).isZero();
    assertThat(metric("duplicates")).isZero();
  }

  @Test
  void theVersionAndTheClickTimesCountWhatWasLearned() {
    assertThat(partition.version()).isZero();
    for (int i = 0; i < 6; i++) {
      read(i, examples.example(i));
    }
    assertThat(partition.version()).isEqualTo(4);
    assertThat(partition.takeClickTimes()).containsExactly(TestExamples.T, TestExamples.T + 3);
    read(6, examples.example(6));
    assertThat(partition.version()).isEqualTo(4);
    assertThat(partition.takeClickTimes()).isEmpty();
    read(7, examples.mark(TestExamples.T));
    assertThat(partition.version()).isEqualTo(8);
    assertThat(partition.takeClickTimes()).containsExactly(TestExamples.T + 6);
    assertThat(partition.read(8, new byte[0])).hasSize(1);
    assertThat(partition.version()).as("what was refused is done with").isEqualTo(9);
  }

  @Test
  void aDuplicateIsLearnedOnce() {
    partition.close();
    partition = partition(1, 1000);
    read(0, examples.example(0));
    read(1, examples.example(1));
    int[] before = Bits.of(partition.learner().table());
    read(2, examples.example(0));
    read(3, examples.example(1));
    assertThat(Bits.of(partition.learner().table())).isEqualTo(before);
    assertThat(metric("learned")).isEqualTo(2);
    assertThat(metric("duplicates")).isEqualTo(2);
    assertThat(partition.version()).isEqualTo(4);
  }

  @Test
  void aCorrectionIsLearnedOnceAndItsCohortCountsWhenAllLabelsAreFinal() throws Exception {
    partition.close();
    partition = partition(1, 1000);
    read(0, examples.live(0, 0, false));
    read(1, examples.live(1, 1, false));
    int[] before = Bits.of(partition.learner().table());
    read(2, examples.live(0, 1, true));
    int[] corrected = Bits.of(partition.learner().table());
    assertThat(corrected).isNotEqualTo(before);
    read(3, examples.live(0, 1, true));
    assertThat(Bits.of(partition.learner().table())).isEqualTo(corrected);
    assertThat(metric("learned")).isEqualTo(2);
    assertThat(metric("positives")).isEqualTo(2);
    assertThat(metric("corrections")).isEqualTo(1);
    assertThat(metric("duplicates")).isEqualTo(1);

    assertThat(named())
        .as("no figure of labels that may change")
        .doesNotContainKeys("total.auc", "total.calibration", "served.calibration")
        .containsKey("cohort.next_at");
    long next = metric("cohort.next_at");
    read(4, examples.mark(next - 1));
    assertThat(named()).doesNotContainKey("served.calibration");

    PartitionLearnerState stored = partition.state();
    partition.close();
    partition = partition(1, 1000);
    partition.restore(stored);
    read(5, examples.mark(next));
    assertThat(named())
        .as("two of probability a quarter, both clicked in the end")
        .containsEntry("served.calibration", 0.25)
        .containsEntry("cohort.examples", 2.0);
  }

  /**
   * An ingestion job that goes back to a checkpoint writes again what it wrote since, and may meet
   * clicks and impressions in another order: the log's last word counts, once.
   */
  @Test
  void whateverIsWrittenAgainTheLastLabelCountsOnce() {
    int[][] histories = {{0, 2, 0, 2}, {0, 2, 1}, {1, 0, 2}, {1, 1}, {0, 0, 2}, {1, 0, 2, 1}};
    for (int[] history : histories) {
      partition.close();
      partition = partition(1, 1000);
      for (int i = 0; i < history.length; i++) {
        read(i, examples.live(0, history[i] == 0 ? 0 : 1, history[i] == 2));
      }
      String what = java.util.Arrays.toString(history);
      assertThat(metric("learned")).as(what).isEqualTo(1);
      assertThat(metric("positives")).as(what).isEqualTo(1);
      long corrections = metric("corrections") - metric("taken_back");
      assertThat(metric("learned") + metric("corrections") + metric("taken_back"))
          .as(what)
          .isEqualTo(history.length - metric("duplicates"));
      assertThat(corrections).as(what).isEqualTo(history[0] == 0 ? 1 : 0);
    }
  }

  /** What is taken back is as if it had never been learned as clicked. */
  @Test
  void aRetractionLeavesOneExampleThatWasNotClicked() {
    partition.close();
    partition = partition(1, 1000);
    read(0, examples.live(0, 1, false));
    read(1, examples.live(0, 0, true));
    assertThat(metric("learned")).isEqualTo(1);
    assertThat(metric("positives")).isZero();
    assertThat(metric("taken_back")).isEqualTo(1);
    read(2, examples.live(0, 0, true)); // written again
    assertThat(metric("taken_back")).isEqualTo(1);
    assertThat(metric("duplicates")).isEqualTo(1);
  }

  @Test
  void anExampleOfAnotherOutcomeIsForOtherModels() {
    partition.close();
    partition = partition(1, 1000);
    Example conversion = wire.decode(examples.live(0, 1, false), Example.class);
    conversion.setOutcome("conversion");
    read(0, wire.encode(conversion));
    read(1, examples.live(0, 0, false));
    assertThat(metric("other_outcome")).isEqualTo(1);
    assertThat(metric("learned")).isEqualTo(1);
    assertThat(metric("positives")).isZero();
    assertThat(metric("duplicates")).isZero();
  }

  @Test
  void aCorrectionOfTheSameLabelIsRefused() {
    byte[] example = examples.live(0, 1, true);
    Example wrong = wire.decode(example, Example.class);
    wrong.setLabel(0);
    refused(0, wire.encode(wrong), RejectionReason.UNDECODABLE, "corrected_label: 0, expected 1");
  }

  private void refused(long offset, byte[] value, RejectionReason reason, String detail) {
    List<PartitionLearner.Refusal> refusals = partition.read(offset, value);
    assertThat(refusals).hasSize(1);
    assertThat(refusals.get(0).offset()).isEqualTo(offset);
    assertThat(refusals.get(0).value()).isSameAs(value);
    assertThat(refusals.get(0).reason()).isEqualTo(reason);
    assertThat(refusals.get(0).detail()).contains(detail);
  }

  /** The step of two of them is complete, ended by a mark, or ended by the next step's example. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void anExampleThatWouldSpoilTheModelIsRefusedWithItsOwnPlace(int end) {
    ModelConfig config = TestExamples.unscaled(TestExamples.config(ModelKind.LR, 8));
    PartitionLearner without = partition(config, 1000);
    partition.close();
    partition = partition(config, 1000);
    for (int i = 0; i < 8; i++) {
      read(i, examples.example(i));
      assertThat(without.read(i, examples.example(i))).isEmpty();
    }
    byte[] huge = examples.huge(9);
    byte[] other = examples.huge(12);
    read(8, examples.example(8));
    read(9, huge);
    read(11, examples.example(11)); // there is no 10
    read(12, other);
    without.read(8, examples.example(8));
    without.read(11, examples.example(11));
    assertThat(metric("rejected")).isZero();
    long at = end == 0 ? 15 : end == 1 ? 13 : 16;
    byte[] last = end == 1 ? examples.mark(TestExamples.T) : examples.example((int) at);
    List<PartitionLearner.Refusal> refusals = partition.read(at, last);
    without.read(at, last);
    assertThat(refusals).extracting(PartitionLearner.Refusal::offset).containsExactly(9L, 12L);
    assertThat(refusals.get(0).value()).isSameAs(huge);
    assertThat(refusals.get(1).value()).isSameAs(other);
    assertThat(refusals)
        .allMatch(refusal -> refusal.reason() == RejectionReason.UNLEARNABLE)
        .allMatch(refusal -> refusal.detail().endsWith("; largest numbers: price 1.00000e+15"));
    assertThat(metric("rejected")).isEqualTo(2);
    assertThat(metric("learned")).isEqualTo(end == 0 ? 11 : 10);
    assertThat(partition.version()).isEqualTo(without.version());
    assertThat(Bits.of(partition.learner().table())).isEqualTo(Bits.of(without.learner().table()));
    assertThat(partition.learner().denseState()).isEqualTo(without.learner().denseState());
    assertThat(partition.takeClickTimes()).isEqualTo(without.takeClickTimes());
    without.close();
    read(20, huge); // refused once, by its id
  }

  /** What a model had answered for it does not count either. */
  @Test
  void whatIsRefusedIsNotEvaluated() {
    partition.close();
    partition = partition(TestExamples.unscaled(TestExamples.config(ModelKind.LR, 1)), 1000);
    read(0, examples.served(0, "lr", 0.5f, 1));
    double examplesServed = named().getOrDefault("served.logloss", -1.0);
    assertThat(metric("encoding_mismatches")).isEqualTo(1);
    refused(1, examples.hugeServed(1, "lr"), RejectionReason.UNLEARNABLE, "price 1.00000e+15");
    assertThat(named().get("served.logloss")).isEqualTo(examplesServed);
    assertThat(metric("encoding_mismatches")).isEqualTo(1);
    assertThat(metric("learned")).isEqualTo(1);
  }

  @Test
  void whatCannotBeLearnedIsRefusedWithItsReason() {
    refused(0, new byte[0], RejectionReason.MALFORMED_BYTES, "0 bytes");
    refused(1, new byte[] {0, 0, 0, 3, (byte) 231, 1}, RejectionReason.UNKNOWN_SCHEMA_ID, "999");
    refused(2, examples.invalid(2), RejectionReason.INVALID_FEATURE, "price");
    refused(3, examples.labelled(3, 7), RejectionReason.UNDECODABLE, "label: 7, expected 0 or 1");
    byte[] click = wire.encode(new Click("e", Instant.ofEpochMilli(1)));
    refused(4, click, RejectionReason.UNEXPECTED_TYPE, "Click");
    byte[] cut = java.util.Arrays.copyOf(examples.example(5), 20);
    refused(5, cut, RejectionReason.UNDECODABLE, "");
    read(6, examples.invalid(2)); // refused once, by its id
    read(7, examples.example(7));
    assertThat(metric("rejected")).isEqualTo(6);
    assertThat(metric("duplicates")).isEqualTo(1);
    assertThat(metric("learned")).isEqualTo(1);
  }

  @Test
  void anExampleOfAnotherSchemaIsNobodysFault() {
    read(0, examples.other(0));
    read(1, examples.other(1));
    read(2, examples.example(0)); // other models' ids are not ours
    read(3, examples.example(3));
    assertThat(metric("other_schema")).isEqualTo(2);
    assertThat(metric("rejected")).isZero();
    assertThat(metric("duplicates")).isZero();
    assertThat(metric("learned")).isEqualTo(2);
  }

  @Test
  void whatWasServedIsEvaluatedOnceItIsLearned() {
    EncodedBatch batch = new EncodedBatch(TestExamples.SCHEMA.encodedFields().size());
    Example first = wire.decode(examples.served(0, "lr", 0.5f, 0), Example.class);
    FeatureEncoder.compile(TestExamples.SCHEMA)
        .encode(wire.decode(first.getFeatures().array(), TestExamples.SCHEMA.avro(), null), batch);
    read(0, examples.served(0, "lr", 0.5f, batch.hash(0)));
    read(1, examples.served(1, "lr", 0.5f, batch.hash(0)));
    read(2, examples.served(2, "fm", 0.5f, 0));
    assertThat(metric("served.examples")).isEqualTo(-1);
    assertThat(metric("encoding_mismatches")).isZero();
    read(3, examples.served(3, "lr", 1.5f, 0));
    assertThat(metric("learned")).isEqualTo(4);
    assertThat(metric("served.examples")).as("of lr, with a probability").isEqualTo(2);
    assertThat(named().get("served.logloss")).isEqualTo(Math.log(2));
    assertThat(metric("encoding_mismatches")).isEqualTo(2);
  }

  @Test
  void segmentsCloseAtTheirLengthOrAtTheEndOfTheStream() {
    partition.close();
    partition = partition(16, 10);
    for (int i = 0; i < 17; i++) {
      read(i, examples.example(i));
    }
    assertThat(metric("segments.0.examples")).isEqualTo(10);
    assertThat(metric("current.examples")).isEqualTo(6);
    read(17, examples.mark(TestExamples.T));
    assertThat(metric("current.examples")).isEqualTo(7);
    read(18, examples.example(18));
    read(19, examples.mark(Long.MAX_VALUE));
    assertThat(metric("segments.1.examples")).isEqualTo(8);
    assertThat(named().keySet()).doesNotContain("current.examples");
    read(20, examples.mark(Long.MAX_VALUE));
    assertThat(metric("segment.index")).isEqualTo(2);
  }
}
