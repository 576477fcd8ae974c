package io.millrace.ranking;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.deployment.Made;
import io.millrace.event.ArmLearning;
import io.millrace.event.ServedArm;
import io.millrace.experiment.Experiment;
import io.millrace.experiment.ExperimentChange;
import io.millrace.experiment.ExperimentLog;
import io.millrace.learner.ModelKind;
import io.millrace.model.Engine;
import io.millrace.ranking.RequestArms.InExperiment;
import io.millrace.registry.InMemorySchemaRegistry;
import io.millrace.schema.SubjectNames;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RunningExperimentsTest {
  private static final Made ANN = new Made("ann", Instant.EPOCH);

  private final ServedModels models = new ServedModels(List.of(model("ads"), model("fast")));
  private final RunningExperiments experiments = new RunningExperiments(models);
  private final ExperimentLog log = ExperimentLog.inMemory();

  private static ServedModel model(String name) {
    return new ServedModel(
        new ServedFixture.Source(ServedFixture.version(name, ModelKind.LR, 1)),
        new InMemorySchemaRegistry(),
        new SubjectNames("impressions", SubjectNames.STRATEGIES),
        Engine.KERNELS,
        nanos -> {});
  }

  @AfterEach
  void close() {
    log.close();
    models.close();
  }

  private void run(String key, String forced, String arms) {
    run(key, "shared", forced, arms);
  }

  private void run(String key, String data, String forced, String arms) {
    Experiment draft =
        Experiment.draft(
            """
            {"key":"%s","data":"%s","unit":{"kind":"user","attribute":"user"},"forced":{%s},"arms":[%s]}
            """
                .formatted(key, data, forced, arms),
            ANN);
    var unused = log.change(view -> Optional.of(new ExperimentChange.Create(draft)), false);
    unused =
        log.change(
            view -> Optional.of(new ExperimentChange.Start(key, Optional.empty(), ANN)), false);
  }

  private static Candidates candidates(Map<String, Object> context) {
    GivenFeatures none = new GivenFeatures("candidates[0].features", Map.of());
    return new Candidates(
        new GivenFeatures("context", context), List.of(new Candidates.Candidate(none, null, 1)));
  }

  private RequestArms arms(@Nullable String model, String user, String... asked) {
    return experiments.of(model, List.of(asked), candidates(Map.of("user", user)));
  }

  @Test
  void nothingIsMadeOfARequestWhereNoExperimentRuns() {
    assertThat(arms(null, "u")).isSameAs(RequestArms.NONE);
    experiments.follow(log);
    run(
        "page",
        "",
        "{\"name\":\"a\",\"weight\":1,\"value\":1},{\"name\":\"b\",\"weight\":0,\"value\":2}");
    assertThat(arms(null, "u")).isSameAs(RequestArms.NONE);
  }

  @Test
  void assignedUnitsAreCountedAndForcedOnesAreNot() {
    run(
        "faster",
        "\"vip\":\"new\"",
        "{\"name\":\"old\",\"weight\":1,\"model\":\"ads\"},{\"name\":\"new\",\"weight\":0,\"model\":\"fast\"}");
    experiments.follow(log); // what was there before too
    RequestArms assigned = arms(null, "u");
    assertThat(assigned.model()).isEqualTo("ads");
    assertThat(assigned.counted()).containsExactly(new ServedArm("faster", "u", "old", 1.0));
    RequestArms forced = arms("live", "vip");
    assertThat(forced.model()).isEqualTo("fast");
    assertThat(forced.counted()).isEmpty();
    assertThat(String.valueOf(forced.answered())).contains("arm=new", "why=forced");
    assertThat(arms("ads", "vip")).isSameAs(RequestArms.NONE);
    assertThat(assigned.learning()).as("all learn from it").isNull();
  }

  @Test
  void anImpressionSaysWhichModelsLearnFromIt() {
    models.show(models.all(), Map.of("live", "ads"), "live", List.of());
    run(
        "faster",
        "weighted",
        "\"vip\":\"new\"",
        "{\"name\":\"old\",\"weight\":1,\"model\":\"live\"},{\"name\":\"new\",\"weight\":0,\"model\":\"fast\"}");
    experiments.follow(log);
    assertThat(arms(null, "u").learning())
        .isEqualTo(new ArmLearning("faster", "weighted", List.of("ads", "fast")));
    assertThat(arms(null, "vip").learning()).as("of no arm").isNull();
    assertThat(arms("ads", "u").learning()).as("in no experiment").isNull();
  }

  @Test
  void anArmWhoseModelIsNotServedHasNobody() {
    experiments.follow(log);
    run(
        "faster",
        "",
        "{\"name\":\"old\",\"weight\":0,\"model\":\"ads\"},{\"name\":\"new\",\"weight\":1,\"model\":\"gone\"}");
    RequestArms arms = arms(null, "u");
    assertThat(arms.model()).isNull();
    assertThat(arms.counted()).isEmpty();
    assertThat(arms.answered())
        .isEqualTo(Map.of("faster", new InExperiment(null, null, "no_model")));
  }
}
