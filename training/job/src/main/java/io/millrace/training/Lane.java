package io.millrace.training;

import io.millrace.event.Example;
import io.millrace.event.Progress;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.InvalidFeatureException;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Learner;
import io.millrace.metrics.Evaluation;
import io.millrace.wire.AvroWire;
import io.millrace.wire.RejectionReason;
import io.millrace.wire.WireFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
 * <p>Free of Flink and Kafka; one thread.
 */
final class Lane implements AutoCloseable {
  private static final int CLICK_TIMES = 256;
  private static final String MARK = Progress.getClassSchema().getFullName();

  private final CompiledModel compiled;
  private final Learner learner;
  private final AvroWire wire;
  private final int stepSize;
  private final LearnedIds learned = new LearnedIds();
  private final PendingStep step;
  private final List<Long> clickTimes = new ArrayList<>();
  private Evaluation served = new Evaluation();
  private LaneCounts counts = LaneCounts.NONE;
  private @Nullable GenericRecord reused;
  private long nextOffset;

  Lane(CompiledModel compiled, AvroWire wire, long segmentExamples) {
    this.compiled = compiled;
    this.learner = new Learner(compiled, segmentExamples);
    this.wire = wire;
    this.stepSize = compiled.config().stepSize();
    this.step =
        new PendingStep(compiled.config().name(), new EncodedBatch(compiled.encoder().fields()));
  }

  /** Why an example was not learned from. */
  record Refusal(RejectionReason reason, String detail) {}

  /**
   * Reads the record at an offset, and learns when a step is complete.
   *
   * @param offset higher than all before; some may be missing
   * @return why it was refused, or null
   */
  @Nullable Refusal read(long offset, byte[] value) {
    if (!step.isEmpty() && offset / stepSize != step.firstOffset() / stepSize) {
      learn();
    }
    nextOffset = offset + 1;
    Refusal refusal = null;
    try {
      if (wire.schemaOf(value).schema().getFullName().equals(MARK)) {
        mark(wire.decode(value, Progress.class));
      } else {
        readExample(offset, value);
      }
    } catch (WireFormatException e) {
      refusal = new Refusal(e.reason(), String.valueOf(e.getMessage()));
    } catch (InvalidFeatureException e) {
      refusal = new Refusal(RejectionReason.INVALID_FEATURE, String.valueOf(e.getMessage()));
    }
    if (refusal != null) {
      counts = counts.plusRejected();
    }
    if (nextOffset % stepSize == 0) {
      learn();
    }
    return refusal;
  }

  private void mark(Progress progress) {
    learn();
    if (progress.getEventTime().toEpochMilli() == Long.MAX_VALUE) {
      learner.closeSegment();
    }
  }

  private void readExample(long offset, byte[] value) {
    Example example = wire.decode(value, Example.class);
    if (example.getLabel() != 0 && example.getLabel() != 1) {
      throw new WireFormatException(
          RejectionReason.UNDECODABLE, "label: " + example.getLabel() + ", expected 0 or 1");
    }
    byte[] features = array(example.getFeatures());
    Schema written = wire.schemaOf(features).schema();
    if (!written.getFullName().equals(compiled.schema().name())) {
      counts = counts.plusOtherSchema();
    } else if (learned.add(example.getExampleId())) {
      add(offset, value, example, features);
    } else {
      counts = counts.plusDuplicate();
    }
  }

  private void add(long offset, byte[] value, Example example, byte[] features) {
    GenericRecord record = wire.decode(features, compiled.schema().avro(), reused);
    reused = record;
    compiled.encoder().encode(record, step.batch());
    step.add(offset, value, example);
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
      counts = counts.plusMismatches(step.learn(learner, served, clickTimes, CLICK_TIMES));
    }
  }

  /** The model's version: the offset below which every example was learned or refused. */
  long version() {
    return step.isEmpty() ? nextOffset : step.firstOffset();
  }

  Learner learner() {
    return learner;
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

  /** Metrics by name, for the manifest. */
  Map<String, Double> metrics() {
    return LaneMetrics.of(learner, served, counts);
  }

  /** All state but the pages of table and ids. */
  LaneState state() {
    return new LaneState(
        nextOffset,
        version(),
        learned.next(),
        counts,
        compiled.config().toJson(),
        compiled.schema().avro().toString(),
        learner.denseState(),
        served.toBytes(),
        step.elements());
  }

  /** Restores {@link #state}; the pages of table and ids must have been restored before. */
  void restore(LaneState state) throws IOException {
    nextOffset = state.nextOffset();
    counts = state.counts();
    served = Evaluation.fromBytes(state.served());
    learner.restoreDenseState(state.dense());
    learned.restored(state.nextId());
    for (byte[] value : state.pending()) {
      try {
        Example example = wire.decode(value, Example.class);
        // Only the first offset of a step matters, and it is the version.
        add(state.version(), value, example, array(example.getFeatures()));
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
