package io.millrace.training;

import static org.awaitility.Awaitility.await;

import io.millrace.event.VersionManifest;
import io.millrace.learner.Learner;
import io.millrace.parameters.ParameterKeys;
import io.millrace.wire.AvroWire;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** A learner in Flink's operator harness, with real topics around it. */
final class OperatorHarness implements AutoCloseable {
  private final TestTopics topics;
  private final TrainingJobConfig job;
  private final LearnerOperator operator;
  private final KeyedOneInputStreamOperatorTestHarness<Integer, byte[], byte[]> harness;

  /**
   * Opens a learner.
   *
   * @param state a snapshot to restore, or null
   */
  OperatorHarness(TestTopics topics, TrainingJobConfig job, @Nullable OperatorSubtaskState state)
      throws Exception {
    this.topics = topics;
    this.job = job;
    operator = new LearnerOperator(job);
    harness =
        new KeyedOneInputStreamOperatorTestHarness<>(
            operator, element -> LearnerOperator.PARTITION, Types.INT);
    harness.setup(BytePrimitiveArraySerializer.INSTANCE);
    try {
      if (state != null) {
        harness.initializeState(state);
      }
      harness.open();
    } catch (Exception e) {
      harness.close();
      throw e;
    }
  }

  void read(long offset, byte[] value) throws Exception {
    byte[] element = ByteBuffer.allocate(8 + value.length).putLong(offset).put(value).array();
    harness.processElement(new StreamRecord<>(element));
  }

  OperatorSubtaskState snapshot(long id) throws Exception {
    harness.prepareSnapshotPreBarrier(id);
    return harness.snapshot(id, id);
  }

  /** Lets time pass until a version is the topic's last. */
  void awaitPublished(long version) {
    awaitLast(manifest -> manifest.getVersion() == version);
  }

  /** The same of one incarnation; its manifest. */
  VersionManifest awaitPublished(long version, long incarnation) {
    return awaitLast(
        manifest -> manifest.getVersion() == version && manifest.getIncarnation() == incarnation);
  }

  private VersionManifest awaitLast(Predicate<VersionManifest> expected) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              harness.setProcessingTime(harness.getProcessingTime() + 1000);
              List<VersionManifest> all = manifests();
              return all.isEmpty()
                  ? Optional.<VersionManifest>empty()
                  : Optional.of(all.get(all.size() - 1));
            },
            last -> last.filter(expected).isPresent())
        .orElseThrow();
  }

  /** Lets a second pass. */
  void pass() throws Exception {
    harness.setProcessingTime(harness.getProcessingTime() + 1000);
  }

  /** All manifests that the topic still holds. */
  List<VersionManifest> manifests() {
    AvroWire wire = new AvroWire(topics.registry);
    List<VersionManifest> all = new ArrayList<>();
    topics.read(
        topics.topics.parameters(job.modelConfig().name()),
        record -> {
          if (ParameterKeys.isManifest(record.key())) {
            all.add(wire.decode(record.value(), VersionManifest.class));
          }
        });
    return all;
  }

  /** What it has learned, live. */
  Learner learner() {
    return operator.learner();
  }

  /** Rejected events, in wire format. */
  List<byte[]> rejected() {
    return harness.extractOutputValues();
  }

  /** Ends as a killed process does: without a snapshot. */
  @Override
  public void close() throws Exception {
    harness.close();
  }
}
