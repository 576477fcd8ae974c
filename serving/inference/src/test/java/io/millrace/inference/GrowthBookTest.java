package io.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers of the tests of GrowthBook's engine (packages/stats/tests, MIT), to five digits. */
class GrowthBookTest {
  private static final double FIVE_DIGITS = 5.1e-6;

  private static Effect.Known known(Effect effect) {
    return (Effect.Known) effect;
  }

  /** Moments with this mean and standard deviation. */
  private static Moments moments(long units, double mean, double deviation) {
    return Moments.ofSums(
        units, mean * units, deviation * deviation * (units - 1) + mean * mean * units);
  }

  @Test
  void aFixedRelativeLift() {
    Effect.Known lift =
        known(
            Comparison.of(Metric.MEAN, moments(3407, 0.41, 3.9), moments(3461, 0.70, 6.2))
                .relativeLift());
    Interval interval = lift.interval(new Fixed(), 0.05);
    assertThat(lift.value()).isCloseTo(0.70732, within(FIVE_DIGITS));
    assertThat(lift.standardError()).isCloseTo(0.37879, within(FIVE_DIGITS));
    assertThat(interval.lower()).isCloseTo(-0.03526, within(FIVE_DIGITS));
    assertThat(interval.upper()).isCloseTo(1.44989, within(FIVE_DIGITS));
    assertThat(interval.pValue()).isCloseTo(0.06191, within(FIVE_DIGITS));
  }

  @Test
  void anAlwaysValidRelativeLift() {
    Interval interval =
        known(
                Comparison.of(
                        Metric.MEAN,
                        Moments.ofSums(3000, 1396.87, 52377.9767),
                        Moments.ofSums(3461, 2422.7, 134698.29))
                    .relativeLift())
            .interval(new AlwaysValid(1000), 0.05);
    assertThat(interval.lower()).isCloseTo(-0.55844, within(FIVE_DIGITS));
    assertThat(interval.upper()).isCloseTo(1.56516, within(FIVE_DIGITS));
    assertThat(interval.pValue()).isEqualTo(1);
  }

  @Test
  void anAlwaysValidRelativeLiftOfProportions() {
    Effect.Known lift =
        known(
            Comparison.of(
                    Metric.PROPORTION,
                    Moments.ofSums(3000, 1396, 1396),
                    Moments.ofSums(3461, 2422, 2422))
                .relativeLift());
    Interval interval = lift.interval(new AlwaysValid(5000), 0.05);
    assertThat(lift.value()).isCloseTo(0.50386, within(FIVE_DIGITS));
    assertThat(interval.lower()).isCloseTo(0.40098, within(FIVE_DIGITS));
    assertThat(interval.upper()).isCloseTo(0.60675, within(FIVE_DIGITS));
  }

  private static List<Stratum> strata() throws IOException {
    List<Moments> arms = new ArrayList<>();
    try (InputStream stream = GrowthBookTest.class.getResourceAsStream("growthbook-strata.csv");
        BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(Objects.requireNonNull(stream), StandardCharsets.UTF_8))) {
      for (String line : reader.lines().skip(2).toList()) {
        double[] numbers =
            Arrays.stream(line.split(",", -1)).skip(1).mapToDouble(Double::parseDouble).toArray();
        arms.add(
            Moments.ofSums(
                (long) numbers[0],
                Arrays.copyOfRange(numbers, 1, 5),
                Arrays.copyOfRange(numbers, 5, 15)));
      }
    }
    List<Stratum> strata = new ArrayList<>();
    for (int i = 0; i < arms.size(); i += 2) {
      strata.add(new Stratum("stratum " + i / 2, arms.get(i), arms.get(i + 1)));
    }
    return strata;
  }

  /** The same units as those of a mean: denominators are 1. */
  private static Moments asMean(Moments moments) {
    double x = moments.sum(Part.COVARIATE);
    double y = moments.sum(Part.NUMERATOR);
    long n = moments.count();
    double yy = moments.deviations(Part.NUMERATOR, Part.NUMERATOR) + y * y / n;
    double yx = moments.deviations(Part.NUMERATOR, Part.COVARIATE) + y * x / n;
    double xx = moments.deviations(Part.COVARIATE, Part.COVARIATE) + x * x / n;
    return Moments.ofSums(
        n, new double[] {y, n, x, n}, new double[] {yy, y, yx, y, n, x, n, xx, x, n});
  }

  /**
   * Values are GrowthBook's. It pools the variance of both arms of a stratum, and this does not, so
   * that errors are close to its and no more; the error of the difference of means is Σ w² (s²/n +
   * s²/n) in numpy.
   */
  @ParameterizedTest
  @CsvSource({
    "MEAN, DIFFERENCE, 3.548094377986586, .37391, .3742344935123909",
    "MEAN, RELATIVE, 0.10994584851937338, .01216, .01221",
    "RATIO, DIFFERENCE, 0.10008903417216031, .00491, .00498",
    "RATIO, RELATIVE, 0.13371299783026003, .0069, .00712",
  })
  void stratifiedEffects(
      Metric metric, Effect.Scale scale, double value, double pooled, double error)
      throws IOException {
    List<Stratum> strata = strata();
    if (metric == Metric.MEAN) {
      strata =
          strata.stream()
              .map(s -> new Stratum(s.name(), asMean(s.control()), asMean(s.treatment())))
              .toList();
    }
    Comparison comparison = new Comparison(metric, Adjustment.NONE, strata);
    Effect.Known effect =
        known(scale == Effect.Scale.RELATIVE ? comparison.relativeLift() : comparison.difference());
    assertThat(effect.value()).isCloseTo(value, within(FIVE_DIGITS));
    assertThat(effect.standardError()).isCloseTo(error, within(FIVE_DIGITS));
    assertThat(effect.standardError()).isCloseTo(pooled, within(0.04 * pooled));
    assertThat(effect.computation().strata()).isEqualTo(5);
    assertThat(effect.computation().varianceKept()).isLessThan(0.4);
  }
}
