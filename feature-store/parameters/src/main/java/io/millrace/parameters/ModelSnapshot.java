package io.millrace.parameters;

import io.millrace.embedding.TableSnapshot;
import io.millrace.event.VersionManifest;
import java.util.Map;

/**
 * One whole version of a model. Immutable: nobody writes to the tensors' arrays or the manifest.
 *
 * @param model its name
 * @param version see VersionManifest; not a number of examples
 * @param manifest as published
 * @param table the embedding rows
 * @param tensors dense tensors by name, row-major
 * @param appliedTimeMillis wall-clock time at which this view began to show the version
 */
public record ModelSnapshot(
    String model,
    long version,
    VersionManifest manifest,
    TableSnapshot table,
    Map<String, float[]> tensors,
    long appliedTimeMillis) {

  public ModelSnapshot {
    tensors = Map.copyOf(tensors);
  }

  /** Bytes of its rows and tensors, those that other versions share included. */
  public long bytes() {
    long values = tensors.values().stream().mapToLong(tensor -> tensor.length).sum();
    return table.bytes() + values * Float.BYTES;
  }

  /**
   * A dense tensor, not to be written to.
   *
   * @throws IllegalArgumentException if the version has none of this name
   */
  public float[] tensor(String name) {
    float[] values = tensors.get(name);
    if (values == null) {
      throw new IllegalArgumentException(
          "tensor %s of model %s version %d: not published, expected one of %s"
              .formatted(name, model, version, tensors.keySet()));
    }
    return values;
  }
}
