package io.millrace.parameters;

import io.millrace.embedding.RowFormat;
import io.millrace.event.TensorUpdate;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Which rows and tensors of a model hold a value that is not a finite number, version by version;
 * of rows, in the format in which they are held. Not thread-safe.
 */
final class UnsoundValues {
  private final RowFormat format;
  private final TreeSet<Long> rows = new TreeSet<>();
  private final TreeSet<String> tensors = new TreeSet<>();
  private float[] values = new float[0];

  UnsoundValues(RowFormat format) {
    this.format = format;
  }

  /**
   * Takes a change in.
   *
   * @param rowWidth values of a row
   */
  void see(VersionChange change, int rowWidth) {
    if (change.whole()) {
      rows.clear();
      tensors.clear();
    }
    if (values.length != rowWidth) {
      values = new float[rowWidth];
    }
    change
        .rows()
        .forEach(
            (row, value) -> {
              if (isSound(value)) {
                rows.remove(row);
              } else {
                rows.add(row);
              }
            });
    change
        .tensors()
        .forEach(
            (name, update) -> {
              if (isSound(update)) {
                tensors.remove(name);
              } else {
                tensors.add(name);
              }
            });
  }

  /** An empty value is a row that goes back to its initial one. */
  private boolean isSound(byte[] value) {
    if (value.length == 0) {
      return true;
    }
    RowUpdates.Shipped shipped = RowUpdates.decode(value);
    shipped.codec().decode(shipped.data(), values, 0, values.length);
    for (float one : values) {
      if (!Float.isFinite(one) || Float.isInfinite(format.errorBound(Math.abs(one)))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSound(TensorUpdate update) {
    FloatBuffer all = update.getData().duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    while (all.hasRemaining()) {
      if (!Float.isFinite(all.get())) {
        return false;
      }
    }
    return true;
  }

  /** What is wrong with the values as they are now, in words; empty if nothing is. */
  Optional<String> words() {
    if (!tensors.isEmpty()) {
      return Optional.of(
          "tensor %s%s holds a value that is not a number"
              .formatted(tensors.first(), others(tensors.size() + rows.size() - 1)));
    }
    return rows.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "row %d%s holds a value that is not a number%s"
                .formatted(
                    rows.first(),
                    others(rows.size() - 1),
                    format == RowFormat.FP32 ? "" : ", or too large for " + format));
  }

  private static String others(int count) {
    return switch (count) {
      case 0 -> "";
      case 1 -> ", and 1 other,";
      default -> ", and " + count + " others,";
    };
  }
}
