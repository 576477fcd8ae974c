package io.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers of numpy 1.24.2, scipy 1.10.1 and statsmodels 0.13.5, whose calls stand at each. */
class ComparisonTest {
  private static final double[] CONTROL = {16, 5, 11, 12, 12, 19, 15, 9, 15, 13, 12, 6};
  private static final double[] CONTROL_BEFORE = {5, 2, 4, 5, 5, 5, 5, 4, 5, 6, 5, 1};
  private static final double[] CONTROL_VIEWS = {3, 1, 4, 2, 5, 3, 2, 6, 1, 2, 4, 3};
  private static final double[] CONTROL_VIEWS_BEFORE = {2, 1, 3, 2, 4, 3, 1, 5, 1, 2, 3, 2};
  private static final double[] TREATMENT = {9, 11, 13, 13, 11, 8, 6, 9, 2, 12, 10, 18, 9, 11, 11};
  private static final double[] TREATMENT_BEFORE = {3, 4, 5, 5, 4, 2, 0, 2, 1, 3, 4, 7, 2, 3, 3};
  private static final double[] TREATMENT_VIEWS = {2, 2, 5, 3, 1, 4, 2, 3, 6, 2, 1, 3, 4, 2, 5};
  private static final double[] TREATMENT_VIEWS_BEFORE = {
    1, 2, 4, 3, 1, 3, 2, 2, 5, 2, 1, 2, 3, 2, 4
  };

  private static Moments mean(double[] values, double[] before) {
    Moments moments = new Moments();
    for (int i = 0; i < values.length; i++) {
      moments.add(UnitValues.of(values[i], before[i]));
    }
    return moments;
  }

  private static Moments ratio(
      double[] values, double[] views, double[] before, double[] viewsBefore) {
    Moments moments = new Moments();
    for (int i = 0; i < values.length; i++) {
      moments.add(new UnitValues(values[i], views[i], before[i], viewsBefore[i]));
    }
    return moments;
  }

  private static Comparison means() {
    return Comparison.of(
        Metric.MEAN, mean(CONTROL, CONTROL_BEFORE), mean(TREATMENT, TREATMENT_BEFORE));
  }

  private static Comparison ratios() {
    return Comparison.of(
        Metric.RATIO,
        ratio(CONTROL, CONTROL_VIEWS, CONTROL_BEFORE, CONTROL_VIEWS_BEFORE),
        ratio(TREATMENT, TREATMENT_VIEWS, TREATMENT_BEFORE, TREATMENT_VIEWS_BEFORE));
  }

  private static Effect.Known known(Effect effect) {
    assertThat(effect).isInstanceOf(Effect.Known.class);
    return (Effect.Known) effect;
  }

  private static Effect.Absent absent(Effect effect) {
    assertThat(effect).isInstanceOf(Effect.Absent.class);
    return (Effect.Absent) effect;
  }

  /** statsmodels: CompareMeans(DescrStatsW(b), DescrStatsW(a)).tconfint_diff(usevar="unequal"). */
  @Test
  void aDifferenceOfMeansIsWelchs() {
    Effect.Known difference =
        known(
            Comparison.of(
                    Metric.MEAN,
                    Moments.ofValues(3, 1, 4, 1, 5, 9, 2, 6),
                    Moments.ofValues(2, 7, 1, 8, 2, 8, 1, 8, 2, 8))
                .difference());
    Interval interval = difference.interval(new Fixed(), 0.05);
    assertThat(interval.lower()).isCloseTo(-2.199230366491451, within(1e-9));
    assertThat(interval.upper()).isCloseTo(3.8492303664914513, within(1e-9));
    assertThat(interval.pValue()).isCloseTo(0.5710439160286546, within(1e-9));
    assertThat(difference.degreesOfFreedom()).isCloseTo(15.953916219271507, within(1e-9));
    assertThat(difference.computation())
        .isEqualTo(new Computation(Metric.MEAN, Adjustment.NONE, 0, 1, 1, List.of()));
  }

  /**
   * statsmodels: confint_proportions_2indep(230, 1000, 180, 900, compare="diff", method="wald").
   */
  @Test
  void aDifferenceOfProportionsIsWalds() {
    Interval interval =
        known(
                Comparison.of(
                        Metric.PROPORTION,
                        Moments.ofSums(900, 180, 180),
                        Moments.ofSums(1000, 230, 230))
                    .difference())
            .interval(new Fixed(), 0.05);
    assertThat(interval.lower()).isCloseTo(-0.006922193457496194, within(1e-9));
    assertThat(interval.upper()).isCloseTo(0.0669221934574962, within(1e-9));
    assertThat(interval.pValue()).isCloseTo(0.11127041803877853, within(1e-9));
  }

  /** numpy: ttest_ind(y − θ (x − x̄)) by arm, θ = cov(y, x)/var(x) of both arms together. */
  @Test
  void cupedIsATestOfAdjustedUnits() {
    Effect.Known difference = known(means().cuped().difference());
    assertThat(difference.computation().theta()).isCloseTo(1.932595573440644, within(1e-9));
    assertThat(difference.value()).isCloseTo(0.3069416498993931, within(1e-9));
    assertThat(difference.standardError()).isCloseTo(0.8262394874633245, within(1e-9));
    assertThat(difference.interval(new Fixed(), 0.05).pValue())
        .isCloseTo(0.7146244628804769, within(1e-9));
    assertThat(difference.computation().adjustment()).isEqualTo(Adjustment.CUPED);
    assertThat(difference.computation().varianceKept())
        .isCloseTo(difference.variance() / known(means().difference()).variance(), within(1e-12));
  }

  /** numpy: gradient by finite differences. */
  @Test
  void aLiftWithCupedHasTheVarianceOfTheDeltaMethod() {
    Effect.Known lift = known(means().cuped().relativeLift());
    assertThat(lift.value()).isCloseTo(0.02824656120396835, within(1e-9));
    assertThat(lift.standardError()).isCloseTo(0.07788364885853043, within(1e-6));
    assertThat(lift.value())
        .isCloseTo(lift.treatmentLevel() / lift.controlLevel() - 1, within(1e-12));
  }

  /** numpy: variance of (y − R n)/mean(n) by the number of units, by arm. */
  @Test
  void aRatiosUnitsAreClusters() {
    Effect.Known difference = known(ratios().difference());
    assertThat(difference.value()).isCloseTo(-0.6277777777777778, within(1e-12));
    assertThat(difference.standardError()).isCloseTo(0.9525504911849865, within(1e-9));
    Effect.Known lift = known(ratios().relativeLift());
    assertThat(lift.value()).isCloseTo(-0.15586206896551724, within(1e-12));
    assertThat(lift.standardError()).isCloseTo(0.21505882310824884, within(1e-9));
  }

  /** numpy: the same of (y − R n)/mean(n) − θ (x − C m)/mean(m). */
  @Test
  void aRatioIsAdjustedByTheRatioBefore() {
    Effect.Known difference = known(ratios().cuped().difference());
    assertThat(difference.computation().theta()).isCloseTo(2.116121066453724, within(1e-9));
    assertThat(difference.controlLevel()).isCloseTo(3.4395978366318105, within(1e-9));
    assertThat(difference.treatmentLevel()).isCloseTo(3.8610058998171093, within(1e-9));
    assertThat(difference.standardError()).isCloseTo(0.37428618167150796, within(1e-9));
  }

  @Test
  void aRatioOverOnesIsAMean() {
    Moments control = mean(CONTROL, CONTROL_BEFORE);
    Moments treatment = mean(TREATMENT, TREATMENT_BEFORE);
    Effect.Known mean =
        known(Comparison.of(Metric.MEAN, control, treatment).cuped().relativeLift());
    Effect.Known ratio =
        known(Comparison.of(Metric.RATIO, control, treatment).cuped().relativeLift());
    assertThat(ratio.value()).isEqualTo(mean.value());
    assertThat(ratio.variance()).isEqualTo(mean.variance());
  }

  /** Where it would be the other way round: growthbook#6658. */
  @ParameterizedTest
  @CsvSource({
    "-100, -90, .1",
    "-100, -110, -.1",
    "-100, 20, 1.2",
    "100, 90, -.1",
    "100, -20, -1.2"
  })
  void aLiftHasTheSignOfTheDifference(double control, double treatment, double expected) {
    Effect.Known lift =
        known(
            Comparison.of(
                    Metric.MEAN,
                    Moments.ofValues(control - 1, control, control + 1),
                    Moments.ofValues(treatment - 1, treatment, treatment + 1))
                .relativeLift());
    assertThat(lift.value()).isCloseTo(expected, within(1e-12));
  }

  @Test
  void aLiftOfNothingIsAbsent() {
    Comparison zero =
        Comparison.of(Metric.MEAN, Moments.ofValues(-1, 0, 1), Moments.ofValues(4, 5, 6));
    assertThat(known(zero.difference()).value()).isEqualTo(5);
    Effect.Absent absent = absent(zero.relativeLift());
    assertThat(absent.reason()).isEqualTo(Effect.Reason.BASELINE_NEAR_ZERO);
    assertThat(absent.words())
        .isEqualTo(
            "control's level 0.0 is less than 3 standard errors (0.5774 each) from 0, so a"
                + " lift relative to it means nothing");
  }

  @Test
  void tooFewUnitsAreSaid() {
    Effect.Absent absent =
        absent(
            Comparison.of(Metric.MEAN, Moments.ofValues(1, 2), Moments.ofValues(1)).difference());
    assertThat(absent.reason()).isEqualTo(Effect.Reason.TOO_FEW_UNITS);
    assertThat(absent.words()).isEqualTo("treatment has 1 units, and a variance needs 2");
    assertThat(
            absent(Comparison.of(Metric.MEAN, new Moments(), new Moments()).difference()).words())
        .isEqualTo("control has 0 units, and a variance needs 2");
  }

  @Test
  void tooFewEventsAreSaid() {
    Effect.Absent absent =
        absent(
            Comparison.of(
                    Metric.PROPORTION, Moments.ofSums(900, 180, 180), Moments.ofSums(900, 4, 4))
                .difference());
    assertThat(absent.reason()).isEqualTo(Effect.Reason.TOO_FEW_UNITS);
    assertThat(absent.words())
        .isEqualTo(
            "treatment has 4 units with 1 and 896 with 0, and a normal approximation needs 5 of each");
    assertThat(
            absent(
                    Comparison.of(
                            Metric.PROPORTION, Moments.ofSums(9, 5, 5), Moments.ofSums(10, 5, 5))
                        .difference())
                .words())
        .startsWith("control has 5 units with 1 and 4 with 0");
  }

  @Test
  void noVariationIsSaid() {
    Effect.Absent absent =
        absent(
            Comparison.of(Metric.MEAN, Moments.ofValues(0, 0, 0), Moments.ofValues(0, 0))
                .difference());
    assertThat(absent.reason()).isEqualTo(Effect.Reason.NO_VARIATION);
    assertThat(absent.words())
        .isEqualTo(
            "all units of each arm have one value, so nothing says how sure the difference 0.0 is");
  }

  /** The lift is −1 whatever control's level is. */
  @Test
  void aTreatmentThatHasLostEverythingHasADifferenceAndNoLift() {
    Comparison comparison =
        Comparison.of(Metric.MEAN, Moments.ofSums(1000, 100, 100), Moments.ofSums(1000, 0, 0));
    assertThat(((Effect.Known) comparison.difference()).value()).isEqualTo(-0.1);
    Effect.Absent absent = absent(comparison.relativeLift());
    assertThat(absent.reason()).isEqualTo(Effect.Reason.NO_VARIATION);
    assertThat(absent.words())
        .isEqualTo(
            "treatment's level is 0 in all units, so nothing says how sure the lift -1.0 is");
  }

  /**
   * Clicks that are a fixed share of the views in each unit have no variance but that of rounding.
   */
  @Test
  void aRatioThatIsTheSameInAllUnitsHasNoVariation() {
    Random random = new Random(3);
    for (int round = 0; round < 50; round++) {
      Moments control = new Moments();
      Moments treatment = new Moments();
      double share = random.nextDouble();
      for (int i = 1; i < 50; i++) {
        double views = random.nextDouble();
        control.add(UnitValues.ratio(share * views, views));
        treatment.add(UnitValues.ratio(2 * share * views, views));
      }
      assertThat(absent(Comparison.of(Metric.RATIO, control, treatment).difference()).reason())
          .isEqualTo(Effect.Reason.NO_VARIATION);
    }
  }

  @Test
  void aDenominatorOfNothingIsSaid() {
    Moments moments = new Moments();
    moments.add(UnitValues.ratio(1, 0));
    moments.add(UnitValues.ratio(0, 0));
    Effect.Absent absent = absent(Comparison.of(Metric.RATIO, moments, moments).difference());
    assertThat(absent.reason()).isEqualTo(Effect.Reason.DENOMINATOR_NEAR_ZERO);
    assertThat(absent.words())
        .isEqualTo("the denominators of control have mean 0.0, too near to 0 to divide by");
  }

  @Test
  void whatIsNoProportionIsSaid() {
    Moments shares = Moments.ofValues(0, 1, 0.5);
    Effect.Absent absent =
        absent(
            Comparison.of(Metric.PROPORTION, Moments.ofValues(0, 1, 0, 1, 0, 1, 0, 1, 0, 1), shares)
                .difference());
    assertThat(absent.reason()).isEqualTo(Effect.Reason.NOT_A_PROPORTION);
    assertThat(absent.words())
        .isEqualTo("units of a proportion are 0 or 1, and units of treatment are not");
  }

  /** Not as in GrowthBook, where metrics lost CUPED without a word (#4777). */
  @Test
  void cupedThatCannotHelpIsSaid() {
    Moments control = Moments.ofValues(1, 2, 3);
    Effect.Known difference =
        known(Comparison.of(Metric.MEAN, control, Moments.ofValues(1, 2, 5)).cuped().difference());
    assertThat(difference.computation().adjustment()).isEqualTo(Adjustment.NONE);
    assertThat(difference.computation().notes())
        .containsExactly("CUPED was not applied: all units have one value of the covariate");
  }

  @Test
  void strataTakeTheirPartOfTheVariance() {
    Stratum low = new Stratum("low", Moments.ofValues(1, 2, 3), Moments.ofValues(2, 3, 4, 3));
    Stratum high =
        new Stratum("high", Moments.ofValues(101, 102, 103, 102), Moments.ofValues(102, 103, 104));
    Effect.Known parted =
        known(new Comparison(Metric.MEAN, Adjustment.NONE, List.of(low, high)).difference());
    assertThat(parted.value()).isCloseTo(1, within(1e-12));
    assertThat(parted.computation().strata()).isEqualTo(2);
    assertThat(parted.computation().varianceKept()).isLessThan(1e-3);
  }

  @Test
  void smallStrataArePutTogether() {
    Stratum large = new Stratum("de", Moments.ofValues(1, 2, 3), Moments.ofValues(2, 3, 4));
    Stratum one = new Stratum("fr", Moments.ofValues(5), Moments.ofValues(6, 7));
    Stratum other = new Stratum("it", Moments.ofValues(5), new Moments());
    Stratum none = new Stratum("no", new Moments(), new Moments());
    assertThat(
            known(
                    new Comparison(Metric.MEAN, Adjustment.NONE, List.of(large, one, other, none))
                        .difference())
                .computation())
        .satisfies(
            computation -> {
              assertThat(computation.strata()).isEqualTo(2);
              assertThat(computation.notes())
                  .containsExactly(
                      "strata with fewer than 2 units in an arm were put together: fr, it");
            });
    assertThat(
            known(new Comparison(Metric.MEAN, Adjustment.NONE, List.of(large, other)).difference())
                .computation()
                .notes())
        .containsExactly(
            "strata with fewer than 2 units in an arm were put together: it",
            "they are still too few, and were added to de");
    assertThatThrownBy(() -> new Comparison(Metric.MEAN, Adjustment.NONE, List.of()))
        .hasMessage("a comparison needs a stratum, but has none");
  }

  @Test
  void biasBeforeTheExperimentIsADifferenceOfCovariates() {
    Effect.Known bias =
        known(
            PreExposureBias.difference(
                ratio(CONTROL, CONTROL_VIEWS, CONTROL_BEFORE, CONTROL_VIEWS_BEFORE),
                ratio(TREATMENT, TREATMENT_VIEWS, TREATMENT_BEFORE, TREATMENT_VIEWS_BEFORE)));
    Effect.Known asMetric =
        known(
            Comparison.of(
                    Metric.RATIO,
                    ratio(CONTROL_BEFORE, CONTROL_VIEWS_BEFORE, CONTROL, CONTROL_VIEWS),
                    ratio(TREATMENT_BEFORE, TREATMENT_VIEWS_BEFORE, TREATMENT, TREATMENT_VIEWS))
                .difference());
    assertThat(bias.value()).isCloseTo(asMetric.value(), within(1e-12));
    assertThat(bias.variance()).isCloseTo(asMetric.variance(), within(1e-12));
    assertThat(
            absent(PreExposureBias.difference(Moments.ofValues(1, 2), Moments.ofValues(3, 4)))
                .reason())
        .isEqualTo(Effect.Reason.NO_VARIATION);
  }
}
