package io.millrace.bits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VarintTest {

  /** 12857 is an example of DWARF 4, section 7.6; 300 that of Protocol Buffers' encoding guide. */
  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "1, 01",
    "127, 7f",
    "128, 8001",
    "300, ac02",
    "12857, b964",
    "16383, ff7f",
    "16384, 808001",
    "9223372036854775807, ffffffffffffffff7f",
    "-1, ffffffffffffffffff01",
    "-9223372036854775808, 80808080808080808001",
  })
  void workedNumbers(long value, String hex) {
    byte[] bytes = new byte[Varint.MAX_BYTES + 1];
    int to = Varint.write(value, bytes, 1);
    assertThat(HexFormat.of().formatHex(bytes, 1, to)).isEqualTo(hex);
    assertThat(Varint.end(bytes, 1, bytes.length)).isEqualTo(to);
    assertThat(Varint.read(bytes, 1, to)).isEqualTo(value);
  }

  /** The table of the Avro specification, "Primitive types". */
  @ParameterizedTest
  @CsvSource({"0, 00", "-1, 01", "1, 02", "-2, 03", "2, 04", "-64, 7f", "64, 8001"})
  void zigzagIsAvros(long value, String hex) {
    byte[] bytes = new byte[Varint.MAX_BYTES];
    int to = Varint.write(Varint.zigzag(value), bytes, 0);
    assertThat(HexFormat.of().formatHex(bytes, 0, to)).isEqualTo(hex);
  }

  @Test
  void numbersOfEachSizeComeBack() {
    SplittableRandom random = new SplittableRandom(1);
    byte[] bytes = new byte[Varint.MAX_BYTES];
    for (int i = 0; i < 10_000; i++) {
      long value = random.nextLong() >> random.nextInt(64);
      Arrays.fill(bytes, (byte) 0x55);
      int to = Varint.write(value, bytes, 0);
      int bits = 64 - Long.numberOfLeadingZeros(value | 1);
      assertThat(to).isEqualTo((bits + 6) / 7);
      assertThat(Varint.end(bytes, 0, to)).isEqualTo(to);
      assertThat(Varint.read(bytes, 0, to)).isEqualTo(value);
      assertThat(Varint.end(bytes, 0, to - 1)).isEqualTo(-1);
      assertThat(Varint.unzigzag(Varint.zigzag(value))).isEqualTo(value);
    }
  }

  @Test
  void elevenBytesAreNoNumber() {
    byte[] bytes = new byte[Varint.MAX_BYTES + 1];
    Arrays.fill(bytes, 0, Varint.MAX_BYTES, (byte) 0x80);
    assertThat(Varint.end(bytes, 0, bytes.length)).isEqualTo(-1);
    assertThat(Varint.end(bytes, 1, bytes.length)).isEqualTo(bytes.length);
  }

  /** More bytes than a number needs are read, as Avro reads them. */
  @Test
  void zerosAtTheEndAreRead() {
    byte[] bytes = {(byte) 0x85, (byte) 0x80, 0};
    assertThat(Varint.end(bytes, 0, 3)).isEqualTo(3);
    assertThat(Varint.read(bytes, 0, 3)).isEqualTo(5);
  }
}
