package io.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is made of effects: beliefs, families of tests, guard-rails, plans. */
class DecisionsTest {
  private static Effect.Known effect(double value, double error) {
    return new Effect.Known(
        Effect.Scale.DIFFERENCE,
        value,
        error * error,
        Double.POSITIVE_INFINITY,
        1000,
        1,
        1 + value,
        new Computation(Metric.MEAN, Adjustment.NONE, 0, 1, 1, List.of()));
  }

  /**
   * GrowthBook, packages/stats/tests/bayesian/test_tests.py (MIT): 10 ± .5 and 10.5 ± 1 of 10
   * units.
   */
  @Test
  void lossesAreThoseOfGrowthBook() {
    Posterior posterior = Posterior.flat(effect(0.5, Math.sqrt(0.25 / 10 + 1.0 / 10)));
    assertThat(posterior.expectedLossOfControl()).isCloseTo(0.51256, within(5e-6));
    assertThat(posterior.expectedLossOfTreatment()).isCloseTo(0.01256, within(5e-6));
  }

  /** scipy: φ(z) quad(t exp(−z t − t²/2), 0, ∞), and minus z for negative z. */
  @ParameterizedTest
  @CsvSource({
    "-1e8, 1e8",
    "-30, 30",
    "-5, 5.0000000534616555",
    "-.5, 0.6977965574013061",
    "0, 0.39894228040143265",
    ".5, 0.19779655740130603",
    "5, 5.3461655338328165e-08",
    "20, 1.3700124947295798e-90",
    "30, 1.6319567340914015e-199",
    "1e8, 0",
  })
  void lossesAreStableFarOut(double z, double loss) {
    assertThat(new Posterior(z, 1).expectedLossOfTreatment()).isCloseTo(loss, within(1e-9 * loss));
    assertThat(new Posterior(-z, 1).expectedLossOfControl()).isCloseTo(loss, within(1e-9 * loss));
  }

  /** Where mean by deviation is infinite itself: GrowthBook's risk overflowed far out (#5911). */
  @Test
  void lossesBeyondAllNumbersAreStable() {
    Posterior posterior = new Posterior(1e300, 1e-300);
    assertThat(posterior.expectedLossOfTreatment()).isZero();
    assertThat(posterior.expectedLossOfControl()).isEqualTo(1e300);
    assertThat(posterior.probabilityToBeat()).isEqualTo(1);
  }

  @Test
  void aPriorDrawsTheEffectToIt() {
    Posterior even = Posterior.of(effect(1, 0.5), 0, 0.5);
    assertThat(even.mean()).isEqualTo(0.5);
    assertThat(even.deviation()).isCloseTo(0.5 / Math.sqrt(2), within(1e-12));
    assertThat(even.probabilityToBeat()).isCloseTo(0.9213503964748575, within(1e-9));
    assertThat(Posterior.of(effect(1, 0.5), 0, 1e9).mean()).isCloseTo(1, within(1e-12));
    assertThat(even.credible(0.05).lower())
        .isCloseTo(0.5 - 1.959963984540054 * even.deviation(), within(1e-9));
    assertThatThrownBy(() -> new Posterior(1, 0))
        .hasMessage("a posterior has a mean and a deviation above 0, not 1.0 and 0.0");
  }

  /**
   * scipy: quad(beta(a).pdf · beta(b).sf) and dblquad of the losses; the first losses are
   * GrowthBook's too (.01912 and .03872).
   */
  @ParameterizedTest
  @CsvSource({
    "49, 100, 51, 100, 0.6107705226878392, 0.019116461200908638",
    "10, 2000, 20, 2000, 0.9651638199301188, 3.906649640213182e-05",
  })
  void ratesAreCompared(
      long controlSuccesses,
      long controlTrials,
      long successes,
      long trials,
      double beats,
      double loss) {
    RatePosterior posterior = RatePosterior.of(controlSuccesses, controlTrials, successes, trials);
    assertThat(posterior.probabilityToBeat()).isCloseTo(beats, within(1e-8));
    assertThat(posterior.expectedLossOfTreatment()).isCloseTo(loss, within(1e-9));
    RatePosterior turned = RatePosterior.of(successes, trials, controlSuccesses, controlTrials);
    assertThat(turned.probabilityToBeat()).isCloseTo(1 - beats, within(1e-8));
    assertThat(turned.expectedLossOfControl()).isCloseTo(loss, within(1e-9));
  }

  @Test
  void ratesWithoutDataOrWithMuchAreCompared() {
    assertThat(RatePosterior.of(0, 0, 0, 0).probabilityToBeat()).isCloseTo(0.5, within(1e-9));
    assertThat(RatePosterior.of(1000, 1_000_000, 500_000, 1_000_000).probabilityToBeat())
        .isCloseTo(1, within(1e-9));
    assertThat(RatePosterior.of(1000, 1_000_000, 500_000, 1_000_000).expectedLossOfTreatment())
        .isCloseTo(0, within(1e-12));
    assertThatThrownBy(() -> RatePosterior.of(2, 1, 0, 0))
        .hasMessage("control has 2 successes of 1 trials, which is no share");
  }

  /** statsmodels: multipletests(p, method="fdr_bh") and "holm". */
  @Test
  void familiesAreThoseOfStatsmodels() {
    double[] p = {.01, .04, .03, .005, .55, .04};
    assertThat(MultipleTests.benjaminiHochberg(p))
        .usingComparatorWithPrecision(1e-12)
        .containsExactly(.03, .048, .048, .03, .55, .048);
    assertThat(MultipleTests.holm(p))
        .usingComparatorWithPrecision(1e-12)
        .containsExactly(.05, .12, .12, .03, .55, .12);
    assertThat(MultipleTests.holm(new double[0])).isEmpty();
    assertThat(MultipleTests.benjaminiHochberg(new double[] {1, 1})).containsExactly(1, 1);
    assertThatThrownBy(() -> MultipleTests.holm(new double[] {.5, Double.NaN}))
        .hasMessage("p values lie between 0 and 1, but are [0.5, NaN]");
  }

  @ParameterizedTest
  @CsvSource({
    "0, .01, true, SAFE",
    "-.04, .01, true, OPEN",
    "-.1, .01, true, HARMED",
    ".1, .01, false, HARMED",
    ".04, .01, false, OPEN",
    "-.1, .01, false, SAFE",
    "0, 1, true, OPEN",
  })
  void aGuardRailReads(
      double value, double error, boolean higherIsBetter, GuardRail.Verdict verdict) {
    GuardRail rail = new GuardRail(0.05, higherIsBetter, new Fixed(), 0.05);
    GuardRail.Reading reading = rail.read(effect(value, error));
    assertThat(reading.verdict()).as(reading.words()).isEqualTo(verdict);
    assertThat(reading.most() - reading.least())
        .isCloseTo(2 * 1.6448536269514722 * error, within(1e-9));
  }

  @Test
  void aGuardRailSaysWhyItIsOpen() {
    GuardRail rail = new GuardRail(0.05, true, new Fixed(), 0.05);
    assertThat(rail.read(effect(-0.04, 0.01)).words())
        .isEqualTo("treatment may be worse by 0.05645, and 0.05000 is borne: more data is needed");
    assertThat(rail.read(new Effect.Absent(Effect.Reason.TOO_FEW_UNITS, "why")))
        .isEqualTo(
            new GuardRail.Reading(
                GuardRail.Verdict.OPEN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, "why"));
    assertThatThrownBy(() -> new GuardRail(-1, true, new Fixed(), 0.05))
        .hasMessage("a margin is 0 or more, but is -1.0");
  }

  /**
   * statsmodels: NormalIndPower().power(.1, 1000, .05) and solve_power(.1, alpha=.05, power=.8).
   */
  @Test
  void aPlanIsThatOfStatsmodels() {
    PowerPlan plan = new PowerPlan(10, 4, 0.5, 0.05, new Fixed());
    assertThat(plan.power(0.2, 2000)).isCloseTo(0.6087794846454566, within(1e-9));
    assertThat(plan.power(-0.2, 2000)).isCloseTo(0.6087794846454566, within(1e-9));
    assertThat(plan.requiredUnits(0.2, 0.8)).isEqualTo(3140);
    assertThat(plan.minimumDetectable(0.8, 3140)).isCloseTo(0.2, within(1e-4));
    assertThat(plan.minimumDetectableLift(0.8, 3140)).isCloseTo(0.02, within(1e-5));
    assertThat(plan.requiredDays(0.2, 0.8, 1000)).isEqualTo(4);
    // The same with ratio=.25, where a quarter as many units get the treatment: 1.25 · 3924.43.
    assertThat(new PowerPlan(10, 4, 0.2, 0.05, new Fixed()).requiredUnits(0.2, 0.8))
        .isEqualTo(4906);
  }

  @Test
  void aPlanThatIsLookedAtNeedsMore() {
    PowerPlan fixed = new PowerPlan(0.1, 0.09, 0.5, 0.05, new Fixed());
    PowerPlan always = new PowerPlan(0.1, 0.09, 0.5, 0.05, new AlwaysValid(10_000));
    assertThat(always.requiredUnits(0.01, 0.8)).isGreaterThan(fixed.requiredUnits(0.01, 0.8));
  }

  @Test
  void aPlanIsMadeFromWhatIsKnown() {
    Moments units = new Moments();
    units.add(UnitValues.ratio(1, 2));
    units.add(UnitValues.ratio(3, 4));
    units.add(UnitValues.ratio(0, 3));
    PowerPlan ratio = PowerPlan.like(units, Metric.RATIO, 0.05, new Fixed());
    assertThat(ratio.mean()).isCloseTo(4 / 9.0, within(1e-12));
    // numpy: np.var((y − R n)/n.mean(), ddof=1)
    assertThat(ratio.variance()).isCloseTo(0.1824417009602195, within(1e-9));
    assertThat(PowerPlan.like(Moments.ofValues(1, 2, 3), Metric.MEAN, .05, new Fixed()).variance())
        .isEqualTo(1);
    assertThat(
            PowerPlan.like(Moments.ofValues(0, 1), Metric.PROPORTION, .05, new Fixed()).variance())
        .isEqualTo(.25);
  }

  @Test
  void plansThatCannotBeAreRefused() {
    PowerPlan plan = new PowerPlan(0, 1, 0.5, 0.05, new Fixed());
    assertThat(plan.minimumDetectableLift(0.8, 100)).isNaN();
    assertThatThrownBy(() -> plan.requiredUnits(0, 0.8))
        .hasMessage("a difference of 0.0 is not seen with power 0.8 by 1000000000000 units");
    assertThatThrownBy(() -> plan.requiredUnits(1, 1))
        .hasMessage("a power lies between 0 and 1, but is 1.0");
    assertThatThrownBy(() -> plan.requiredDays(1, .8, 0))
        .hasMessage("an experiment gets more than 0 units a day, not 0.0");
    assertThatThrownBy(() -> new PowerPlan(1, 0, 0.5, 0.05, new Fixed()))
        .hasMessage(
            "a plan needs a mean, a variance above 0 and a share between 0 and 1, but has 1.0, 0.0 and 0.5");
  }
}
