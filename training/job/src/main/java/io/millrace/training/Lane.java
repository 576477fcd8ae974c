package io.millrace.training;

import io.millrace.event.Example;
import io.millrace.event.Served;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.InvalidFeatureException;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Learner;
import io.millrace.metrics.Evaluation;
import io.millrace.metrics.Metrics;
import io.millrace.wire.AvroWire;
import io.millrace.wire.RejectionReason;
import io.millrace.wire.WireFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * One partition's way into the learner: decode, drop what was learned, encode, cut steps by offset.
 * A step holds the examples whose offsets lie in [kS, (k+1)S), so the same log gives the same
 * steps. Free of Flink and Kafka; one thread.
 */
final class Lane implements AutoCloseable {
  private static final int CLICK_TIMES = 256;
  private static final int NAMED_SEGMENTS = 8;

  private final CompiledModel compiled;
  private final Learner learner;
  private final AvroWire wire;
  private final int stepSize;
  private final LearnedIds learned = new LearnedIds();
  private final EncodedBatch batch;
  private final List<byte[]> pending = new ArrayList<>();
  private final List<Long> clickTimes = new ArrayList<>();
  private Evaluation served = new Evaluation();
  private byte[] labels = new byte[16];
  private float[] probabilities = new float[16];
  private @Nullable GenericRecord reused;
  private long nextOffset;
  private long duplicates;
  private long rejected;
  private long mismatches;

  Lane(CompiledModel compiled, AvroWire wire, long segmentExamples) {
    this.compiled = compiled;
    this.learner = new Learner(compiled, segmentExamples);
    this.wire = wire;
    this.stepSize = compiled.config().stepSize();
    this.batch = new EncodedBatch(compiled.encoder().fields());
  }

  /** Why an example was not learned from. */
  record Refusal(RejectionReason reason, String detail) {}

  /**
   * Reads the example at an offset, and learns when its step is full.
   *
   * @return why it was refused, or null
   */
  @Nullable Refusal read(long offset, byte[] value) {
    if (batch.size() > 0 && offset / stepSize != (nextOffset - 1) / stepSize) {
      step();
    }
    nextOffset = offset + 1;
    Refusal refusal = null;
    try {
      Example example = wire.decode(value, Example.class);
      if (learned.add(example.getExampleId())) {
        add(example);
        pending.add(value);
      } else {
        duplicates++;
      }
    } catch (WireFormatException e) {
      refusal = new Refusal(e.reason(), String.valueOf(e.getMessage()));
    } catch (InvalidFeatureException e) {
      refusal = new Refusal(RejectionReason.INVALID_FEATURE, String.valueOf(e.getMessage()));
    }
    if (refusal != null) {
      rejected++;
    }
    if (nextOffset % stepSize == 0) {
      step();
    }
    return refusal;
  }

  private void add(Example example) {
    GenericRecord record = wire.decode(array(example), compiled.schema().avro(), reused);
    reused = record;
    int at = batch.size();
    compiled.encoder().encode(record, batch);
    if (at == labels.length) {
      labels = Arrays.copyOf(labels, at * 2);
      probabilities = Arrays.copyOf(probabilities, at * 2);
    }
    labels[at] = (byte) example.getLabel();
    Served answer = example.getServed();
    if (answer != null && answer.getModel().equals(compiled.config().name())) {
      served.addProbability(answer.getProbability(), example.getLabel());
      if (answer.getEncodingHash() != batch.hash(at)) {
        mismatches++;
      }
    }
    if (example.getClickWrittenTime() > 0 && clickTimes.size() < CLICK_TIMES) {
      clickTimes.add(example.getClickWrittenTime());
    }
  }

  private static byte[] array(Example example) {
    ByteBuffer features = example.getFeatures();
    byte[] bytes = new byte[features.remaining()];
    features.duplicate().get(bytes);
    return bytes;
  }

  private void step() {
    learner.learn(batch, labels, probabilities);
    batch.clear();
    pending.clear();
  }

  /** Offset of the next example: the model's version. */
  long nextOffset() {
    return nextOffset;
  }

  Learner learner() {
    return learner;
  }

  LearnedIds learned() {
    return learned;
  }

  /** Click times since the last call, up to 256. */
  List<Long> takeClickTimes() {
    List<Long> taken = List.copyOf(clickTimes);
    clickTimes.clear();
    return taken;
  }

  /** Metrics by name, for the manifest. */
  Map<String, Double> metrics() {
    Map<String, Double> all = new HashMap<>();
    put(all, "total.", learner.total().metrics());
    List<Metrics> closed = learner.closedSegments();
    if (!closed.isEmpty()) {
      put(all, "segment.", closed.get(closed.size() - 1));
    }
    for (int i = 0; i < Math.min(closed.size(), NAMED_SEGMENTS); i++) {
      put(all, "segments." + i + ".", closed.get(i));
    }
    if (learner.segment().examples() > 0) {
      put(all, "current.", learner.segment().metrics());
    }
    if (served.examples() > 0) {
      put(all, "served.", served.metrics());
    }
    all.put("segment.index", (double) closed.size());
    all.put("learned", (double) learner.total().examples());
    all.put("duplicates", (double) duplicates);
    all.put("rejected", (double) rejected);
    all.put("encoding_mismatches", (double) mismatches);
    return all;
  }

  private static void put(Map<String, Double> all, String prefix, Metrics metrics) {
    all.put(prefix + "examples", (double) metrics.examples());
    all.put(prefix + "positives", (double) metrics.positives());
    all.put(prefix + "auc", metrics.auc());
    all.put(prefix + "logloss", metrics.logloss());
    all.put(prefix + "normalizedEntropy", metrics.normalizedEntropy());
    all.put(prefix + "calibration", metrics.calibration());
  }

  /** All state but the pages of table and ids. */
  LaneState state() {
    return new LaneState(
        nextOffset,
        learned.next(),
        duplicates,
        rejected,
        mismatches,
        compiled.schema().avro().toString().getBytes(StandardCharsets.UTF_8),
        learner.denseState(),
        served.toBytes(),
        List.copyOf(pending));
  }

  /** Restores {@link #state}; the pages of table and ids must have been restored before. */
  void restore(LaneState state) throws IOException {
    nextOffset = state.nextOffset();
    duplicates = state.duplicates();
    rejected = state.rejected();
    learner.restoreDenseState(state.dense());
    learned.restored(state.nextId());
    for (byte[] value : state.pending()) {
      try {
        add(wire.decode(value, Example.class));
        pending.add(value);
      } catch (WireFormatException | InvalidFeatureException e) {
        throw new IOException("a pending example of the checkpoint cannot be read again", e);
      }
    }
    // Adding the pending examples counted them once more; the stored counts have them already.
    served = Evaluation.fromBytes(state.served());
    mismatches = state.mismatches();
    clickTimes.clear();
  }

  @Override
  public void close() {
    learner.close();
    compiled.close();
  }
}
