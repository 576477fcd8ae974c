package io.millrace.experiment.readout;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.deployment.Made;
import io.millrace.event.ExperimentMetrics;
import io.millrace.event.MetricMoments;
import io.millrace.experiment.Arm;
import io.millrace.experiment.Experiment;
import io.millrace.experiment.ExperimentChange.Create;
import io.millrace.experiment.ExperimentChange.Ramp;
import io.millrace.experiment.ExperimentChange.Start;
import io.millrace.experiment.ExperimentLog;
import io.millrace.experiment.ExperimentState;
import io.millrace.inference.Moments;
import io.millrace.inference.UnitValues;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuardRailWatchTest {
  private static final Made ANN = new Made("ann", Instant.EPOCH);
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

  private final ExperimentLog log = ExperimentLog.inMemory();
  private final GuardRailWatch watch = new GuardRailWatch(log, CLOCK);

  private void run(String... arms) {
    StringBuilder all = new StringBuilder();
    for (String arm : arms) {
      all.append(all.isEmpty() ? "" : ",");
      all.append("{'name':'%s','weight':1,'value':'%s'}".formatted(arm, arm));
    }
    runWith(
        all.toString(),
        ",'guardRails':[{'name':'click','kind':'rate','better':'up','margin':0.1}]");
  }

  private void runWith(String arms, String more) {
    String json =
        "{'key':'x','unit':{'kind':'user','attribute':'user'},'arms':[%s]%s}".formatted(arms, more);
    Experiment draft = Experiment.draft(json.replace('\'', '"'), ANN);
    var unused = log.change(view -> Optional.of(new Create(draft)), false);
    var running = log.change(view -> Optional.of(new Start("x", Optional.empty(), ANN)), false);
  }

  private Experiment experiment() {
    return log.view().find("x").orElseThrow();
  }

  /** An arm whose units have an impression each, so many of them with a click. */
  private static ExperimentMetrics arm(String name, int units, int clicks) {
    Moments rate = new Moments();
    for (int i = 0; i < units; i++) {
      rate.add(UnitValues.ratio(i < clicks ? 1 : 0, 1));
    }
    return new ExperimentMetrics(
        "x",
        name,
        (long) units,
        0L,
        0L,
        NOW,
        NOW,
        List.of(new MetricMoments("click", "rate", ByteBuffer.wrap(rate.toBytes()))));
  }

  private static Map<String, List<ExperimentMetrics>> totals(ExperimentMetrics... arms) {
    return Map.of("x", List.of(arms));
  }

  @Test
  void theLastTreatmentThatHarmsEndsTheExperiment() {
    run("old", "new");
    watch.look(totals(arm("old", 1000, 300), arm("new", 1000, 290)));
    assertThat(experiment().state()).isEqualTo(ExperimentState.RUNNING);

    watch.look(totals(arm("old", 1000, 300), arm("new", 1000, 100)));
    assertThat(experiment().state()).isEqualTo(ExperimentState.STOPPED);
    assertThat(experiment().changed()).isEqualTo(new Made("guard rail rate of click", NOW));
    assertThat(experiment().reason().orElseThrow())
        .matches(
            "arm new harms the rate of click: treatment is worse by at least 0\\.\\d+, and 0\\.1000"
                + " is borne \\(units: 1000 of old, 1000 of new\\)");
  }

  @Test
  void oneOfManyTreatmentsGetsNobodyAnyMore() {
    run("old", "new", "newer");
    watch.look(totals(arm("old", 1000, 300), arm("new", 1000, 100), arm("newer", 1000, 310)));
    assertThat(experiment().state()).isEqualTo(ExperimentState.RUNNING);
    assertThat(experiment().arms()).extracting(Arm::weight).containsExactly(1.0, 0.0, 1.0);
    ExperimentReadout readout =
        ExperimentReadout.of(
            experiment(),
            List.of(arm("old", 1000, 300), arm("new", 1000, 100), arm("newer", 1000, 310)));
    assertThat(Objects.requireNonNull(readout.lastChange()).by())
        .isEqualTo("guard rail rate of click");
    assertThat(readout.verdict().conclusion())
        .as("of the arms that are left")
        .isNotEqualTo(ExperimentReadout.Conclusion.HARMED);
    assertThat(readout.guardRails().get(0).verdict()).isEqualTo("harmed");

    watch.look(totals(arm("old", 1000, 300), arm("new", 1000, 100), arm("newer", 1000, 100)));
    assertThat(experiment().state()).isEqualTo(ExperimentState.STOPPED);
  }

  /** Both have seen the same totals, of an experiment that the log has changed since. */
  @Test
  void twoServersDecideOnce() {
    run("old", "new", "newer");
    GuardRailWatch other = new GuardRailWatch(log, CLOCK);
    Map<String, List<ExperimentMetrics>> harmed =
        totals(arm("old", 1000, 300), arm("new", 1000, 100), arm("newer", 1000, 310));
    watch.look(harmed);
    long revision = log.view().revision();
    other.look(harmed);
    watch.look(harmed);
    assertThat(log.view().revision()).isEqualTo(revision);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          `,'onHarm':'say','guardRails':[{'name':'click','kind':'rate','better':'up','margin':0.1}]` | 1000
          `,'metrics':[{'name':'click','kind':'rate','better':'up'}]` | 1000
          `,'guardRails':[{'name':'click','kind':'rate','better':'up','margin':0.1}]` | 99
          """)
  void nothingIsStoppedThatSaysSoHasNoGuardRailOrTooFewUnits(String more, int units) {
    runWith("{'name':'old','weight':1,'value':1},{'name':'new','weight':1,'value':2}", more);
    watch.look(totals(arm("old", units, units * 9 / 10), arm("new", units, 0)));
    assertThat(experiment().state()).isEqualTo(ExperimentState.RUNNING);
  }

  /** What a guard rail has taken out, it takes out again. */
  @Test
  void anArmThatIsGivenUnitsAgainHarmsAgain() {
    run("old", "new", "newer");
    Map<String, List<ExperimentMetrics>> harmed =
        totals(arm("old", 1000, 300), arm("new", 1000, 100), arm("newer", 1000, 310));
    watch.look(harmed);
    var unused =
        log.change(
            view ->
                Optional.of(
                    new Ramp(
                        "x", OptionalDouble.empty(), Map.of("new", 1.0), Optional.empty(), ANN)),
            false);
    watch.look(harmed);
    assertThat(experiment().arms()).extracting(Arm::weight).containsExactly(1.0, 0.0, 1.0);
  }
}
