package io.millrace.experiment;

import static io.millrace.experiment.TestExperiments.ANN;
import static io.millrace.experiment.TestExperiments.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.deployment.Made;
import io.millrace.deployment.RefusedChangeException;
import io.millrace.experiment.ExperimentChange.Create;
import io.millrace.experiment.ExperimentChange.Ramp;
import io.millrace.experiment.ExperimentChange.Start;
import io.millrace.experiment.ExperimentChange.Stop;
import io.millrace.journal.JournalRecord;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ExperimentLogTest {
  private static final Made BOB = new Made("bob", Instant.ofEpochMilli(1_700_000_060_000L));

  private final ExperimentLog log = ExperimentLog.inMemory();

  private static Create create(String key) {
    return new Create(draft(key).build());
  }

  private static ExperimentBuilder draft(String key) {
    return ExperimentBuilder.builder(running(key)).state(ExperimentState.DRAFT);
  }

  private static Start start(String key) {
    return new Start(key, Optional.empty(), BOB);
  }

  private static Stop stop(String key) {
    return new Stop(key, Optional.of("over"), BOB);
  }

  private static Ramp ramp(String key, double traffic) {
    return new Ramp(key, OptionalDouble.of(traffic), Map.of(), Optional.empty(), BOB);
  }

  private static Ramp weigh(String key, Map<String, Double> weights) {
    return new Ramp(key, OptionalDouble.empty(), weights, Optional.of("bandit"), BOB);
  }

  private ExperimentView make(ExperimentChange change) {
    return log.change(view -> Optional.of(change), false);
  }

  private void refused(ExperimentChange change, String message) {
    ExperimentView before = log.view();
    assertThatThrownBy(() -> make(change))
        .isInstanceOf(RefusedChangeException.class)
        .hasMessage(message);
    assertThat(log.view()).isEqualTo(before);
  }

  @Test
  void anExperimentIsCreatedStartedRampedAndStopped() {
    ExperimentView created = make(create("x"));
    assertThat(created.running()).isEmpty();
    assertThat(created.catalog().assigners()).isEmpty();
    ExperimentView started = make(start("x"));
    assertThat(started.catalog().assigners()).containsOnlyKeys("x");
    Experiment running = started.find("x").orElseThrow();
    assertThat(running.created()).isEqualTo(ANN);
    assertThat(running.changed()).isEqualTo(BOB);
    Experiment ramped = make(ramp("x", 0.25)).find("x").orElseThrow();
    assertThat(ramped.traffic()).isEqualTo(0.25);
    assertThat(ramped.arms()).isEqualTo(running.arms());
    Experiment weighed = make(weigh("x", Map.of("new", 3.0))).find("x").orElseThrow();
    assertThat(weighed.traffic()).isEqualTo(0.25);
    assertThat(weighed.shares()).containsExactly(0.25, 0.75);
    assertThat(weighed.reason()).contains("bandit");
    ExperimentView stopped = make(stop("x"));
    assertThat(stopped.running()).isEmpty();
    assertThat(stopped.find("x").orElseThrow().state()).isEqualTo(ExperimentState.STOPPED);
    assertThat(stopped.find("x").orElseThrow().reason()).contains("over");
    assertThat(stopped.revision()).isEqualTo(5);
  }

  @Test
  void whatCannotBeIsRefusedInWords() {
    make(create("x"));
    refused(create("x"), "experiment x: there is one, which is draft, expected a new key");
    refused(
        new Create(running("y")),
        "experiment y: state running, expected draft: it is started by itself");
    refused(start("xx"), "experiment xx: there is none, did you mean 'x'?");
    make(start("x"));
    refused(start("x"), "experiment x: state running, expected draft");
    refused(ramp("x", 1.5), "experiment x: traffic: 1.5, expected 0 to 1");
    refused(
        weigh("x", Map.of("nwe", 1.0)),
        "experiment x: weights.nwe: no such arm, did you mean 'new'?");
    refused(
        weigh("x", Map.of("new", -1.0)),
        "experiment x: arms[1].weight: -1.0, expected a number of at least 0");
    refused(
        weigh("x", Map.of()), "experiment x: neither traffic nor weights, expected one of them");
    make(stop("x"));
    refused(stop("x"), "experiment x: state stopped, expected draft or running");
    refused(ramp("x", 0.5), "experiment x: state stopped, expected draft or running");
    refused(start("x"), "experiment x: state stopped, expected draft");
    refused(create("x"), "experiment x: there is one, which is stopped, expected a new key");
  }

  @Test
  void oneLayerHoldsNoOverlap() {
    Optional<Layer> half = Optional.of(new Layer("l", 0, 0.5));
    make(new Create(draft("a").layer(half).build()));
    make(new Create(draft("b").layer(half).build()));
    make(start("a"));
    refused(
        start("b"),
        "experiment b: layer l from 0.0 to 0.5, expected a part that no running experiment has:"
            + " a has 0.0 to 0.5");
    make(stop("a"));
    assertThat(make(start("b")).catalog().assigners()).containsOnlyKeys("b");
  }

  /** A harmed arm is left by those too who would stay in it. */
  @Test
  void nobodySticksInAnArmWithoutWeight() {
    make(new Create(draft("x").stickiness(Optional.of(new Stickiness(4, 2))).build()));
    make(start("x"));
    Experiment less = make(weigh("x", Map.of("new", 0.1))).find("x").orElseThrow();
    assertThat(less.stickiness()).contains(new Stickiness(4, 2));
    Experiment none = make(weigh("x", Map.of("new", 0.0))).find("x").orElseThrow();
    assertThat(none.stickiness()).contains(new Stickiness(5, 2));
    Experiment still = make(weigh("x", Map.of("new", 0.0))).find("x").orElseThrow();
    assertThat(still.stickiness()).contains(new Stickiness(5, 2));
  }

  @Test
  void aDryRunSaysWhatWouldBeAndChangesNothing() {
    ExperimentView would = log.change(view -> Optional.of(create("x")), true);
    assertThat(would.find("x")).isPresent();
    assertThat(log.view()).isEqualTo(ExperimentView.EMPTY);
  }

  @Test
  void followersSeeEachView() {
    List<Long> revisions = new ArrayList<>();
    log.follow(view -> revisions.add(view.revision()));
    make(create("x"));
    make(start("x"));
    var unused = log.change(view -> Optional.empty(), false);
    assertThat(revisions).containsExactly(1L, 2L);
  }

  /** Format 1: logs hold it for ever. */
  @Test
  void changesAreWrittenAsDocumented() {
    String made = "\"by\":\"bob\",\"at\":1700000060000";
    written(
        create("x"), "\"change\":\"create\",\"experiment\":" + draft("x").build().toJson() + "}");
    written(start("x"), "\"change\":\"start\",\"key\":\"x\"," + made + "}");
    written(stop("x"), "\"change\":\"stop\",\"key\":\"x\",\"reason\":\"over\"," + made + "}");
    written(
        ramp("x", 0.5),
        "\"change\":\"ramp\",\"key\":\"x\"," + made + ",\"traffic\":0.5,\"weights\":{}}");
    written(
        weigh("x", Map.of("new", 2.0)),
        "\"change\":\"ramp\",\"key\":\"x\",\"reason\":\"bandit\","
            + made
            + ",\"weights\":{\"new\":2.0}}");
  }

  private static void written(ExperimentChange change, String json) {
    ExperimentChangeFormat format = new ExperimentChangeFormat();
    JournalRecord<ExperimentChange> record = new JournalRecord<>("x-1", 3, change);
    assertThat(record.value(format))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("{\"format\":1,\"revision\":3," + json);
    assertThat(JournalRecord.parse(record.key(), record.value(format), format)).isEqualTo(record);
  }
}
