package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.guard.GuardPolicy;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.registry.InMemorySchemaRegistry;
import io.millrace.wire.AvroWire;
import io.millrace.wire.RejectionReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A learner that is stored and restored wherever it stands learns as one that is left alone. */
class PartitionLearnerRestoreTest {
  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private final AvroWire wire = new AvroWire(registry);
  private final TestExamples examples = new TestExamples(registry);

  /**
   * Examples and corrections, duplicates near and far, marks, refused ones and those of other
   * models.
   */
  private List<byte[]> log(int records) {
    List<byte[]> log = new ArrayList<>();
    for (int i = 0; i < records; i++) {
      switch (i % 23) {
        case 2 -> log.add(examples.live(i, 0, false));
        case 7 -> log.add(examples.live(i - 5, 1, true));
        case 4 -> log.add(log.get(i - 1));
        case 9 -> log.add(log.get(i / 2));
        case 13 -> log.add(examples.mark(TestExamples.T + i));
        case 17 -> log.add(examples.other(i));
        case 18 -> log.add(examples.invalid(i));
        case 19 -> log.add(examples.served(i, "fm", 0.25f, i));
        case 20 -> log.add(examples.huge(i));
        default -> log.add(examples.example(i));
      }
    }
    return log;
  }

  private PartitionLearner newPartition(ModelConfig config) {
    return new PartitionLearner(
        schema -> CompiledModel.of(config, schema),
        TestExamples.SCHEMA,
        SchemaSwitch.UNKNOWN_ID,
        false,
        wire,
        100,
        GuardPolicy.OFF);
  }

  @ParameterizedTest
  @CsvSource({"LR,1", "LR,16", "FM,16", "AUTOINT,16"})
  void restoredInMidStepItIsTheSameBitForBit(ModelKind kind, int stepSize) throws Exception {
    restoredInMidStepItIsTheSameBitForBit(TestExamples.config(kind, stepSize), 0);
  }

  /** Examples that it leaves out, pending or not, are left out at their places. */
  @ParameterizedTest
  @CsvSource({"LR,1", "LR,16", "AUTOINT,16"})
  void alsoWhereItLeavesExamplesOut(ModelKind kind, int stepSize) throws Exception {
    ModelConfig config = TestExamples.unscaled(TestExamples.config(kind, stepSize));
    restoredInMidStepItIsTheSameBitForBit(config, 21);
  }

  private void restoredInMidStepItIsTheSameBitForBit(ModelConfig config, int unlearnable)
      throws Exception {
    int stepSize = config.stepSize();
    List<byte[]> log = log(500);
    List<Long> refused = new ArrayList<>();
    OneGo expected = new OneGo(config, registry);
    PartitionLearner steady = newPartition(config);
    PartitionLearner restarted = newPartition(config);
    Map<Integer, byte[]> tablePages = new HashMap<>();
    Map<Integer, byte[]> idPages = new HashMap<>();
    boolean pending = false;
    for (int offset = 0; offset < log.size(); offset++) {
      expected.read(offset, log.get(offset));
      List<PartitionLearner.Refusal> refusals = steady.read(offset, log.get(offset));
      assertThat(restarted.read(offset, log.get(offset)))
          .usingRecursiveFieldByFieldElementComparator()
          .isEqualTo(refusals);
      for (PartitionLearner.Refusal refusal : refusals) {
        assertThat(refusal.value()).isSameAs(log.get((int) refusal.offset()));
        if (refusal.reason() == RejectionReason.UNLEARNABLE) {
          refused.add(refusal.offset());
        }
      }
      if (offset % 37 == 20) {
        restarted.learner().table().forEachPageChangedSinceCheckpoint(tablePages::put);
        restarted.learned().forEachChangedPage(idPages::put);
        PartitionLearnerState state = PartitionLearnerState.fromBytes(restarted.state().toBytes());
        pending |= state.pending().size() > 1;
        restarted.close();
        restarted = newPartition(config);
        tablePages.forEach(restarted.learner().table()::restorePage);
        idPages.forEach(restarted.learned()::restorePage);
        restarted.restore(state);
      }
      assertThat(restarted.version()).isEqualTo(steady.version());
    }
    assertThat(pending).isEqualTo(stepSize > 1);
    assertThat(refused).hasSize(unlearnable).allMatch(offset -> offset % 23 == 20);
    assertThat(restarted.state().toBytes()).isEqualTo(steady.state().toBytes());
    assertThat(restarted.figures()).isEqualTo(steady.figures());
    assertThat(Bits.of(restarted.learner().table())).isEqualTo(Bits.of(steady.learner().table()));

    byte[] end = examples.mark(TestExamples.T);
    expected.read(log.size(), end);
    for (PartitionLearner partition : List.of(steady, restarted)) {
      assertThat(partition.read(log.size(), end)).isEmpty();
      assertThat(Bits.of(partition.learner().table())).isEqualTo(Bits.of(expected.learner.table()));
      for (int t = 0; t < expected.learner.tensors().values().length; t++) {
        assertThat(Bits.of(partition.learner().tensors().values()[t]))
            .isEqualTo(Bits.of(expected.learner.tensors().values()[t]));
      }
      assertThat(partition.figures().counts().learned()).isEqualTo(expected.learned());
      partition.close();
    }
  }
}
