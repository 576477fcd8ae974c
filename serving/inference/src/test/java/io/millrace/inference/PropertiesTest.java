package io.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What must hold of each statistic whatever the data: units are drawn with a seed, and each case
 * prints its own.
 */
class PropertiesTest {
  /** Means and ratios, with and without CUPED, in one stratum and in three. */
  private record Setting(Metric metric, Adjustment adjustment, int strata) {
    Comparison compare(Arms arms) {
      List<Stratum> parts = new ArrayList<>();
      for (int k = 0; k < strata; k++) {
        parts.add(new Stratum("stratum " + k, part(arms.control, k), part(arms.treatment, k)));
      }
      return new Comparison(metric, adjustment, parts);
    }

    private Moments part(List<UnitValues> units, int k) {
      Moments moments = new Moments();
      for (UnitValues unit : units) {
        // By a value that no transformation here changes the class of.
        if (Math.floorMod(Math.round(unit.covariateDenominator()), strata) == k) {
          moments.add(unit);
        }
      }
      return moments;
    }
  }

  private record Arms(List<UnitValues> control, List<UnitValues> treatment) {
    static Arms draw(Metric metric, long seed) {
      Random random = new Random(seed);
      return new Arms(
          units(metric, random, 40 + random.nextInt(40), 0),
          units(metric, random, 40 + random.nextInt(40), 0.3));
    }

    private static List<UnitValues> units(Metric metric, Random random, int count, double effect) {
      List<UnitValues> units = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        double before = random.nextInt(6);
        double views = metric == Metric.RATIO ? 1 + random.nextInt(5) : 1;
        double value =
            metric == Metric.PROPORTION
                ? random.nextInt(10) < 4 + 2 * effect ? 1 : 0
                : views * (2 + effect + before + random.nextGaussian());
        units.add(new UnitValues(value, views, before, 1 + random.nextInt(3)));
      }
      return units;
    }

    Arms with(UnaryOperator<UnitValues> change) {
      return new Arms(
          control.stream().map(change).toList(), treatment.stream().map(change).toList());
    }

    Arms turned() {
      return new Arms(treatment, control);
    }
  }

  private static Stream<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (Metric metric : Metric.values()) {
      for (Adjustment adjustment : Adjustment.values()) {
        for (int strata : new int[] {1, 3}) {
          for (long seed = 1; seed <= 2; seed++) {
            cases.add(Arguments.of(new Setting(metric, adjustment, strata), seed));
          }
        }
      }
    }
    return cases.stream();
  }

  private static Effect.Known known(Effect effect) {
    assertThat(effect).isInstanceOf(Effect.Known.class);
    return (Effect.Known) effect;
  }

  private static void same(double actual, double expected) {
    assertThat(actual).isCloseTo(expected, within(1e-9 * Math.max(1e-3, Math.abs(expected))));
  }

  private static void same(Effect.Known actual, double value, double variance) {
    same(actual.value(), value);
    same(actual.variance(), variance);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void armsThatChangePlacesTurnTheDifference(Setting setting, long seed) {
    Arms arms = Arms.draw(setting.metric, seed);
    Effect.Known difference = known(setting.compare(arms).difference());
    Effect.Known turned = known(setting.compare(arms.turned()).difference());
    same(turned, -difference.value(), difference.variance());
    Interval interval = difference.interval(new Fixed(), 0.05);
    Interval turnedInterval = turned.interval(new Fixed(), 0.05);
    same(turnedInterval.lower(), -interval.upper());
    same(turnedInterval.pValue(), interval.pValue());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void unitsOfMeasureDoNotMatter(Setting setting, long seed) {
    if (setting.metric == Metric.PROPORTION) {
      return;
    }
    Arms arms = Arms.draw(setting.metric, seed);
    Arms scaled =
        arms.with(
            u ->
                new UnitValues(
                    1000 * u.numerator(),
                    u.denominator(),
                    7 * u.covariate(),
                    u.covariateDenominator()));
    Effect.Known difference = known(setting.compare(arms).difference());
    same(
        known(setting.compare(scaled).difference()),
        1000 * difference.value(),
        1e6 * difference.variance());
    Effect.Known lift = known(setting.compare(arms).relativeLift());
    same(known(setting.compare(scaled).relativeLift()), lift.value(), lift.variance());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void valuesWithTheOtherSignTurnEverything(Setting setting, long seed) {
    if (setting.metric == Metric.PROPORTION) {
      return;
    }
    Arms arms = Arms.draw(setting.metric, seed);
    Arms negative =
        arms.with(
            u ->
                new UnitValues(
                    -u.numerator(), u.denominator(), u.covariate(), u.covariateDenominator()));
    Effect.Known difference = known(setting.compare(arms).difference());
    same(known(setting.compare(negative).difference()), -difference.value(), difference.variance());
    Effect.Known lift = known(setting.compare(arms).relativeLift());
    same(known(setting.compare(negative).relativeLift()), -lift.value(), lift.variance());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theOrderOfUnitsAndStrataDoesNotMatter(Setting setting, long seed) {
    Arms arms = Arms.draw(setting.metric, seed);
    Effect.Known difference = known(setting.compare(arms).difference());
    List<UnitValues> control = new ArrayList<>(arms.control);
    List<UnitValues> treatment = new ArrayList<>(arms.treatment);
    Collections.shuffle(control, new Random(seed));
    Collections.shuffle(treatment, new Random(seed));
    Comparison shuffled = setting.compare(new Arms(control, treatment));
    List<Stratum> strata = new ArrayList<>(shuffled.strata());
    Collections.reverse(strata);
    same(
        known(new Comparison(setting.metric, setting.adjustment, strata).difference()),
        difference.value(),
        difference.variance());
  }

  /**
   * Twice the units have half the variance, but for the one unit that a sample's variance lacks.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void unitsThatComeTwiceHaveHalfTheVariance(Setting setting, long seed) {
    Arms arms = Arms.draw(setting.metric, seed);
    List<UnitValues> control = new ArrayList<>(arms.control);
    control.addAll(arms.control);
    List<UnitValues> treatment = new ArrayList<>(arms.treatment);
    treatment.addAll(arms.treatment);
    Effect.Known once = known(setting.compare(arms).difference());
    Effect.Known twice = known(setting.compare(new Arms(control, treatment)).difference());
    same(twice.value(), once.value());
    assertThat(once.variance() / twice.variance()).isCloseTo(2, within(0.2));
  }

  /** A constant is added to all units of a mean: the difference stays, to the last digits. */
  @ParameterizedTest
  @MethodSource("cases")
  void aHugeMeanDoesNotDrownTheDifference(Setting setting, long seed) {
    if (setting.metric != Metric.MEAN) {
      return;
    }
    // Values on a grid that stays exact beside the constant.
    Arms arms =
        Arms.draw(setting.metric, seed)
            .with(
                u ->
                    new UnitValues(
                        Math.rint(u.numerator() * 1024) / 1024,
                        1,
                        u.covariate(),
                        u.covariateDenominator()));
    double huge = 0x1p40;
    Arms moved =
        arms.with(
            u -> new UnitValues(u.numerator() + huge, 1, u.covariate(), u.covariateDenominator()));
    Effect.Known difference = known(setting.compare(arms).difference());
    Effect.Known far = known(setting.compare(moved).difference());
    assertThat(far.value()).isCloseTo(difference.value(), within(1e-3));
    assertThat(far.variance())
        .isCloseTo(difference.variance(), within(1e-6 * difference.variance()));
    Effect.Known lift = known(setting.compare(moved).relativeLift());
    assertThat(lift.value()).isCloseTo(difference.value() / huge, within(1e-14));
    Posterior posterior = Posterior.flat(far);
    assertThat(posterior.probabilityToBeat()).isBetween(0.0, 1.0);
    assertThat(posterior.expectedLossOfTreatment()).isBetween(0.0, 10.0);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void unitsThatAreAllZeroSayNothing(Setting setting, long seed) {
    Arms arms =
        Arms.draw(setting.metric, seed)
            .with(u -> new UnitValues(0, 1, 0, u.covariateDenominator()));
    Effect effect = setting.compare(arms).relativeLift();
    assertThat(effect).isInstanceOf(Effect.Absent.class);
    assertThat(((Effect.Absent) effect).reason())
        .isEqualTo(
            setting.metric == Metric.PROPORTION
                ? Effect.Reason.TOO_FEW_UNITS
                : Effect.Reason.NO_VARIATION);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void oneUnitSaysNothing(Setting setting, long seed) {
    Arms arms = Arms.draw(setting.metric, seed);
    Effect effect =
        setting.compare(new Arms(arms.control.subList(0, 1), arms.treatment)).difference();
    assertThat(effect).isInstanceOf(Effect.Absent.class);
    assertThat(((Effect.Absent) effect).reason()).isEqualTo(Effect.Reason.TOO_FEW_UNITS);
  }

  /** CUPED is never much worse than nothing, and takes what the covariate explains. */
  @ParameterizedTest
  @MethodSource("cases")
  void cupedKeepsAtMostTheVariance(Setting setting, long seed) {
    Arms arms = Arms.draw(setting.metric, seed);
    Effect.Known difference = known(setting.compare(arms).difference());
    assertThat(difference.computation().varianceKept()).isLessThan(1.1);
    if (setting.metric == Metric.MEAN
        && setting.adjustment == Adjustment.CUPED
        && setting.strata == 3) {
      assertThat(difference.computation().varianceKept()).isLessThan(0.6);
    }
  }

  /** All methods: intervals lie around the value, and turn with it. */
  @ParameterizedTest
  @MethodSource("io.millrace.inference.IntervalMethodTest#methods")
  void intervalsLieAroundTheValue(IntervalMethod method) {
    Arms arms = Arms.draw(Metric.MEAN, 11);
    Setting setting = new Setting(Metric.MEAN, Adjustment.NONE, 1);
    Effect.Known difference = known(setting.compare(arms).difference());
    Interval interval = difference.interval(method, 0.05);
    Interval turned = known(setting.compare(arms.turned()).difference()).interval(method, 0.05);
    assertThat(interval.contains(difference.value())).isTrue();
    same(interval.lower() + interval.upper(), 2 * difference.value());
    same(turned.upper(), -interval.lower());
    same(turned.pValue(), interval.pValue());
    assertThat(interval.excludesZero()).isEqualTo(interval.pValue() <= 0.05);
    Interval fixed = difference.interval(new Fixed(), 0.05);
    assertThat(interval.upper()).isGreaterThanOrEqualTo(fixed.upper() - 1e-9);
  }

  /** Beliefs turn with the arms, and the two losses differ by the mean. */
  @Test
  void beliefsTurnWithTheArms() {
    Random random = new Random(4);
    for (int i = 0; i < 200; i++) {
      double mean = random.nextGaussian() * Math.pow(10, random.nextInt(9) - 4);
      Posterior posterior = new Posterior(mean, Math.pow(10, random.nextInt(9) - 4));
      Posterior turned = new Posterior(-mean, posterior.deviation());
      same(posterior.probabilityToBeat() + turned.probabilityToBeat(), 1);
      same(posterior.expectedLossOfTreatment(), turned.expectedLossOfControl());
      same(posterior.expectedLossOfControl() - posterior.expectedLossOfTreatment(), mean);
    }
  }

  @Test
  void familiesDoNotDependOnTheOrder() {
    Random random = new Random(6);
    for (int i = 0; i < 50; i++) {
      Double[] p = random.doubles(20).map(x -> x * x * x).boxed().toArray(Double[]::new);
      List<Double> shuffled = new ArrayList<>(Arrays.asList(p));
      Collections.shuffle(shuffled, random);
      for (ToDoubleFunction<double[]> sum :
          List.<ToDoubleFunction<double[]>>of(
              x -> Arrays.stream(MultipleTests.holm(x)).sum(),
              x -> Arrays.stream(MultipleTests.benjaminiHochberg(x)).sum())) {
        same(sum.applyAsDouble(unboxed(shuffled)), sum.applyAsDouble(unboxed(Arrays.asList(p))));
      }
      double[] adjusted = MultipleTests.holm(unboxed(shuffled));
      double[] discoveries = MultipleTests.benjaminiHochberg(unboxed(shuffled));
      for (int k = 0; k < adjusted.length; k++) {
        assertThat(adjusted[k]).isGreaterThanOrEqualTo(discoveries[k]);
        assertThat(discoveries[k]).isGreaterThanOrEqualTo(shuffled.get(k)).isLessThanOrEqualTo(1);
      }
    }
  }

  private static double[] unboxed(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
