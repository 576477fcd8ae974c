package io.millrace.parameters;

import io.millrace.event.TensorUpdate;
import io.millrace.event.VersionManifest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.List;

/** Records of publishes, for tests. */
final class Manifests {
  private Manifests() {}

  static VersionManifest manifest(long version, long base, int rows, int tensors) {
    return manifest("{}", version, base, rows, tensors);
  }

  static VersionManifest manifest(
      String modelConfig, long version, long base, int rows, int tensors) {
    return VersionManifest.newBuilder()
        .setModel("m")
        .setVersion(version)
        .setBaseVersion(base)
        .setPublishedTime(Instant.ofEpochMilli(1))
        .setModelConfig(modelConfig)
        .setFeatureSchema("\"string\"")
        .setRows(rows)
        .setTensors(tensors)
        .setClickTimes(List.of())
        .build();
  }

  /** A manifest of an incarnation. */
  static VersionManifest incarnation(
      long incarnation, long version, long base, int rows, int tensors) {
    VersionManifest manifest = manifest(version, base, rows, tensors);
    manifest.setIncarnation(incarnation);
    return manifest;
  }

  static TensorUpdate tensor(String name, float... values) {
    ByteBuffer data = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    return TensorUpdate.newBuilder()
        .setName(name)
        .setShape(List.of(values.length))
        .setData(data)
        .build();
  }
}
