package io.millrace.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Bytes that are no record, as texts for people. */
class EventTextTest {
  private static final AvroWire WIRE = new AvroWire(new NumberedSchemas());

  private static String of(byte[] bytes) {
    return EventText.of(ByteBuffer.wrap(bytes), WIRE, 20);
  }

  @Test
  void textIsTextAndOtherBytesAreHexadecimal() {
    assertThat(of("größe".getBytes(UTF_8))).isEqualTo("größe");
    assertThat(of("a\tb\u001b[2J".getBytes(UTF_8))).isEqualTo("a\ufffdb\ufffd[2J");
    assertThat(of("x".repeat(30).getBytes(UTF_8))).isEqualTo("x".repeat(20) + "...");
    assertThat(of(new byte[] {-1, 0, 7})).isEqualTo("0xff0007");
    assertThat(of(new byte[] {0, 0, 0, 0})).isEqualTo("0x00000000");
    assertThat(EventText.of(null, WIRE, 20)).isEmpty();
  }
}
