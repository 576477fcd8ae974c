package io.millrace.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RowFormatTest {
  /** In a build; the property {@code millrace.rows} asks for more. */
  private static final int ROWS = Integer.getInteger("millrace.rows", 50_000);

  private static final float[] VALUES = {9, 1, -2.5f, 1 / 3f, 9};

  /** The steps of -2.5 / 127 and / 7, upwards in bfloat16: 0x3CA2 and 0x3EB7. */
  @Test
  void theBytesAreTheDocumentedOnes() {
    assertThat(hex(RowFormat.FP32)).isEqualTo("0000803f" + "000020c0" + "abaaaa3e");
    assertThat(hex(RowFormat.FP16)).isEqualTo("003c" + "00c1" + "5535");
    assertThat(hex(RowFormat.INT8)).isEqualTo("a23c" + "33" + "82" + "11");
    assertThat(hex(RowFormat.INT4)).isEqualTo("b73e" + "93" + "01");
  }

  private static String hex(RowFormat format) {
    return HexFormat.of().formatHex(format.encode(VALUES, 1, 3));
  }

  @ParameterizedTest
  @CsvSource({"FP32,64,8", "FP16,32,4", "INT8,18,4", "INT4,10,3"})
  void bytesOfARow(RowFormat format, int ofSixteen, int ofTwo) {
    assertThat(format.bytes(16)).isEqualTo(ofSixteen);
    assertThat(format.bytes(2)).isEqualTo(ofTwo);
    assertThat(format.encode(new float[16], 0, 16)).hasSize(ofSixteen);
  }

  @ParameterizedTest
  @EnumSource
  void decodesIntoTheMiddleOfAnArray(RowFormat format) {
    byte[] bytes = format.encode(new float[] {9, 7, -3.5f, 9}, 1, 2);
    float[] out = {8, 8, 8, 8};
    format.decode(bytes, out, 1, 2);
    assertThat(out[0]).isEqualTo(8);
    assertThat(out[1]).isCloseTo(7, within(format.errorBound(7)));
    assertThat(out[2]).isCloseTo(-3.5f, within(format.errorBound(7)));
    assertThat(out[3]).isEqualTo(8);
  }

  /** Random rows of all sizes; zeros, subnormal numbers, and one value far larger than others. */
  @ParameterizedTest
  @EnumSource
  void whatComesBackIsWithinTheErrorBound(RowFormat format) {
    SplittableRandom random = new SplittableRandom(11);
    Rounding stochastic = Rounding.stochastic(3);
    for (int n = 0; n < ROWS; n++) {
      float[] row = row(random, 1 + n % 17);
      float bound = format.errorBound(largest(row));
      hold(format, row, Rounding.NEAREST, bound);
      hold(format, row, stochastic, 2 * bound);
    }
    for (float edge : new float[] {0, Float.MIN_VALUE, Float.MIN_NORMAL, 65_519, 65_520}) {
      hold(format, new float[] {edge, -edge}, Rounding.NEAREST, format.errorBound(edge));
    }
    for (int n = 0; n < 20; n++) {
      hold(format, new float[] {65_515, -65_519}, stochastic, 2 * format.errorBound(65_519));
    }
    float max = Float.MAX_VALUE;
    hold(format, new float[] {max, 1, -max}, Rounding.NEAREST, format.errorBound(max));
  }

  private static float[] row(SplittableRandom random, int width) {
    float[] row = new float[width];
    int exponent = random.nextInt(-149, 128);
    for (int i = 0; i < width; i++) {
      row[i] = (float) Math.scalb(random.nextDouble(-1, 1), exponent);
    }
    switch (random.nextInt(4)) {
      case 0 -> row[random.nextInt(width)] = 0;
      case 1 -> row[random.nextInt(width)] *= 1000;
      default -> {}
    }
    return largest(row) < Float.POSITIVE_INFINITY ? row : new float[width];
  }

  private static void hold(RowFormat format, float[] row, Rounding rounding, float bound) {
    byte[] bytes = new byte[format.bytes(row.length) + 2];
    format.encode(row, 0, row.length, rounding, bytes, 1);
    if (bytes[0] != 0 || bytes[bytes.length - 1] != 0) {
      throw new AssertionError("bytes beside the row are written");
    }
    float[] back = new float[row.length];
    format.get(bytes, 1, row.length, 1, back, 0);
    for (int i = 0; i < row.length; i++) {
      double error = Math.abs((double) back[i] - row[i]);
      if (!(error <= bound)) { // plainly, since there are millions
        throw new AssertionError(
            format + ": " + row[i] + " became " + back[i] + ", expected within " + bound);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FP16,1,0.00048828125",
    "INT8,127,0.5",
    "INT8,1,0.00397",
    "INT4,7,0.5",
    "INT4,1,.072"
  })
  void theErrorBoundIsNoLargerThanSaid(RowFormat format, float largest, float bound) {
    assertThat(format.errorBound(largest)).isPositive().isLessThanOrEqualTo(bound);
  }

  @ParameterizedTest
  @EnumSource(names = {"INT8", "INT4"})
  void integersRefuseWhatIsNotFinite(RowFormat format) {
    assertThatThrownBy(() -> format.encode(new float[] {1, Float.NaN}, 0, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "row of 2 values: its largest magnitude is NaN, expected a finite number for "
                + format);
    assertThatThrownBy(() -> format.encode(new float[] {Float.NEGATIVE_INFINITY, 1}, 0, 2))
        .hasMessageContaining("is Infinity, expected a finite number");
  }

  /** Who looks for faults must find them. */
  @ParameterizedTest
  @EnumSource
  void aFaultIsPassedOn(RowFormat format) {
    for (float fault : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      byte[] bytes = new byte[format.bytes(3)];
      format.encodeFaultsToo(new float[] {1, fault, 2}, 0, 3, bytes, 0);
      float[] back = new float[3];
      format.decode(bytes, back, 0, 3);
      assertThat(Float.isFinite(back[1])).isFalse();
    }
  }

  /** The mean of 100,000 draws is the value, within four standard errors of at most half a step. */
  @ParameterizedTest
  @CsvSource({"FP16,0.00048828125", "INT8,0.00787401575", "INT4,0.142857"})
  void stochasticRoundingHasNoBias(RowFormat format, double unit) {
    float[] row = {1, 0.73f, -0.51234f};
    double[] sums = new double[3];
    Rounding rounding = Rounding.stochastic(5);
    byte[] bytes = new byte[format.bytes(3)];
    float[] back = new float[3];
    int draws = 100_000;
    for (int n = 0; n < draws; n++) {
      format.encode(row, 0, 3, rounding, bytes, 0);
      format.decode(bytes, back, 0, 3);
      for (int i = 0; i < 3; i++) {
        sums[i] += back[i];
      }
    }
    double tolerance = 4 * (1.01 * unit / 2) / Math.sqrt(draws);
    for (int i = 1; i < 3; i++) {
      assertThat(sums[i] / draws).isCloseTo(row[i], Offset.offset(tolerance));
    }
  }

  @Test
  void idsArePinned() {
    assertThat(RowFormat.byId(0)).isSameAs(RowFormat.FP32);
    assertThat(RowFormat.byId(3)).isSameAs(RowFormat.INT4);
    assertThat(RowFormat.values()).extracting(RowFormat::id).containsExactly(0, 1, 2, 3);
    assertThatThrownBy(() -> RowFormat.byId(9))
        .hasMessage("row format id: 9, expected 0 (fp32), 1 (fp16), 2 (int8) or 3 (int4)");
  }

  @Test
  void aRowOfTheWrongLengthIsRefused() {
    assertThatThrownBy(() -> RowFormat.FP16.decode(new byte[8], new float[8], 0, 8))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row data: 8 bytes, expected 16 (8 values in FP16)");
  }

  private static Offset<Float> within(float bound) {
    return Offset.offset(bound);
  }

  private static float largest(float[] row) {
    float largest = 0;
    for (float value : row) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }
}
