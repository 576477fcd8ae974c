package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.embedding.EmbeddingTable;
import io.millrace.learner.Learner;
import io.millrace.model.Tensors;
import io.millrace.parameters.ModelSnapshot;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;

/** Compares models bit for bit. */
final class Bits {
  private Bits() {}

  static int[] of(EmbeddingTable table) {
    int width = table.rowWidth();
    float[] all = new float[(int) table.rows() * width];
    for (int row = 0; row < table.rows(); row++) {
      table.addRow(row, 1, all, row * width);
    }
    return of(all);
  }

  static int[] of(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  /** A checksum of what a server shows. */
  static String sum(ModelSnapshot shown) {
    return sum(shown.table(), new TreeMap<>(shown.tensors()));
  }

  /** A checksum of what a server should show of a learner. */
  static String sum(Learner learner) {
    Tensors tensors = learner.publishedTensors();
    Map<String, float[]> byName = new TreeMap<>();
    for (int t = 0; t < tensors.values().length; t++) {
      byName.put(tensors.specs().get(t).name(), tensors.values()[t]);
    }
    return sum(learner.table(), byName);
  }

  private static String sum(EmbeddingTable table, Map<String, float[]> tensors) {
    CRC32 sum = new CRC32();
    add(sum, of(table));
    tensors.forEach(
        (name, values) -> {
          sum.update(name.getBytes(StandardCharsets.UTF_8));
          add(sum, of(values));
        });
    return "%08x".formatted(sum.getValue());
  }

  private static void add(CRC32 sum, int[] bits) {
    ByteBuffer bytes = ByteBuffer.allocate(bits.length * Integer.BYTES);
    bytes.asIntBuffer().put(bits);
    sum.update(bytes.array());
  }

  static void assertSame(Learner actual, Learner expected) {
    assertThat(of(actual.table())).isEqualTo(of(expected.table()));
    assertThat(actual.denseState()).isEqualTo(expected.denseState());
  }

  static void assertSame(ModelSnapshot actual, Learner expected) {
    assertThat(of(actual.table())).isEqualTo(of(expected.table()));
    for (int t = 0; t < expected.tensors().values().length; t++) {
      String name = expected.tensors().specs().get(t).name();
      assertThat(of(actual.tensor(name))).as(name).isEqualTo(of(expected.tensors().values()[t]));
    }
  }
}
