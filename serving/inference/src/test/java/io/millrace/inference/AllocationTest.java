package io.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Numbers of savvi's examples (MIT), whose intervals come from a convex solver. Draws are those of
 * numpy 1.24.2: {@code RandomState(1).multinomial(1, shares, size).argmax(1)}.
 */
class AllocationTest {
  private static final String UNITS =
      "122221112211121201121221222222212211221111220212202211201202102222121222122212121202222220212222121210021012210122122111122221122211112211222220221021111222011222102221222221221211222122212011222211212122222212202221222222112220122101220010222112121122222220210122211222220200222011122221121221211202122222222112222121211212212212101122022222202122211121020112122122222212221122012212220112012120222202";
  private static final String EVENTS =
      "010000000000010000001100110001001000010111010010000000000000000000001010010010111010010100010000100000101001010010011110000010010001001010110000000100010001001100010000000100010000001001000100111100011010000011";

  /** Counts after each draw, to the first p value of at most .05. */
  private static List<long[]> toFirstAlarm(Allocation allocation, int arms, String draws) {
    List<long[]> all = new ArrayList<>();
    long[] counts = new long[arms];
    for (int i = 0; i < draws.length(); i++) {
      counts[draws.charAt(i) - '0']++;
      all.add(counts.clone());
      if (allocation.anytimePValue(counts) <= 0.05) {
        return all;
      }
    }
    throw new AssertionError("no alarm");
  }

  /** What the intervals of all times leave, which is what savvi gives. */
  private static Interval all(List<long[]> counts, Function<long[], Interval> interval) {
    return counts.stream().map(interval).reduce((a, b) -> b.and(a)).orElseThrow();
  }

  @Test
  void theMismatchIsThatOfSavvi() {
    Allocation allocation = new Allocation(new double[] {.1, .4, .5});
    List<long[]> counts = toFirstAlarm(allocation, 3, UNITS);
    assertThat(counts).hasSize(402);
    assertThat(allocation.anytimePValue(counts.get(401)))
        .isCloseTo(0.04845591105969517, within(1e-12));
    double[][] shares = {
      {0.056684768115202705, 0.1493967591525672},
      {0.2608987241982874, 0.4028302603098119},
      {0.4971209299792429, 0.6517617329309116}
    };
    for (int arm = 0; arm < 3; arm++) {
      int which = arm;
      Interval share = all(counts, c -> allocation.share(which, c, 0.05));
      assertThat(share.lower()).isCloseTo(shares[arm][0], within(1e-6));
      assertThat(share.upper()).isCloseTo(shares[arm][1], within(1e-6));
    }
  }

  @Test
  void theRatioOfRatesIsThatOfSavvi() {
    Allocation allocation = new Allocation(new double[] {.8, .2});
    List<long[]> counts = toFirstAlarm(allocation, 2, EVENTS);
    assertThat(counts).hasSize(210);
    assertThat(allocation.anytimePValue(counts.get(209)))
        .isCloseTo(0.045579631759249686, within(1e-12));
    Interval ratio = all(counts, c -> allocation.logRateRatio(0, 1, c, 0.05));
    assertThat(ratio.lower()).isCloseTo(.00464625, within(1e-6));
    assertThat(ratio.upper()).isCloseTo(.75493987, within(1e-6));
  }

  /**
   * scipy: chisquare([5120, 4880], [5000, 5000]) and chisquare([100, 320, 580], [100, 300, 600]).
   */
  @Test
  void theFixedTestIsThatOfScipy() {
    assertThat(new Allocation(new double[] {1, 1}).fixedPValue(new long[] {5120, 4880}))
        .isCloseTo(0.01639507184919225, within(1e-12));
    assertThat(new Allocation(new double[] {1, 3, 6}).fixedPValue(new long[] {100, 320, 580}))
        .isCloseTo(0.36787944117144245, within(1e-12));
  }

  @Test
  void noUnitsSayNothing() {
    Allocation allocation = new Allocation(new double[] {1, 1});
    assertThat(allocation.fixedPValue(new long[2])).isEqualTo(1);
    assertThat(allocation.anytimePValue(new long[2])).isEqualTo(1);
    assertThat(allocation.share(0, new long[2], 0.05).lower()).isZero();
    assertThat(allocation.share(0, new long[2], 0.05).upper()).isEqualTo(1);
    Interval ratio = allocation.logRateRatio(0, 1, new long[2], 0.05);
    assertThat(ratio.lower()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(ratio.upper()).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void anArmWithoutEventsLeavesOneEndOpen() {
    Allocation allocation = new Allocation(new double[] {1, 1});
    Interval rising = allocation.logRateRatio(0, 1, new long[] {0, 60}, 0.05);
    assertThat(rising.upper()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(rising.lower()).isBetween(0.2, 5.0);
    Interval falling = allocation.logRateRatio(1, 0, new long[] {0, 60}, 0.05);
    assertThat(falling.lower()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(falling.upper()).isCloseTo(-rising.lower(), within(1e-9));
    assertThat(allocation.share(0, new long[] {0, 60}, 0.05).lower()).isZero();
    assertThat(allocation.share(1, new long[] {0, 60}, 0.05).upper()).isEqualTo(1);
  }

  /** The order of arms does not matter, nor the unit of weights. */
  @ParameterizedTest
  @CsvSource({"10, 20, 30", "0, 0, 5", "1000000, 1000100, 3000000"})
  void armsMayChangePlaces(long a, long b, long c) {
    Allocation allocation = new Allocation(new double[] {1, 2, 3});
    Allocation turned = new Allocation(new double[] {30, 10, 20});
    long[] counts = {a, b, c};
    long[] turnedCounts = {c, a, b};
    assertThat(turned.fixedPValue(turnedCounts))
        .isCloseTo(allocation.fixedPValue(counts), within(1e-9));
    assertThat(turned.anytimePValue(turnedCounts))
        .isCloseTo(allocation.anytimePValue(counts), within(1e-6));
    assertThat(turned.share(1, turnedCounts, 0.05).upper())
        .isCloseTo(allocation.share(0, counts, 0.05).upper(), within(1e-6));
    Interval ratio = allocation.logRateRatio(0, 1, counts, 0.05);
    Interval inverse = turned.logRateRatio(2, 1, turnedCounts, 0.05);
    if (a > 0) {
      assertThat(inverse.lower()).isCloseTo(-ratio.upper(), within(1e-6));
      assertThat(inverse.upper()).isCloseTo(-ratio.lower(), within(1e-6));
    }
  }

  @Test
  void badCountsAndWeightsAreRefused() {
    Allocation allocation = new Allocation(new double[] {1, 1});
    assertThatThrownBy(() -> allocation.fixedPValue(new long[] {1}))
        .hasMessage("counts of 2 arms are 0 or more each, but are [1]");
    assertThatThrownBy(() -> allocation.anytimePValue(new long[] {1, -1}))
        .hasMessage("counts of 2 arms are 0 or more each, but are [1, -1]");
    assertThatThrownBy(() -> new Allocation(new double[] {1, 0}))
        .hasMessage(
            "an allocation has two or more weights above 0 and a concentration above 0, not [1.0, 0.0] and 100.0");
  }
}
