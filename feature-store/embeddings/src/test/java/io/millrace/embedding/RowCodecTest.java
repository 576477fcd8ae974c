package io.millrace.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class RowCodecTest {
  private static final float[] VALUES = {9, 1, -2.5f, 1 / 3f, 9};

  @Test
  void theBytesAreTheDocumentedOnes() {
    assertThat(HexFormat.of().formatHex(RowCodec.FP32.encode(VALUES, 1, 3)))
        .isEqualTo("0000803f" + "000020c0" + "abaaaa3e");
    assertThat(HexFormat.of().formatHex(RowCodec.FP16.encode(VALUES, 1, 3)))
        .isEqualTo("003c" + "00c1" + "5535");
  }

  @Test
  void decodesIntoTheMiddleOfAnArray() {
    for (RowCodec codec : RowCodec.values()) {
      byte[] bytes = codec.encode(VALUES, 1, 2);
      float[] out = {7, 7, 7, 7};
      codec.decode(bytes, out, 1, 2);
      assertThat(out).containsExactly(7, 1, -2.5f, 7);

      ByteBuffer buffer = ByteBuffer.allocate(bytes.length + 3).position(3);
      buffer.put(bytes).position(3);
      float[] again = {7, 7, 7, 7};
      codec.decode(buffer, again, 1, 2);
      assertThat(again).containsExactly(7, 1, -2.5f, 7);
      assertThat(buffer.position()).isEqualTo(3);
    }
  }

  @Test
  void idsArePinned() {
    assertThat(RowCodec.byId(0)).isSameAs(RowCodec.FP32);
    assertThat(RowCodec.byId(1)).isSameAs(RowCodec.FP16);
    assertThat(RowCodec.values()).extracting(RowCodec::id).containsExactly(0, 1);
    assertThatThrownBy(() -> RowCodec.byId(9))
        .hasMessage("row codec id: 9, expected 0 (fp32) or 1 (fp16)");
  }

  @Test
  void aRowOfTheWrongLengthIsRefused() {
    assertThatThrownBy(() -> RowCodec.FP16.decode(new byte[8], new float[8], 0, 8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row data: 8 bytes, expected 16 (8 values in FP16)");
  }
}
