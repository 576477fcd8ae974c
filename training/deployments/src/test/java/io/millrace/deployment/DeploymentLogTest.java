package io.millrace.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.deployment.DeploymentChange.Add;
import io.millrace.deployment.DeploymentChange.Point;
import io.millrace.deployment.DeploymentChange.SetState;
import io.millrace.feature.BuiltInSchemas;
import io.millrace.journal.JournalRecord;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeploymentLogTest {
  private static final Made ANN = new Made("ann", Instant.ofEpochMilli(1_700_000_000_000L));
  private static final Origin ANEW = new Origin.Anew();

  private final DeploymentLog log = DeploymentLog.inMemory();

  private static ModelConfig config(String name) {
    return ModelConfig.defaults(ModelKind.LR, name, BuiltInSchemas.load(BuiltInSchemas.AD_WORLD));
  }

  private DeploymentView make(DeploymentChange change) {
    return log.change(view -> Optional.of(change), false);
  }

  private static Add add(String name, Origin origin, DeploymentState state) {
    return new Add(config(name), origin, state, ANN);
  }

  private static SetState set(String name, DeploymentState state) {
    return new SetState(name, state, Optional.empty(), ANN);
  }

  private void refused(DeploymentChange change, String message) {
    DeploymentView before = log.view();
    assertThatThrownBy(() -> make(change))
        .isInstanceOf(RefusedChangeException.class)
        .hasMessage(message);
    assertThat(log.view()).isEqualTo(before);
  }

  @Test
  void aModelIsAddedClonedPromotedAndRetired() {
    make(add("ctr", ANEW, DeploymentState.LEARNING));
    make(new Point(Alias.LIVE, "ctr", ANN));
    DeploymentView cloned = make(add("fast", new Origin.CloneOf("ctr"), DeploymentState.SHADOW));
    assertThat(cloned.find(Alias.LIVE).orElseThrow().name()).isEqualTo("ctr");
    DeploymentView promoted = make(new Point(Alias.LIVE, "fast", ANN));
    assertThat(promoted.find(Alias.LIVE).orElseThrow().name()).isEqualTo("fast");
    assertThat(promoted.find("fast").orElseThrow().state()).isEqualTo(DeploymentState.LEARNING);
    assertThat(promoted.aliases().values())
        .extracting(Alias::before)
        .containsExactly(Optional.of("ctr"));
    DeploymentView retired = make(set("ctr", DeploymentState.RETIRED));
    assertThat(retired.find("ctr")).isEmpty();
    assertThat(retired.present()).extracting(Deployment::name).containsExactly("fast");
    assertThat(retired.models()).containsOnlyKeys("ctr", "fast");
    assertThat(retired.revision()).isEqualTo(5);
  }

  @Test
  void whatCannotBeIsRefusedInWords() {
    make(add("ctr", ANEW, DeploymentState.LEARNING));
    make(new Point(Alias.LIVE, "ctr", ANN));
    refused(
        add("ctr", ANEW, DeploymentState.LEARNING), "model ctr: there is one, expected a new name");
    refused(
        add("live", ANEW, DeploymentState.LEARNING), "model live: an alias, expected a new name");
    refused(
        add("cold", ANEW, DeploymentState.FROZEN),
        "model cold: state frozen, expected learning or shadow");
    refused(
        add("gone", ANEW, DeploymentState.RETIRED),
        "model gone: state retired, expected learning or shadow");
    refused(
        add("copy", new Origin.CloneOf("ctx"), DeploymentState.SHADOW),
        "model ctx: there is none, expected one of ctr");
    refused(
        set("ctr", DeploymentState.RETIRED),
        "model ctr: alias live means it, expected a model that no alias means; promote another"
            + " first");
    refused(set("nope", DeploymentState.FROZEN), "model nope: there is none, expected one of ctr");
    refused(set("live", DeploymentState.FROZEN), "model live: there is none, expected one of ctr");
    refused(new Point("live", "nope", ANN), "model nope: there is none, expected one of ctr");
    refused(new Point("ctr", "ctr", ANN), "alias ctr: the name of a model, expected another");
    refused(
        new Point("a b", "ctr", ANN),
        "alias: \"a b\", expected 1 to 100 letters, digits, '-' or '_'");
    make(add("old", ANEW, DeploymentState.LEARNING));
    make(set("old", DeploymentState.RETIRED));
    refused(set("old", DeploymentState.LEARNING), "model old: retired, expected one of ctr");
    refused(
        add("old", ANEW, DeploymentState.LEARNING),
        "model old: there is one, which is retired, expected a new name");
  }

  @Test
  void aDryRunSaysWhatWouldBeAndChangesNothing() {
    DeploymentView would =
        log.change(view -> Optional.of(add("ctr", ANEW, DeploymentState.LEARNING)), true);
    assertThat(would.find("ctr")).isPresent();
    assertThat(log.view()).isEqualTo(DeploymentView.EMPTY);
  }

  @Test
  void followersSeeEachView() {
    List<Long> revisions = new ArrayList<>();
    log.follow(view -> revisions.add(view.revision()));
    make(add("ctr", ANEW, DeploymentState.LEARNING));
    make(new Point(Alias.LIVE, "ctr", ANN));
    var unused = log.change(view -> Optional.empty(), false);
    assertThat(revisions).containsExactly(1L, 2L);
  }

  /** Format 1: logs hold it for ever. */
  @Test
  void changesAreWrittenAsDocumented() {
    String made = "\"by\":\"ann\",\"at\":1700000000000}";
    written(
        new SetState("m", DeploymentState.FROZEN, Optional.of("NaN"), ANN),
        "\"change\":\"state\",\"model\":\"m\",\"state\":\"frozen\",\"reason\":\"NaN\"," + made);
    written(
        set("m", DeploymentState.RETIRED),
        "\"change\":\"state\",\"model\":\"m\",\"state\":\"retired\"," + made);
    written(
        new Point("live", "m", ANN),
        "\"change\":\"alias\",\"alias\":\"live\",\"model\":\"m\"," + made);
    String config = "\"change\":\"add\",\"config\":" + config("m").toJson();
    written(add("m", ANEW, DeploymentState.LEARNING), config + ",\"state\":\"learning\"," + made);
    written(
        add("m", new Origin.CloneOf("a"), DeploymentState.SHADOW),
        config + ",\"state\":\"shadow\",\"cloneOf\":\"a\"," + made);
    written(
        add("m", new Origin.Trained("/t"), DeploymentState.LEARNING),
        config + ",\"state\":\"learning\",\"trained\":\"/t\"," + made);
  }

  private static void written(DeploymentChange change, String json) {
    DeploymentChangeFormat format = new DeploymentChangeFormat();
    JournalRecord<DeploymentChange> record = new JournalRecord<>("x-1", 3, change);
    assertThat(record.value(format))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("{\"format\":1,\"revision\":3," + json);
    assertThat(JournalRecord.parse(record.key(), record.value(format), format)).isEqualTo(record);
  }
}
