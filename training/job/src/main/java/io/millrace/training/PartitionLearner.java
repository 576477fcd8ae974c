package io.millrace.training;

import io.millrace.event.Example;
import io.millrace.event.Progress;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureEvolution;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.InvalidFeatureException;
import io.millrace.guard.GuardPolicy;
import io.millrace.guard.ModelGuard;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Learner;
import io.millrace.metrics.Cohorts;
import io.millrace.metrics.Evaluation;
import io.millrace.metrics.LearnerFigures;
import io.millrace.model.Label;
import io.millrace.schema.SchemaRegistry.RegisteredSchema;
import io.millrace.wire.AvroWire;
import io.millrace.wire.RejectionReason;
import io.millrace.wire.WireFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * One partition's way into the learner: decode, drop what was learned, encode, cut steps.
 *
 * <p>A step holds the examples whose offsets lie in [kS, (k+1)S); a Progress record among them ends
 * it early. So the same log gives the same steps, and a stream that pauses or ends is learned to
 * its last example. A Progress of {@link Long#MAX_VALUE} ends the evaluation segment too.
 *
 * <p>An example of a newer version of the feature schema ends the step before it, and the model
 * goes on with that version; see {@link SchemaSwitch}.
 *
 * <p>Free of Flink and Kafka; one thread.
 */
final class PartitionLearner implements AutoCloseable {
  private static final int CLICK_TIMES = 256;
  private static final String MARK = Progress.getClassSchema().getFullName();

  private final Function<FeatureSchema, CompiledModel> compiler;
  private final AvroWire wire;
  private final long segmentExamples;
  private final boolean trained;
  private final GuardPolicy policy;
  private final int stepSize;
  private final LearnedIds learned = new LearnedIds();
  private CompiledModel compiled;
  private Learner learner;
  private SchemaSwitch schemas;
  private PendingStep step;
  private long switchedAt = SchemaSwitch.NONE;
  private final List<Long> clickTimes = new ArrayList<>();
  private final List<Refusal> refusals = new ArrayList<>(); // since the last read
  private Evaluation served = new Evaluation();
  private Cohorts cohorts = new Cohorts();
  private Predictions said = new Predictions();
  private ModelGuard guard;
  private final ArmExamples arms;
  private PartitionCounts counts = PartitionCounts.NONE;
  private @Nullable GenericRecord reused;
  private long nextOffset;

  /**
   * @param compiler compiles the model from a version of its feature schema
   * @param schema that the model begins with, or had when it was stored
   * @param schemaId of the newest version that the schema holds, or {@link SchemaSwitch#UNKNOWN_ID}
   * @param trained whether the model begins with weights that were trained elsewhere
   * @param policy what follows when predictions go wrong
   */
  PartitionLearner(
      Function<FeatureSchema, CompiledModel> compiler,
      FeatureSchema schema,
      int schemaId,
      boolean trained,
      AvroWire wire,
      long segmentExamples,
      GuardPolicy policy) {
    this.compiler = compiler;
    this.wire = wire;
    this.segmentExamples = segmentExamples;
    this.trained = trained;
    this.policy = policy;
    this.guard = new ModelGuard(policy);
    this.compiled = compiler.apply(schema);
    this.learner = new Learner(compiled, segmentExamples);
    this.stepSize = compiled.config().stepSize();
    this.arms = new ArmExamples(compiled.config().name());
    this.schemas = schemas(compiled, schemaId);
    this.step = newStep(compiled);
  }

  private static SchemaSwitch schemas(CompiledModel compiled, int id) {
    return new SchemaSwitch(compiled.schema(), id, compiled.config().takesNewFields());
  }

  private static PendingStep newStep(CompiledModel compiled) {
    return new PendingStep(compiled.config().name(), new EncodedBatch(compiled.encoder().fields()));
  }

  /**
   * Why an example was not learned from.
   *
   * @param offset of the record
   * @param value its bytes
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier to the topic of rejected events
  record Refusal(long offset, byte[] value, RejectionReason reason, String detail) {}

  /**
   * Reads the record at an offset, and learns when a step is complete.
   *
   * @param offset higher than all before; some may be missing
   * @return what was refused meanwhile: this record, and examples of a step that was learned;
   *     mostly empty
   */
  List<Refusal> read(long offset, byte[] value) {
    if (!step.isEmpty() && offset / stepSize != step.firstOffset() / stepSize) {
      learn();
    }
    nextOffset = offset + 1;
    try {
      if (wire.schemaOf(value).schema().getFullName().equals(MARK)) {
        mark(wire.decode(value, Progress.class));
      } else {
        readExample(offset, value);
      }
    } catch (WireFormatException e) {
      refuse(offset, value, e.reason(), String.valueOf(e.getMessage()));
    } catch (InvalidFeatureException e) {
      refuse(offset, value, RejectionReason.INVALID_FEATURE, String.valueOf(e.getMessage()));
    }
    if (nextOffset % stepSize == 0) {
      learn();
    }
    if (refusals.isEmpty()) {
      return List.of();
    }
    List<Refusal> taken = List.copyOf(refusals);
    refusals.clear();
    return taken;
  }

  private void refuse(long offset, byte[] value, RejectionReason reason, String detail) {
    refusals.add(new Refusal(offset, value, reason, detail));
    counts = counts.plusRejected(1);
  }

  private void mark(Progress progress) {
    learn();
    long eventTime = progress.getEventTime().toEpochMilli();
    cohorts.advance(eventTime);
    said.advance(eventTime);
    if (eventTime == Long.MAX_VALUE) {
      learner.closeSegment();
    }
  }

  private void readExample(long offset, byte[] value) {
    Example example = wire.decode(value, Example.class);
    if (!example.getOutcome().equals(compiled.config().outcome())) {
      counts = counts.plusOtherOutcome();
      return;
    }
    if (example.getLabel() != 0 && example.getLabel() != 1) {
      throw new WireFormatException(
          RejectionReason.UNDECODABLE, "label: " + example.getLabel() + ", expected 0 or 1");
    }
    Integer corrected = example.getCorrectedLabel();
    if (corrected != null && corrected != 1 - example.getLabel()) {
      throw new WireFormatException(
          RejectionReason.UNDECODABLE,
          "corrected_label: %d, expected %d, the other than the label"
              .formatted(corrected, 1 - example.getLabel()));
    }
    if (arms.leavesOut(example)) {
      counts = counts.plusOtherArm();
      return;
    }
    byte[] features = array(example.getFeatures());
    Schema written = wire.schemaOf(features).schema();
    if (!written.getFullName().equals(compiled.schema().name())) {
      counts = counts.plusOtherSchema();
    } else {
      int before = learned.put(example.getExampleId(), example.getLabel());
      // What is not remembered has been forgotten, if it is corrected.
      int corrects = before == LearnedIds.UNKNOWN && corrected != null ? corrected : before;
      boolean isFinal = example.getLabelFinalTime() == 0;
      if (corrects == example.getLabel() || (isFinal && before != LearnedIds.UNKNOWN)) {
        counts = counts.plusDuplicate();
      } else {
        encode(offset, features);
        byte label = label(example.getLabel(), corrects);
        int last = step.batch().size() - 1;
        float times = arms.importance(example, step.batch(), last, !Label.corrects(label));
        step.add(offset, value, example, label, times, switchedAt);
      }
    }
  }

  /** What an example of a label is to the learner, which may have learned it with the other one. */
  private static byte label(int label, int before) {
    if (before == LearnedIds.UNKNOWN) {
      return (byte) label;
    }
    return label == 1 ? Label.YES_AFTER_NO : Label.NO_AFTER_YES;
  }

  /** Encodes an example into the step's batch. */
  private void encode(long offset, byte[] features) {
    switchSchema(offset, wire.schemaOf(features));
    GenericRecord record = wire.decode(features, compiled.schema().avro(), reused);
    reused = record;
    compiled.encoder().encode(record, step.batch());
  }

  /** Goes on with a newer version of the schema if an example brings one. */
  private void switchSchema(long offset, RegisteredSchema written) {
    boolean first = !trained && learner.total().examples() == 0 && step.isEmpty();
    SchemaSwitch.Decision decision = first ? schemas.ofFirst(written) : schemas.of(written);
    if (decision.refusal() != null) {
      throw new WireFormatException(RejectionReason.INCOMPATIBLE_SCHEMA, decision.refusal());
    }
    FeatureSchema next = decision.next();
    if (next == null) {
      return;
    }
    learn();
    CompiledModel before = compiled;
    compiled = compiler.apply(next);
    if (first) {
      learner.close();
      learner = new Learner(compiled, segmentExamples);
    } else {
      learner = learner.grown(compiled, FeatureEvolution.positions(before.schema(), next));
    }
    before.close();
    schemas = schemas(compiled, written.id());
    step = newStep(compiled);
    reused = null;
    switchedAt = offset;
  }

  /** The decoder gives every field of bytes an array of its own. */
  private static byte[] array(ByteBuffer bytes) {
    if (bytes.hasArray()
        && bytes.arrayOffset() + bytes.position() == 0
        && bytes.remaining() == bytes.array().length) {
      return bytes.array();
    }
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return copy;
  }

  private void learn() {
    if (!step.isEmpty()) {
      int before = refusals.size();
      counts =
          counts
              .plus(
                  step.learn(
                      learner, served, cohorts, said, clickTimes, CLICK_TIMES, guard, refusals))
              .plusRejected(refusals.size() - before);
    }
  }

  /** The model's version: the offset below which every example was learned or refused. */
  long version() {
    return step.isEmpty() ? nextOffset : step.firstOffset();
  }

  /** Offset of the example with which the schema became what it is, or -1. */
  long switchedAt() {
    return switchedAt;
  }

  /** The schema that the model encodes by, as JSON: the same object until it changes. */
  String featureSchema() {
    return schemas.text();
  }

  Learner learner() {
    return learner;
  }

  /** Begins all figures and counts anew. */
  void forgetFigures() {
    learner.forgetFigures();
    served = new Evaluation();
    cohorts = new Cohorts();
    said = Predictions.fromNextMark();
    counts = PartitionCounts.NONE;
  }

  /** {@link CompiledModel#arithmetic} of the model. */
  String arithmetic() {
    return compiled.arithmetic();
  }

  LearnedIds learned() {
    return learned;
  }

  /** Times of clicks learned since the last call, up to 256. */
  List<Long> takeClickTimes() {
    List<Long> taken = List.copyOf(clickTimes);
    clickTimes.clear();
    return taken;
  }

  /** Why the version is not to be served; empty if nothing is wrong. */
  Optional<Publish.Fault> fault() {
    return guard.fault().map(words -> new Publish.Fault(words, guard.soundVersion()));
  }

  /** What it says of itself at its version. */
  LearnerFigures figures() {
    return PartitionFigures.of(version(), learner, served, cohorts, said, counts);
  }

  /** What became of the records that were not simply learned from. */
  PartitionCounts counts() {
    return counts;
  }

  /** All state but the pages of table and ids; whose incarnation it is, the operator knows. */
  PartitionLearnerState state() {
    return new PartitionLearnerState(
        nextOffset,
        version(),
        switchedAt,
        schemas.id(),
        learned.next(),
        counts,
        Incarnation.UNKNOWN,
        compiled.config().toJson(),
        featureSchema(),
        learner.denseState(),
        served.toBytes(),
        cohorts.toBytes(),
        said.toBytes(),
        guard.toBytes(),
        arms.toBytes(),
        step.elements(),
        step.offsets(),
        step.labels(),
        step.importance());
  }

  /** Restores {@link #state}; the pages of table and ids must have been restored before. */
  void restore(PartitionLearnerState state) throws IOException {
    nextOffset = state.nextOffset();
    switchedAt = state.switchedAt();
    counts = state.counts();
    served = Evaluation.fromBytes(state.served());
    cohorts = Cohorts.fromBytes(state.cohorts());
    said = state.labelled() ? Predictions.fromBytes(state.said()) : new Predictions();
    guard =
        state.guard().length == 0
            ? new ModelGuard(policy)
            : ModelGuard.fromBytes(policy, state.guard());
    learner.restoreDenseState(state.dense());
    learned.restored(state.nextId(), state.labelled());
    arms.restore(state.odds());
    for (int i = 0; i < state.pending().size(); i++) {
      byte[] value = state.pending().get(i);
      try {
        Example example = wire.decode(value, Example.class);
        byte[] labels = state.pendingLabels();
        byte label = labels.length == 0 ? (byte) example.getLabel() : labels[i];
        float[] importance = state.pendingImportance();
        float times = importance.length == 0 ? 1 : importance[i];
        long offset = state.pendingOffsets()[i];
        encode(offset, array(example.getFeatures()));
        step.add(offset, value, example, label, times, switchedAt);
      } catch (WireFormatException | InvalidFeatureException e) {
        throw new IOException("a pending example of the checkpoint cannot be read again", e);
      }
    }
  }

  @Override
  public void close() {
    learner.close();
    compiled.close();
  }
}
