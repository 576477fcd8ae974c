package io.millrace.inference.offpolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.inference.Interval;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EstimatorTest {
  private static final LoggedRounds LOG = SimulatedLog.draw(2000, 3).rounds();

  private static final SimulatedLog LONG = SimulatedLog.draw(40_000, 8);

  static Stream<Estimator> estimators() {
    return Stream.of(
        new Estimator.DirectMethod(),
        new Estimator.InversePropensity(),
        new Estimator.SelfNormalized(),
        new Estimator.DoublyRobust(),
        new Estimator.SelfNormalizedDoublyRobust(),
        new Estimator.SwitchDoublyRobust(2),
        new Estimator.ShrunkDoublyRobust(10),
        new Estimator.MoreRobustDoublyRobust());
  }

  /** By hand: three rounds with w = 2, ½ and 0. */
  @Test
  void estimatesAreTheirFormulas() {
    LoggedRounds log =
        new LoggedRounds(
            new double[] {1, 0, 1},
            new double[] {.25, .5, .5},
            new double[] {.5, .25, 0},
            new double[] {.4, .2, .3},
            new double[] {.3, .1, .2});
    assertThat(new Estimator.DirectMethod().estimate(log)).isCloseTo(.2, within(1e-12));
    assertThat(new Estimator.InversePropensity().estimate(log)).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(new Estimator.SelfNormalized().estimate(log)).isCloseTo(.8, within(1e-12));
    // Residuals times weights: 2 · .6, ½ · −.2, 0.
    assertThat(new Estimator.DoublyRobust().estimate(log)).isCloseTo(.2 + 1.1 / 3, within(1e-12));
    assertThat(new Estimator.SelfNormalizedDoublyRobust().estimate(log))
        .isCloseTo(.2 + 1.1 / 2.5, within(1e-12));
    assertThat(new Estimator.SwitchDoublyRobust(1).estimate(log))
        .isCloseTo(.2 - .1 / 3, within(1e-12));
    // λ = 4: weights 4 · 2/8 = 1 and 4 · ½/4.25.
    assertThat(new Estimator.ShrunkDoublyRobust(4).estimate(log))
        .isCloseTo(.2 + (.6 - .2 * 2 / 4.25) / 3, within(1e-12));
    assertThat(Estimator.MoreRobustDoublyRobust.trainingWeight(.5, .25)).isEqualTo(6);
    // Weights .5 · .75/.0625 = 6 and .25 · .5/.25 = ½: the line through (.4, 1) and (.2, 0) is 5 q
    // − 1.
    assertThat(new Estimator.MoreRobustDoublyRobust().estimate(log))
        .isCloseTo((.5 - .5 + 0) / 3, within(1e-12));
  }

  /** The target is the logging policy: every weight is 1. */
  @Test
  void theLoggingPolicyIsWorthItsMean() {
    LoggedRounds same = new LoggedRounds(LOG.reward(), LOG.propensity(), LOG.propensity());
    double mean = Arrays.stream(LOG.reward()).average().orElseThrow();
    assertThat(new Estimator.InversePropensity().estimate(same)).isCloseTo(mean, within(1e-12));
    assertThat(new Estimator.SelfNormalized().estimate(same)).isCloseTo(mean, within(1e-12));
    Support support = Support.of(same);
    assertThat(support.meanWeight()).isEqualTo(1);
    assertThat(support.effectiveSize()).isEqualTo(2000);
    assertThat(support.warnings()).isEmpty();
  }

  @Test
  void limitsOfParametersAreOtherEstimators() {
    double direct = new Estimator.DirectMethod().estimate(LOG);
    double robust = new Estimator.DoublyRobust().estimate(LOG);
    assertThat(direct).isNotCloseTo(robust, within(1e-3));
    assertThat(new Estimator.SwitchDoublyRobust(0).estimate(LOG)).isCloseTo(direct, within(1e-12));
    assertThat(new Estimator.SwitchDoublyRobust(1e9).estimate(LOG))
        .isCloseTo(robust, within(1e-12));
    assertThat(new Estimator.ShrunkDoublyRobust(0).estimate(LOG)).isCloseTo(direct, within(1e-12));
    assertThat(new Estimator.ShrunkDoublyRobust(1e15).estimate(LOG))
        .isCloseTo(robust, within(1e-9));
    assertThat(new Estimator.ShrunkDoublyRobust(Double.POSITIVE_INFINITY).estimate(LOG))
        .isCloseTo(robust, within(1e-12));
  }

  @Test
  void aModelOfZerosLeavesTheWeightedRewards() {
    double[] zeros = new double[LOG.rounds()];
    LoggedRounds log = new LoggedRounds(LOG.reward(), LOG.propensity(), LOG.target(), zeros, zeros);
    assertThat(new Estimator.DoublyRobust().estimate(log))
        .isCloseTo(new Estimator.InversePropensity().estimate(log), within(1e-12));
    assertThat(new Estimator.SelfNormalizedDoublyRobust().estimate(log))
        .isCloseTo(new Estimator.SelfNormalized().estimate(log), within(1e-12));
  }

  /**
   * A reward and its prediction in other units: estimates follow, but for IPS, which has no origin.
   */
  @ParameterizedTest
  @MethodSource("estimators")
  void estimatesMoveWithTheReward(Estimator estimator) {
    LoggedRounds moved =
        new LoggedRounds(
            Arrays.stream(LOG.reward()).map(r -> 3 * r + 5).toArray(),
            LOG.propensity(),
            LOG.target(),
            Arrays.stream(LOG.predicted()).map(q -> 3 * q + 5).toArray(),
            Arrays.stream(LOG.predictedOfTarget()).map(q -> 3 * q + 5).toArray());
    double expected = 3 * estimator.estimate(LOG) + 5;
    if (estimator instanceof Estimator.InversePropensity) {
      expected += 5 * (Support.of(LOG).meanWeight() - 1);
    }
    assertThat(estimator.estimate(moved)).isCloseTo(expected, within(1e-9));
  }

  @ParameterizedTest
  @MethodSource("estimators")
  void theOrderOfRoundsDoesNotMatter(Estimator estimator) {
    LoggedRounds reversed =
        new LoggedRounds(
            reverse(LOG.reward()),
            reverse(LOG.propensity()),
            reverse(LOG.target()),
            reverse(LOG.predicted()),
            reverse(LOG.predictedOfTarget()));
    assertThat(estimator.estimate(reversed)).isCloseTo(estimator.estimate(LOG), within(1e-9));
  }

  private static double[] reverse(double[] values) {
    double[] reversed = new double[values.length];
    Arrays.setAll(reversed, i -> values[values.length - 1 - i]);
    return reversed;
  }

  /** All but the direct method come to the truth; that one has the error of its model. */
  @ParameterizedTest
  @MethodSource("estimators")
  void estimatesComeToTheTruth(Estimator estimator) {
    double error = estimator.estimate(LONG.rounds()) - LONG.value();
    if (estimator instanceof Estimator.DirectMethod) {
      assertThat(Math.abs(error)).isGreaterThan(0.02);
    } else if (estimator instanceof Estimator.SwitchDoublyRobust
        || estimator instanceof Estimator.ShrunkDoublyRobust) {
      assertThat(Math.abs(error)).isLessThan(0.05);
    } else {
      assertThat(error).isCloseTo(0, within(0.012));
    }
  }

  /** Farajtabar et al.: no other model that is linear in the given one has less weighted error. */
  @Test
  void theMoreRobustModelHasLessVariance() {
    double robust = variance(new Estimator.DoublyRobust().terms(LOG).numerator());
    double more = variance(new Estimator.MoreRobustDoublyRobust().terms(LOG).numerator());
    assertThat(more).isLessThan(robust);
  }

  private static double variance(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    return Arrays.stream(values).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
  }

  @Test
  void aCertainDecisionNeedsNoCorrection() {
    LoggedRounds log =
        new LoggedRounds(
            new double[] {1, 0},
            new double[] {1, 1},
            new double[] {1, 1},
            new double[] {.5, .5},
            new double[] {.5, .5});
    assertThat(new Estimator.MoreRobustDoublyRobust().estimate(log)).isEqualTo(.5);
  }

  @Test
  void whatTheLogCannotShowIsSaid() {
    LoggedRounds log = new LoggedRounds(new double[1000], filled(1000, .5), filled(1000, .2));
    assertThat(Support.of(log).warnings())
        .containsExactly(
            "the weights have mean 0.400, so the log shows too few of the target's actions: they take"
                + " 0.400 of its probability, and estimates leave the rest out");
    LoggedRounds wrong = new LoggedRounds(new double[1000], filled(1000, .1), filled(1000, .2));
    assertThat(Support.of(wrong).warnings()).hasSize(1).first().asString().contains("are wrong");
    double[] target = new double[50];
    target[3] = 1;
    Support one = Support.of(new LoggedRounds(new double[50], filled(50, .02), target));
    assertThat(one.effectiveSize()).isEqualTo(1);
    assertThat(one.largestShare()).isEqualTo(1);
    assertThat(one.warnings())
        .containsExactly(
            "the log is worth 1.00 rounds of the target, and fewer than 100 say nothing",
            "one round has 1.00 of all weight, so that it decides the estimate");
    assertThat(Support.of(new LoggedRounds(new double[2], filled(2, .5), new double[2])).warnings())
        .isNotEmpty();
    assertThat(
            new Estimator.SelfNormalized()
                .estimate(new LoggedRounds(new double[2], filled(2, .5), new double[2])))
        .isNaN();
  }

  private static double[] filled(int size, double value) {
    double[] values = new double[size];
    Arrays.fill(values, value);
    return values;
  }

  /** A model that is wrong where actions are rare: only all of their weight puts it right. */
  @Test
  void tuningKeepsTheWeightsThatAWrongModelNeeds() {
    SplittableRandom random = new SplittableRandom(1);
    int rounds = 20_000;
    double[] propensity = new double[rounds];
    double[] reward = new double[rounds];
    for (int t = 0; t < rounds; t++) {
      propensity[t] = random.nextDouble() < .01 ? .01 : .99;
      reward[t] = random.nextDouble() < .5 ? 1 : 0;
    }
    LoggedRounds log =
        new LoggedRounds(
            reward, propensity, filled(rounds, .5), filled(rounds, 5), filled(rounds, 5));
    Tuning tuning = new Tuning(.05);
    assertThat(tuning.switching(log, List.of(1.0, 10.0, 100.0)).threshold()).isEqualTo(100);
    assertThat(tuning.shrinking(log, List.of(1.0, 100.0, 1e6)).shrinkage()).isEqualTo(1e6);
    assertThatThrownBy(() -> tuning.switching(log, List.of()))
        .hasMessage("a tuning needs a candidate, but has none");
    assertThatThrownBy(() -> new Tuning(1))
        .hasMessage("delta of a tuning lies between 0 and 1, but is 1.0");
  }

  /** Weights 40 and .505 by hand: a model without residuals has no bias, and variance decides. */
  @Test
  void tuningTakesTheLeastVarianceWhereNothingIsBiased() {
    int rounds = 400;
    double[] propensity = new double[rounds];
    double[] reward = new double[rounds];
    double[] predicted = new double[rounds];
    for (int t = 0; t < rounds; t++) {
      boolean rare = t % 40 == 0;
      propensity[t] = rare ? .0125 : .99;
      // Residuals of rare actions are 1 and −1 in turn, so that their mean is 0.
      reward[t] = rare && t % 80 == 0 ? 1 : 0;
      predicted[t] = rare ? .5 : 0;
    }
    LoggedRounds log =
        new LoggedRounds(reward, propensity, filled(rounds, .5), predicted, filled(rounds, .25));
    Tuning tuning = new Tuning(.05);
    assertThat(tuning.switching(log, List.of(1.0, 100.0)).threshold()).isEqualTo(1);
    assertThat(tuning.switching(log, List.of(100.0, 1.0)).threshold()).isEqualTo(1);
    assertThat(tuning.shrinking(log, List.of(1e9, 1.0)).shrinkage()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("estimators")
  void theSameSeedGivesTheSameInterval(Estimator estimator) {
    Bootstrap bootstrap = new Bootstrap(100, 4);
    Interval interval = bootstrap.interval(estimator, LOG, 0.05);
    assertThat(bootstrap.interval(estimator, LOG, 0.05)).isEqualTo(interval);
    assertThat(new Bootstrap(100, 5).interval(estimator, LOG, 0.05)).isNotEqualTo(interval);
    assertThat(interval.contains(estimator.estimate(LOG))).isTrue();
    assertThat(bootstrap.interval(estimator, LOG, 0.5).lower()).isGreaterThan(interval.lower());
  }

  /** The bootstrap of a mean: √(p (1 − p)/n) to a tenth. */
  @Test
  void theBootstrapOfAMeanHasItsError() {
    double[] reward = new double[1000];
    Arrays.fill(reward, 0, 300, 1);
    LoggedRounds log = new LoggedRounds(reward, filled(1000, .5), filled(1000, .5));
    Interval interval =
        new Bootstrap(2000, 1).interval(new Estimator.InversePropensity(), log, 0.05);
    double error = Math.sqrt(.3 * .7 / 1000);
    assertThat(interval.lower()).isCloseTo(.3 - 1.96 * error, within(.2 * error));
    assertThat(interval.upper()).isCloseTo(.3 + 1.96 * error, within(.2 * error));
    assertThat(interval.pValue()).isZero();
  }

  /** The short form of {@link CoverageCampaign}. */
  @ParameterizedTest
  @ValueSource(strings = {"DR", "SNIPS"})
  void intervalsCoverTheTruth(String name) {
    Estimator estimator = estimators().filter(e -> e.name().equals(name)).findFirst().orElseThrow();
    assertThat(CoverageCampaign.coverage(estimator, 60, 500, 200)).isGreaterThan(0.86);
  }

  @Test
  void badLogsAreRefused() {
    double[] one = {.5};
    assertThatThrownBy(() -> new LoggedRounds(one, new double[] {0}, one))
        .hasMessage("round 0 has the propensity 0.0, but it must be above 0, at most 1");
    assertThatThrownBy(() -> new LoggedRounds(one, one, new double[] {1.5}))
        .hasMessage("round 0 has the probability of the target 1.5, but it must be 0 to 1");
    assertThatThrownBy(() -> new LoggedRounds(new double[] {Double.NaN}, one, one))
        .hasMessage("round 0 has the reward NaN, but it must be a number");
    assertThatThrownBy(() -> new LoggedRounds(one, one, one, one, new double[0]))
        .hasMessage(
            "a log has as many rewards, propensities, probabilities and predictions, 1 or more, not 1,"
                + " 1, 1, 1 and 0");
    assertThatThrownBy(() -> new Estimator.DoublyRobust().estimate(new LoggedRounds(one, one, one)))
        .hasMessage("DR needs the predictions of a reward model, and the log has none");
    assertThatThrownBy(() -> new Estimator.SwitchDoublyRobust(-1))
        .hasMessage("the threshold of Switch-DR is 0 or more, but is -1.0");
    assertThatThrownBy(() -> new Bootstrap(10, 1))
        .hasMessage("a bootstrap draws 100 samples or more, not 10");
    assertThatThrownBy(
            () ->
                new Bootstrap(100, 1)
                    .interval(
                        new Estimator.InversePropensity(), new LoggedRounds(one, one, one), 0))
        .hasMessage("an error probability lies between 0 and 1, but is 0.0");
  }
}
