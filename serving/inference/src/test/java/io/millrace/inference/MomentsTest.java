package io.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MomentsTest {
  /** Kinds of data that sums of one precision, or one order, get wrong. */
  private enum Data {
    COUNTS {
      @Override
      double value(Random random) {
        return random.nextInt(5);
      }
    },
    HUGE_MEAN {
      @Override
      double value(Random random) {
        return 1e9 + random.nextGaussian();
      }
    },
    HEAVY {
      @Override
      double value(Random random) {
        return Math.exp(5 * random.nextGaussian());
      }
    },
    NEGATIVE {
      @Override
      double value(Random random) {
        return -random.nextDouble();
      }
    };

    abstract double value(Random random);

    List<UnitValues> units(int count, long seed) {
      Random random = new Random(seed);
      List<UnitValues> units = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        units.add(new UnitValues(value(random), value(random), value(random), value(random)));
      }
      return units;
    }
  }

  private static Moments of(List<UnitValues> units) {
    Moments moments = new Moments();
    units.forEach(moments::add);
    return moments;
  }

  /** In exact decimals. */
  private static double covariance(List<UnitValues> units, Part a, Part b) {
    BigDecimal n = BigDecimal.valueOf(units.size());
    BigDecimal sumA = BigDecimal.ZERO;
    BigDecimal sumB = BigDecimal.ZERO;
    BigDecimal product = BigDecimal.ZERO;
    for (UnitValues unit : units) {
      BigDecimal valueA = new BigDecimal(unit.get(a.ordinal()));
      BigDecimal valueB = new BigDecimal(unit.get(b.ordinal()));
      sumA = sumA.add(valueA);
      sumB = sumB.add(valueB);
      product = product.add(valueA.multiply(valueB));
    }
    return n.multiply(product)
        .subtract(sumA.multiply(sumB))
        .divide(n.multiply(n.subtract(BigDecimal.ONE)), MathContext.DECIMAL128)
        .doubleValue();
  }

  @ParameterizedTest
  @EnumSource
  void momentsAreThoseOfExactDecimals(Data data) {
    List<UnitValues> units = data.units(300, 1);
    Moments moments = of(units);
    assertThat(moments.count()).isEqualTo(300);
    for (Part a : Part.values()) {
      assertThat(moments.mean(a))
          .isCloseTo(
              units.stream().mapToDouble(u -> u.get(a.ordinal())).average().orElseThrow(),
              within(1e-12 * Math.abs(moments.mean(a))));
      for (Part b : Part.values()) {
        double exact = covariance(units, a, b);
        double scale = Math.sqrt(moments.variance(a) * moments.variance(b));
        assertThat(moments.covariance(a, b))
            .as("%s·%s", a, b)
            .isCloseTo(exact, within(1e-12 * scale));
      }
    }
  }

  /** The unit's share of 1e9 would take all digits of a sum of squares of one double with it. */
  @Test
  void removingALargeUnitLeavesTheOthers() {
    List<UnitValues> units = Data.NEGATIVE.units(50, 2);
    Moments moments = of(units);
    UnitValues large = new UnitValues(1e9, 1e9, 1e9, 1e9);
    moments.add(large);
    moments.remove(large);
    double exact = covariance(units, Part.NUMERATOR, Part.NUMERATOR);
    assertThat(moments.variance(Part.NUMERATOR)).isCloseTo(exact, within(1e-12 * exact));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void orderOfCountsDoesNotMatterToTheBit(long seed) {
    List<UnitValues> units = Data.COUNTS.units(200, seed);
    Moments once = of(units);
    Collections.shuffle(units, new Random(seed));
    assertThat(of(units).toBytes()).isEqualTo(once.toBytes());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void partsOfCountsMergeAndSplitToTheBit(long seed) {
    List<UnitValues> units = Data.COUNTS.units(200, seed);
    int cut = new Random(seed).nextInt(200);
    Moments first = of(units.subList(0, cut));
    Moments second = of(units.subList(cut, 200));
    Moments all = Moments.sum(first, second);
    assertThat(all).isEqualTo(of(units)).hasSameHashCodeAs(of(units));
    all.subtract(second);
    assertThat(all).isEqualTo(first);
    all.subtract(first);
    assertThat(all).isEqualTo(new Moments());
  }

  @ParameterizedTest
  @EnumSource
  void partsMergeAndSplit(Data data) {
    List<UnitValues> units = data.units(100, 7);
    Moments all = of(units);
    Moments merged = Moments.sum(of(units.subList(0, 33)), of(units.subList(33, 100)));
    merged.subtract(of(units.subList(0, 33)));
    Moments rest = of(units.subList(33, 100));
    assertThat(all.count()).isEqualTo(100);
    for (Part part : Part.values()) {
      assertThat(merged.mean(part))
          .isCloseTo(rest.mean(part), within(1e-13 * Math.abs(all.mean(part))));
      assertThat(merged.variance(part))
          .isCloseTo(rest.variance(part), within(1e-12 * all.variance(part)));
    }
  }

  @Test
  void aUnitsValuesAreReplaced() {
    Moments moments = Moments.ofValues(1, 2, 3);
    moments.replace(UnitValues.of(2), UnitValues.of(5));
    assertThat(moments).isEqualTo(Moments.ofValues(1, 3, 5));
  }

  @Test
  void removingEveryUnitLeavesNothing() {
    List<UnitValues> units = Data.HEAVY.units(20, 3);
    Moments moments = of(units);
    units.forEach(moments::remove);
    assertThat(moments).isEqualTo(new Moments());
    assertThatThrownBy(() -> moments.remove(UnitValues.of(1)))
        .hasMessage("no unit is left to remove");
    assertThatThrownBy(() -> moments.subtract(Moments.ofValues(1)))
        .hasMessage("cannot take 1 units away from 0");
  }

  @Test
  void oneUnitHasNoVariance() {
    assertThat(new Moments().mean(Part.NUMERATOR)).isNaN();
    assertThat(Moments.ofValues(3).mean(Part.NUMERATOR)).isEqualTo(3);
    assertThat(Moments.ofValues(3).variance(Part.NUMERATOR)).isNaN();
    assertThat(Moments.ofValues(0, 0).variance(Part.NUMERATOR)).isZero();
  }

  @Test
  void sumsOfOthersAreTaken() {
    assertThat(Moments.ofSums(3, 6, 14)).isEqualTo(Moments.ofValues(1, 2, 3));
  }

  @ParameterizedTest
  @EnumSource
  void bytesHoldEverything(Data data) {
    Moments moments = of(data.units(40, 5));
    assertThat(Moments.fromBytes(moments.toBytes()).toBytes()).isEqualTo(moments.toBytes());
  }

  /** The layout of version 1, which stored moments have. */
  @Test
  void bytesAreThoseOfVersionOne() {
    Moments moments = new Moments();
    moments.add(new UnitValues(1, 2, 3, 4));
    moments.add(new UnitValues(-1, 0.5, 0, 8));
    ByteBuffer expected = ByteBuffer.allocate(233).put((byte) 1).putLong(2);
    for (double sum : new double[] {0, 2.5, 3, 12, 2, 1.5, 3, -4, 4.25, 6, 12, 9, 12, 80}) {
      expected.putDouble(sum).putDouble(0);
    }
    assertThat(HexFormat.of().formatHex(moments.toBytes()))
        .isEqualTo(HexFormat.of().formatHex(expected.array()));
  }

  @Test
  void otherBytesAreRefused() {
    assertThatThrownBy(() -> Moments.fromBytes(new byte[0]))
        .hasMessage("moments are 233 bytes of version 1, but these are 0 bytes");
    byte[] bytes = new Moments().toBytes();
    bytes[0] = 2;
    assertThatThrownBy(() -> Moments.fromBytes(bytes))
        .hasMessage("moments are 233 bytes of version 1, but these are 233 bytes of version 2");
    byte[] notANumber = ByteBuffer.wrap(new Moments().toBytes()).putDouble(9, Double.NaN).array();
    assertThatThrownBy(() -> Moments.fromBytes(notANumber))
        .hasMessage("a sum of moments is NaN, not a number");
    byte[] negative = ByteBuffer.wrap(new Moments().toBytes()).putLong(1, -1).array();
    assertThatThrownBy(() -> Moments.fromBytes(negative))
        .hasMessage("moments have a count of 0 or more units, but these bytes say -1");
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, -1e101})
  void valuesThatCannotBeSummedAreRefused(double value) {
    assertThatThrownBy(() -> UnitValues.of(1, value))
        .hasMessage(
            "a unit's covariate is %s, but must be a number of at most 1.0E100 in size", value);
  }

  /** The low halves' own rounding is kept where the high halves cancel. */
  @Test
  void whatCancelsLeavesTheRest() {
    DoubleDouble sums = new DoubleDouble(1);
    sums.add(0, 1, 0x1p-60);
    sums.add(0, -1, 0x1p-115);
    assertThat(sums.high[0]).isEqualTo(0x1p-60);
    assertThat(sums.low[0]).isEqualTo(0x1p-115);
  }
}
