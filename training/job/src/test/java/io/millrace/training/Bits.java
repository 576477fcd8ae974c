package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.embedding.EmbeddingTable;
import io.millrace.learner.Learner;
import io.millrace.parameters.ModelSnapshot;

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
