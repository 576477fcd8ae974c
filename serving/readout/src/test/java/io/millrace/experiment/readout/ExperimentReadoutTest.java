package io.millrace.experiment.readout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.deployment.Made;
import io.millrace.event.ExperimentMetrics;
import io.millrace.event.MetricMoments;
import io.millrace.experiment.Experiment;
import io.millrace.experiment.readout.ExperimentReadout.Conclusion;
import io.millrace.experiment.readout.ExperimentReadout.EffectReadout;
import io.millrace.experiment.readout.ExperimentReadout.Estimate;
import io.millrace.experiment.readout.ExperimentReadout.IntervalReadout;
import io.millrace.inference.Moments;
import io.millrace.inference.UnitValues;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Numbers are those of 1,000 units with 100 clicks beside 1,000 with 150, computed with scipy from
 * the formulas that the methods name.
 */
class ExperimentReadoutTest {
  private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
  private static final Offset<Double> CLOSE = within(1e-9);

  private static Experiment experiment(String more) {
    String json =
        """
        {'key': 'x', 'unit': {'kind': 'user', 'attribute': 'user'},
         'arms': [{'name': 'old', 'weight': 1, 'model': 'a'},
                  {'name': 'new', 'weight': 1, 'model': 'b'}]%s}"""
            .formatted(more);
    return Experiment.draft(json.replace('\'', '"'), new Made("ann", T));
  }

  private static final String CLICKS =
      ", 'metrics': [{'name': 'click', 'kind': 'rate', 'better': 'up'}]";

  /** An arm whose units have an impression each, so many of them with a click. */
  private static ExperimentMetrics arm(String name, int units, int clicks) {
    Moments rate = new Moments();
    Moments impressions = new Moments();
    for (int i = 0; i < units; i++) {
      rate.add(UnitValues.ratio(i < clicks ? 1 : 0, 1));
      impressions.add(UnitValues.of(1));
    }
    return new ExperimentMetrics(
        "x",
        name,
        (long) units,
        0L,
        0L,
        T,
        T.plusSeconds(60),
        List.of(metric("impressions", impressions), metric("rate", rate)));
  }

  private static MetricMoments metric(String kind, Moments moments) {
    return new MetricMoments("click", kind, ByteBuffer.wrap(moments.toBytes()));
  }

  private static ExperimentReadout read(String more, ExperimentMetrics... arms) {
    return ExperimentReadout.of(experiment(more), List.of(arms));
  }

  private static EffectReadout effect(ExperimentReadout readout) {
    return readout.metrics().get(0).effects().get(0);
  }

  private static IntervalReadout interval(Estimate estimate, String method) {
    return estimate.intervals().stream()
        .filter(interval -> interval.method().equals(method))
        .findFirst()
        .orElseThrow();
  }

  private static double number(@Nullable Double number) {
    return Objects.requireNonNull(number);
  }

  @Test
  void aDifferenceWithItsIntervalsAndWhatIsBelievedOfIt() {
    ExperimentReadout readout = read(CLICKS, arm("old", 1000, 100), arm("new", 1000, 150));

    assertThat(readout.decides()).isEqualTo("always-valid");
    assertThat(readout.metrics().get(0).levels())
        .extracting(level -> level.arm() + " " + level.units() + " " + level.mean())
        .containsExactly("old 1000 0.1", "new 1000 0.15");
    EffectReadout effect = effect(readout);
    assertThat(number(effect.difference().value())).isCloseTo(0.05, CLOSE);
    assertThat(number(effect.difference().standardError())).isCloseTo(0.014755260679422703, CLOSE);
    IntervalReadout fixed = interval(effect.difference(), "fixed");
    assertThat(number(fixed.lower())).isCloseTo(0.021062169372662774, CLOSE);
    assertThat(number(fixed.upper())).isCloseTo(0.0789378306273372, CLOSE);
    assertThat(fixed.pValue()).isCloseTo(0.000716493622354477, CLOSE);
    assertThat(fixed.decides()).isFalse();
    IntervalReadout alwaysValid = interval(effect.difference(), "always-valid");
    assertThat(number(alwaysValid.lower())).isCloseTo(0.00036495970976466174, CLOSE);
    assertThat(number(alwaysValid.upper())).isCloseTo(0.09963504029023532, CLOSE);
    assertThat(alwaysValid.decides()).isTrue();
    assertThat(number(effect.relativeLift().value())).isCloseTo(0.5, CLOSE);
    assertThat(number(effect.relativeLift().standardError())).isCloseTo(0.18174991893542355, CLOSE);
    assertThat(number(effect.probabilityToBeat())).isCloseTo(0.9996487760552519, CLOSE);
    assertThat(number(effect.expectedLoss())).isCloseTo(1.3364439780886953e-06, CLOSE);
    assertThat(number(effect.expectedLossOfControl())).isCloseTo(0.05000133644397808, CLOSE);
    assertThat(effect.conclusion()).isEqualTo(Conclusion.BETTER);
    assertThat(readout.verdict().conclusion()).isEqualTo(Conclusion.BETTER);
    assertThat(readout.verdict().words())
        .isEqualTo("Arm new is better than control in the rate of click.");
  }

  @Test
  void withPlannedUnitsTheHybridIntervalDecides() {
    ExperimentReadout early =
        read(CLICKS + ", 'plannedUnits': 4000", arm("old", 1000, 100), arm("new", 1000, 150));
    assertThat(early.decides()).isEqualTo("hybrid");
    IntervalReadout hybrid = interval(effect(early).difference(), "hybrid");
    assertThat(number(hybrid.lower())).isCloseTo(0.004501139796582662, CLOSE);
    assertThat(hybrid.decides()).isTrue();
    var power = Objects.requireNonNull(effect(early).power());
    assertThat(power.unitsStill()).isEqualTo(2000L);
    assertThat(power.words()).isEqualTo("2000 of 4000 planned units are still to come");

    ExperimentReadout late =
        read(CLICKS + ", 'plannedUnits': 2000", arm("old", 1000, 100), arm("new", 1000, 150));
    assertThat(number(interval(effect(late).difference(), "hybrid").lower()))
        .as("the fixed one at the end")
        .isCloseTo(0.021062169372662774, CLOSE);
    assertThat(number(Objects.requireNonNull(effect(late).power()).detectableLift()))
        .isCloseTo(0.3760601742355986, within(1e-6));
  }

  @Test
  void lessIsBetterWhereTheExperimentSaysSo() {
    ExperimentReadout readout =
        read(CLICKS.replace("up", "down"), arm("old", 1000, 100), arm("new", 1000, 150));

    assertThat(number(effect(readout).probabilityToBeat()))
        .isCloseTo(1 - 0.9996487760552519, CLOSE);
    assertThat(number(effect(readout).expectedLoss())).isCloseTo(0.05000133644397808, CLOSE);
    assertThat(readout.verdict().conclusion()).isEqualTo(Conclusion.WORSE);
  }

  @Test
  void whatIsNotShownIsOpen() {
    ExperimentReadout readout = read(CLICKS, arm("old", 1000, 100), arm("new", 1000, 110));

    assertThat(effect(readout).conclusion()).isEqualTo(Conclusion.OPEN);
    assertThat(readout.verdict().conclusion()).isEqualTo(Conclusion.OPEN);
    assertThat(Objects.requireNonNull(effect(readout).power()).words())
        .startsWith("no units are planned; if the difference is as estimated, ");
  }

  @ParameterizedTest
  @CsvSource({"1000, ''", "870, ''", "870, ', ''plannedUnits'': 5000'"})
  void armsThatAgreeWithTheirWeights(int units, String plan) {
    ExperimentReadout readout = read(CLICKS + plan, arm("old", 1000, 100), arm("new", units, 100));
    assertThat(readout.mismatch().alarm()).isFalse();
    assertThat(readout.metrics().get(0).effects()).hasSize(1);
  }

  @Test
  void aMismatchClosesTheReadout() {
    ExperimentReadout readout =
        read(
            CLICKS
                + ", 'guardRails': [{'name': 'click', 'kind': 'rate', 'better': 'up', 'margin': 0.1}]",
            arm("old", 1000, 100),
            arm("new", 800, 150));

    assertThat(number(readout.mismatch().fixedPValue()))
        .isCloseTo(2.4284674729758432e-06, within(1e-12));
    assertThat(number(readout.mismatch().anytimePValue()))
        .isCloseTo(0.00011428367467151291, within(1e-11));
    assertThat(readout.verdict().conclusion()).isEqualTo(Conclusion.MISMATCH);
    assertThat(readout.verdict().words())
        .startsWith(
            "The arms have old 1000, new 800 units, and their weights promise old 900, new 900:");
    assertThat(readout.metrics().get(0).effects()).isEmpty();
    assertThat(readout.guardRails()).isEmpty();
  }

  @Test
  void pearsonsTestClosesItAtThePlannedEndAlone() {
    // χ² = 11.0, p = .0009; the other p value is above .001
    ExperimentMetrics old = arm("old", 1000, 100);
    ExperimentMetrics other = arm("new", 857, 100);
    assertThat(read(CLICKS, old, other).mismatch().alarm()).isFalse();
    assertThat(read(CLICKS + ", 'plannedUnits': 1800", old, other).mismatch().alarm()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"0, harmed, HARMED", "50, harmed, HARMED", "100, open, OPEN", "300, safe, BETTER"})
  void guardRails(int clicks, String verdict, Conclusion conclusion) {
    ExperimentReadout readout =
        read(
            CLICKS
                + ", 'guardRails': [{'name': 'click', 'kind': 'rate', 'better': 'up', 'margin': 0.1}]",
            arm("old", 1000, 100),
            arm("new", 1000, clicks));

    assertThat(readout.guardRails())
        .extracting(rail -> rail.arm() + " " + rail.verdict())
        .containsExactly("new " + verdict);
    assertThat(readout.verdict().conclusion()).isEqualTo(conclusion);
  }

  @Test
  void whatIsNotComputedIsSaid() {
    ExperimentMetrics crossed = arm("new", 1000, 100);
    crossed.setCrossed(7L);
    crossed.setIgnored(3L);
    ExperimentReadout readout =
        read(
            ", 'metrics': [{'name': 'sale', 'kind': 'value', 'better': 'up'},"
                + " {'name': 'page', 'kind': 'latency', 'better': 'down'}]",
            arm("old", 1000, 100),
            crossed,
            arm("third", 5, 1));

    assertThat(readout.notes())
        .contains(
            "7 units of arm new were seen in another arm too, and are in no figure.",
            "3 examples of arm new have a probability or value that cannot be counted, and are in no figure.",
            "Arm third has units but is no arm of the experiment: passed over.",
            "The value of sale is not computed: no impression of the experiment has a label of this outcome yet.",
            "Latency (page) is not computed: impressions do not hold how long their answers took.");
    assertThat(readout.metrics()).isEmpty();
    assertThat(readout.verdict().conclusion()).isEqualTo(Conclusion.NO_DATA);
  }

  @Test
  void beforeThereIsAnything() {
    ExperimentReadout readout = read("");
    assertThat(readout.verdict().conclusion()).isEqualTo(Conclusion.NO_DATA);
    assertThat(readout.arms())
        .extracting(ExperimentReadout.ArmUnits::units)
        .containsExactly(0L, 0L);
    assertThat(readout.notes())
        .contains("The experiment names no metric: the rate of clicks is shown.");
  }

  @Test
  void anEffectThatIsAbsentSaysWhy() {
    ExperimentReadout readout = read(CLICKS, arm("old", 1000, 0), arm("new", 1000, 0));
    assertThat(effect(readout).difference().absent())
        .contains("all units of each arm have one value");
    assertThat(readout.verdict().words()).contains("all units of each arm have one value");
  }

  @Test
  void manyComparisonsAreAdjustedFor() {
    String metrics =
        ", 'metrics': [{'name': 'click', 'kind': 'rate', 'better': 'up'}], 'arms': ["
            + "{'name': 'old', 'weight': 1, 'model': 'a'}, {'name': 'new', 'weight': 1, 'model': 'b'},"
            + " {'name': 'third', 'weight': 1, 'model': 'c'}]";
    Experiment experiment =
        Experiment.draft(
            ("{'key': 'x', 'unit': {'kind': 'user', 'attribute': 'user'}" + metrics + "}")
                .replace('\'', '"'),
            new Made("ann", T));
    ExperimentReadout readout =
        ExperimentReadout.of(
            experiment,
            List.of(arm("old", 1000, 100), arm("new", 1000, 150), arm("third", 1000, 100)));

    EffectReadout effect = effect(readout);
    double p = interval(effect.difference(), "always-valid").pValue();
    assertThat(p).isLessThan(0.05);
    assertThat(number(effect.adjustedPValue())).isCloseTo(2 * p, CLOSE);
    assertThat(effect.conclusion()).isEqualTo(Conclusion.OPEN);
    assertThat(readout.notes())
        .contains(
            "2 comparisons are made; conclusions are by p values that are adjusted for their number.");
  }

  @ParameterizedTest
  @CsvSource({
    "shared, it is usually too small",
    "own, would be better with all of it",
    "frozen, the models grow old",
    "weighted, weighted by the odds of their own arm"
  })
  void interferenceIsSaidInWords(String data, String words) {
    assertThat(read(CLICKS + ", 'data': '" + data + "'").interference()).contains(words);
  }

  @Test
  void asJson() throws Exception {
    JsonNode json =
        new ObjectMapper()
            .readTree(read(CLICKS, arm("old", 1000, 100), arm("new", 1000, 150)).toJson());
    assertThat(json.at("/verdict/conclusion").asText()).isEqualTo("BETTER");
    assertThat(json.at("/metrics/0/effects/0/difference/intervals/0/lower").asDouble())
        .isCloseTo(0.021062169372662774, CLOSE);
    assertThat(json.at("/arms/0/first").asText()).isEqualTo("2026-01-01T00:00:00Z");
  }
}
