package io.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class IntervalMethodTest {
  private static final List<Double> FIFTHS = List.of(0.2, 0.4, 0.6, 0.8, 1.0);

  static Stream<IntervalMethod> methods() {
    return Stream.of(
        new Fixed(),
        new AlwaysValid(1000),
        new MixtureSprt(0.01),
        new GroupSequential(Spending.OBRIEN_FLEMING_LIKE, FIFTHS.subList(0, 3)),
        new GroupSequential(Spending.POCOCK_LIKE, FIFTHS),
        new GroupSequential(Spending.QUADRATIC, FIFTHS),
        new Hybrid(new AlwaysValid(1000), 5000),
        new Hybrid(new AlwaysValid(1000), 500));
  }

  private static Precision precision() {
    return new Precision(2000, 0.02, 1997.3);
  }

  /** p ≤ α exactly where the interval leaves 0 out. */
  @ParameterizedTest
  @MethodSource("methods")
  void intervalAndPValueAgree(IntervalMethod method) {
    for (double alpha : new double[] {0.01, 0.2}) {
      double critical = method.critical(alpha, precision());
      assertThat(method.pValue(critical * 1.0001, alpha, precision())).isLessThan(alpha);
      assertThat(method.pValue(critical * 0.9999, alpha, precision())).isGreaterThan(alpha);
      assertThat(method.pValue(-critical, alpha, precision())).isCloseTo(alpha, within(1e-5));
    }
    assertThat(method.pValue(0, 0.05, precision())).isEqualTo(1);
    assertThat(method.pValue(30, 0.05, precision())).isLessThan(1e-6);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void aStricterLevelIsWider(IntervalMethod method) {
    assertThat(method.critical(0.001, precision()))
        .isGreaterThan(method.critical(0.05, precision()));
    assertThat(method.oneSidedCritical(0.05, precision()))
        .isLessThanOrEqualTo(method.critical(0.05, precision()));
    assertThatThrownBy(() -> method.critical(0, precision()))
        .hasMessage("an error probability lies between 0 and 1, but is 0.0");
  }

  /**
   * Of ldbounds in R, ldBounds(t = 1:5/5, iuse = c(1, 1), alpha = c(.025, .025)), are 4.8769,
   * 3.3569, 2.6803, 2.2898, 2.0310. In scipy's multivariate_normal.cdf the boundary here spends
   * what it may to 2e-7, and that of ldbounds to 3e-6.
   */
  @Test
  void obrienAndFlemingsBoundary() {
    assertThat(new GroupSequential(Spending.OBRIEN_FLEMING_LIKE, FIFTHS).boundary(0.05))
        .usingComparatorWithPrecision(6e-6)
        .containsExactly(4.87688, 3.35701, 2.68028, 2.28982, 2.03103);
  }

  /** Of ldbounds: 2.4380, 2.4268, 2.4101, 2.3966, 2.3859. */
  @Test
  void pococksBoundary() {
    assertThat(new GroupSequential(Spending.POCOCK_LIKE, FIFTHS).boundary(0.05))
        .usingComparatorWithPrecision(6e-6)
        .containsExactly(2.43798, 2.42681, 2.41019, 2.39665, 2.38598);
  }

  @Test
  void oneLookIsTheFixedTest() {
    for (Spending spending : Spending.values()) {
      assertThat(new GroupSequential(spending, List.of(1.0)).boundary(0.05)[0])
          .isCloseTo(1.959963984540054, within(1e-9));
    }
  }

  @Test
  void aHundredLooksStayStable() {
    List<Double> looks = IntStream.rangeClosed(1, 100).mapToObj(i -> i / 100.0).toList();
    double[] boundary = new GroupSequential(Spending.OBRIEN_FLEMING_LIKE, looks).boundary(0.05);
    for (int i = 1; i < boundary.length; i++) {
      assertThat(boundary[i]).isLessThanOrEqualTo(boundary[i - 1]);
    }
    // Between the fixed test's and that of Brownian motion watched all the time, 2.2414.
    assertThat(boundary[99]).isBetween(2.05, 2.2414);
  }

  /** Nothing may be spent: nothing is ruled out. */
  @Test
  void aVeryEarlyLookRulesNothingOut() {
    Effect.Known effect =
        (Effect.Known)
            Comparison.of(Metric.MEAN, Moments.ofValues(1, 2), Moments.ofValues(1000, 1001))
                .difference();
    Interval interval =
        effect.interval(new GroupSequential(Spending.OBRIEN_FLEMING_LIKE, List.of(0.001)), 0.05);
    assertThat(interval.lower()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(interval.upper()).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void looksThatDoNotRiseAreRefused() {
    assertThatThrownBy(() -> new GroupSequential(Spending.POCOCK_LIKE, List.of(0.5, 0.5)))
        .hasMessage(
            "shares of information at looks rise from above 0 to at most 1, but are [0.5, 0.5]");
    assertThatThrownBy(() -> new GroupSequential(Spending.POCOCK_LIKE, List.of(1.2)))
        .hasMessageContaining("at most 1, but are [1.2]");
    assertThatThrownBy(() -> new GroupSequential(Spending.POCOCK_LIKE, List.of()))
        .hasMessage("a group-sequential interval needs a look, but has none");
  }

  /** The formula of {@link MixtureSprt} in numpy: V .02, τ .01, α .05. */
  @Test
  void theMixtureSprtIsItsFormula() {
    assertThat(new MixtureSprt(0.01).critical(0.05, precision()))
        .isCloseTo(
            Math.sqrt(0.03 / 0.01 * (-2 * Math.log(0.025) - Math.log(0.02 / 0.03))), within(1e-12));
  }

  @Test
  void anAlwaysValidIntervalIsTightestWhereItIsMeantToBe() {
    AlwaysValid method = new AlwaysValid(1000);
    double best = reach(method, 1000);
    for (long units : new long[] {10, 300, 900, 1100, 3000, 100_000}) {
      double tuned = reach(new AlwaysValid(units), units);
      assertThat(reach(method, units)).isGreaterThan(tuned);
    }
    assertThat(best).isBetween(3.0, 3.1);
    assertThat(method.oneSidedCritical(0.05, new Precision(1000, 1, 998))).isLessThan(best);
  }

  private static double reach(AlwaysValid method, long units) {
    return method.critical(0.05, new Precision(units, 1, units));
  }

  @Test
  void aHybridIsFixedFromItsEndOn() {
    Hybrid hybrid = new Hybrid(new AlwaysValid(1000), 5000);
    assertThat(hybrid.critical(0.05, new Precision(4999, 1, 4997)))
        .isEqualTo(new AlwaysValid(1000).critical(0.05, new Precision(4999, 1, 4997)));
    assertThat(hybrid.critical(0.05, new Precision(5000, 1, 4998)))
        .isEqualTo(new Fixed().critical(0.05, new Precision(5000, 1, 4998)));
    assertThat(hybrid.oneSidedCritical(0.05, new Precision(5000, 1, 4998)))
        .isEqualTo(new Fixed().oneSidedCritical(0.05, new Precision(5000, 1, 4998)));
  }

  /** One side at α/2 is half of both at α, where the method has two sides of its own. */
  @Test
  void oneSideIsHalfOfBoth() {
    for (IntervalMethod method :
        List.of(new Fixed(), new GroupSequential(Spending.POCOCK_LIKE, FIFTHS))) {
      assertThat(method.oneSidedCritical(0.025, precision()))
          .isCloseTo(method.critical(0.05, precision()), within(1e-9));
    }
    assertThat(new MixtureSprt(0.01).oneSidedCritical(0.05, precision()))
        .isEqualTo(new MixtureSprt(0.01).critical(0.05, precision()));
  }

  @Test
  void badSettingsAreRefused() {
    assertThatThrownBy(() -> new AlwaysValid(0))
        .hasMessage("an always-valid interval is tightest at 1 unit or more, not at 0");
    assertThatThrownBy(() -> new MixtureSprt(0))
        .hasMessage("the variance of expected effects is above 0, but is 0.0");
    assertThatThrownBy(() -> new Hybrid(new AlwaysValid(1), 0))
        .hasMessage("an experiment is planned for 1 unit or more, not for 0");
    assertThatThrownBy(() -> new Precision(0, 1, 1))
        .hasMessage(
            "an estimate has units, variance and degrees of freedom above 0, not 0, 1.0 and 1.0");
  }

  @ParameterizedTest
  @MethodSource("methods")
  void eachMethodSaysWhatItIs(IntervalMethod method) {
    assertThat(method.describe()).isNotBlank();
  }
}
