package io.millrace.parameters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.embedding.RowFormat;
import io.millrace.event.RowUpdate;
import io.millrace.registry.InMemorySchemaRegistry;
import io.millrace.wire.AvroWire;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RowUpdatesTest {
  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private final AvroWire wire = new AvroWire(registry);

  @Test
  void areByteForByteWhatAvroWrites() {
    int id = registry.register("io.millrace.event.RowUpdate", RowUpdate.getClassSchema()).id();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 2000; i++) {
      long row = random.nextLong() >>> random.nextInt(64);
      RowFormat codec = RowFormat.values()[random.nextInt(2)];
      int width = random.nextInt(70);
      float[] values = new float[width + 3];
      for (int v = 0; v < values.length; v++) {
        values[v] = (float) random.nextDouble();
      }

      byte[] ours = RowUpdates.encode(id, row, codec, values, 3, width);

      byte[] data = codec.encode(values, 3, width);
      byte[] avro =
          wire.encode(
              RowUpdate.newBuilder()
                  .setRow(row)
                  .setCodec(codec.id())
                  .setData(ByteBuffer.wrap(data))
                  .build());
      assertThat(ours).isEqualTo(avro);
      RowUpdates.Shipped back = RowUpdates.decode(avro);
      assertThat(back.row()).isEqualTo(row);
      assertThat(back.codec()).isEqualTo(codec);
      assertThat(back.data()).isEqualTo(data);
    }
  }

  @Test
  void anyTruncationIsAnErrorAndNothingElse() {
    byte[] whole = RowUpdates.encode(7, 1L << 40, RowFormat.FP32, new float[] {1, 2, 3}, 0, 3);
    for (int length = 5; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> RowUpdates.decode(cut)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> RowUpdates.decode(Arrays.copyOf(whole, whole.length + 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("12 bytes of data announced, 13 there");
  }

  @Test
  void keysSortLikeRowsAndComeBack() {
    for (long row : new long[] {0, 1, 255, 256, 1L << 33, Long.MAX_VALUE}) {
      byte[] key = ParameterKeys.row(row);
      assertThat(key).hasSize(9).startsWith('r');
      assertThat(ParameterKeys.isRow(key)).isTrue();
      assertThat(ParameterKeys.rowOf(key)).isEqualTo(row);
    }
    assertThat(Arrays.compareUnsigned(ParameterKeys.row(255), ParameterKeys.row(256))).isNegative();
    assertThat(ParameterKeys.tensor("bias")).isEqualTo(new byte[] {'t', 'b', 'i', 'a', 's'});
    assertThat(ParameterKeys.manifest()).isEqualTo(new byte[] {'m'});
  }
}
