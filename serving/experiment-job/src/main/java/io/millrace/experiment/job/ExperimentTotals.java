package io.millrace.experiment.job;

import io.millrace.event.ExperimentMetrics;
import io.millrace.wire.AvroWire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Totals of all arms of all experiments, and which of them have changed. Not thread safe. */
final class ExperimentTotals {
  static {
    AvroWire.trustContracts();
  }

  private final SortedMap<String, SortedMap<String, ArmTotals>> experiments = new TreeMap<>();
  private final Set<ArmKey> changed = new HashSet<>();

  private record ArmKey(String experiment, String arm) {}

  /** The totals of an arm, which are about to change. */
  ArmTotals changing(String experiment, String arm) {
    changed.add(new ArmKey(experiment, arm));
    return experiments
        .computeIfAbsent(experiment, key -> new TreeMap<>())
        .computeIfAbsent(arm, key -> new ArmTotals());
  }

  boolean isChanged() {
    return !changed.isEmpty();
  }

  /** The arms that have changed since this was asked last. */
  List<ExperimentMetrics> takeChanged() {
    List<ExperimentMetrics> records = new ArrayList<>();
    experiments.forEach(
        (experiment, arms) ->
            arms.forEach(
                (arm, totals) -> {
                  if (changed.contains(new ArmKey(experiment, arm))) {
                    records.add(totals.toRecord(experiment, arm));
                  }
                }));
    changed.clear();
    return records;
  }

  /** All of it, one array an arm. */
  List<byte[]> toBytes() throws IOException {
    List<byte[]> all = new ArrayList<>();
    for (var experiment : experiments.entrySet()) {
      for (var arm : experiment.getValue().entrySet()) {
        ByteBuffer bytes =
            arm.getValue().toRecord(experiment.getKey(), arm.getKey()).toByteBuffer();
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        all.add(copy);
      }
    }
    return all;
  }

  /** Takes over an arm; it counts as changed, since the topic may hold other totals of it. */
  void restore(byte[] bytes) throws IOException {
    ExperimentMetrics record = ExperimentMetrics.fromByteBuffer(ByteBuffer.wrap(bytes));
    var unused = changing(record.getExperiment(), record.getArm());
    Objects.requireNonNull(experiments.get(record.getExperiment()))
        .put(record.getArm(), ArmTotals.of(record));
  }
}
