package io.millrace.experiment;

import static io.millrace.experiment.TestExperiments.ANN;
import static io.millrace.experiment.TestExperiments.condition;
import static io.millrace.experiment.TestExperiments.json;
import static io.millrace.experiment.TestExperiments.model;
import static io.millrace.experiment.TestExperiments.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ExperimentTest {
  private static Experiment whole() {
    return ExperimentBuilder.builder(running("ranker-2"))
        .description("deep against wide")
        .traffic(0.25)
        .arms(
            List.of(
                model("old", 3),
                new Arm("new", 1, new Treatment.Value(json("{'color':['red',null]}"))),
                new Arm("none", 0, new Treatment.Value(json("null")))))
        .layer(Optional.of(new Layer("ranking", 0.5, 1)))
        .targeting(condition("{'country':{'$in':['DE','AT']}}"))
        .holdout(Optional.of(new Holdout("2026", 0.05)))
        .forced(Map.of("tester", "new"))
        .stickiness(Optional.of(new Stickiness(2, 1)))
        .plannedUnits(OptionalLong.of(200_000))
        .metrics(
            List.of(new Metric("click", MetricKind.RATE, Direction.UP, OptionalDouble.empty())))
        .onHarm(OnHarm.SAY)
        .guardRails(
            List.of(
                new Metric("purchase", MetricKind.VALUE, Direction.UP, OptionalDouble.of(0.02))))
        .data(DataPolicy.WEIGHTED)
        .reason(Optional.of("a slow start"))
        .build();
  }

  /** Logs hold it for ever. */
  @Test
  void jsonIsAsDocumentedAndReadsBack() {
    String json =
        ("{'key':'ranker-2','name':'A test','description':'deep against wide','state':'running',"
                + "'unit':{'kind':'user','attribute':'user'},'seed':'ranker-2','traffic':0.25,"
                + "'arms':[{'name':'old','weight':3.0,'model':'old'},"
                + "{'name':'new','weight':1.0,'value':{'color':['red',null]}},"
                + "{'name':'none','weight':0.0,'value':null}],'control':'old',"
                + "'layer':{'name':'ranking','from':0.5,'to':1.0},"
                + "'targeting':{'country':{'$in':['DE','AT']}},"
                + "'holdout':{'name':'2026','share':0.05},'forced':{'tester':'new'},"
                + "'sticky':{'version':2,'minVersion':1},'plannedUnits':200000,"
                + "'metrics':[{'name':'click','kind':'rate','better':'up'}],"
                + "'guardRails':[{'name':'purchase','kind':'value','better':'up','margin':0.02}],'onHarm':'say',"
                + "'data':'weighted','reason':'a slow start',"
                + "'created':{'by':'ann','at':1700000000000},"
                + "'changed':{'by':'ann','at':1700000000000}}")
            .replace('\'', '"');
    assertThat(whole().toJson()).isEqualTo(json);
    assertThat(Experiment.fromJson(json)).isEqualTo(whole());
    Experiment plain = running("plain");
    assertThat(Experiment.fromJson(plain.toJson())).isEqualTo(plain);
    String older = plain.toJson().replace("\"onHarm\":\"stop\",", "");
    assertThat(Experiment.fromJson(older)).as("of before guard rails stopped").isEqualTo(plain);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'traffic':0.25 | 'traffic':'all' | traffic: \"all\", expected a number",
        "'traffic':0.25, | `` | traffic: none, expected a number",
        "'traffic' | 'trafic' | traffic: none, expected a number",
        "'key':'ranker-2' | 'key':'ranker-2','goal':1 | goal: unknown, known: arms, changed,"
            + " control, created, data, description, forced, guardRails, holdout, key, layer, metrics,"
            + " name, onHarm, plannedUnits, reason, seed, state, sticky, targeting, traffic, unit",
        "'kind':'user' | 'kind':'person' | unit.kind: \"person\", expected one of user, session,"
            + " request",
        "'model':'old' | 'model':'old','value':1 | arm old: both of model and value, expected one"
            + " of them",
        "'model':'old' | 'x':1 | arm old: neither of model and value, expected one of them",
        "'weight':1.0 | 'weigth':1.0 | arms[1].weight: none, expected a number",
        "'better':'up','margin' | 'better':'more','margin' | guardRails[0].better: \"more\","
            + " expected one of up, down",
        "'onHarm':'say' | 'onHarm':'shout' | onHarm: \"shout\", expected one of stop, say",
        "{'tester':'new'} | {'tester':1} | forced.tester: 1, expected the name of an arm",
        "'plannedUnits':200000 | 'plannedUnits':1.5 | plannedUnits: 1.5, expected a whole number",
        "'data':'weighted' | 'data':'mixed' | data: \"mixed\", expected one of shared, own,"
            + " frozen, weighted"
      })
  void jsonThatIsNoExperimentIsRefusedInWords(String what, String instead, String message) {
    String json = whole().toJson();
    String changed = json.replace(what.replace('\'', '"'), instead.replace('\'', '"'));
    assertThat(changed).isNotEqualTo(json);
    assertThatThrownBy(() -> Experiment.fromJson(changed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void aDraftNeedsLittle() {
    Experiment draft =
        Experiment.draft(
            ("{'key':'x','unit':{'kind':'user','attribute':'user'},'arms':["
                    + "{'name':'old','weight':1,'model':'old'},"
                    + "{'name':'new','weight':1,'model':'new'}]}")
                .replace('\'', '"'),
            ANN);
    assertThat(draft)
        .isEqualTo(
            ExperimentBuilder.builder(running("x")).name("x").state(ExperimentState.DRAFT).build());
    for (String key : List.of("state", "reason", "created", "changed")) {
      assertThatThrownBy(() -> Experiment.draft("{\"" + key + "\":\"x\"}", ANN))
          .hasMessage(key + ": \"x\", expected none: changes of an experiment write it");
    }
    assertThatThrownBy(() -> Experiment.draft("{\"key\":\"x\"}", ANN))
        .hasMessage("unit: none, expected an object");
    assertThatThrownBy(() -> Experiment.draft("{\"key\"}", ANN))
        .hasMessageStartingWith("experiment: not JSON: ");
    assertThatThrownBy(() -> Experiment.draft("[]", ANN))
        .hasMessage("experiment: [], expected an object");
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        row(e -> e.key("a b"), "key: \"a b\", expected 1 to 100 letters, digits, '-' or '_'"),
        row(
            e -> e.unit(new Unit(UnitKind.USER, " ")),
            "experiment x: unit.attribute: \" \", expected the name of the attribute with the unit"),
        row(
            e -> e.unit(new Unit(UnitKind.USER, "user.id")),
            "experiment x: unit.attribute: \"user.id\", expected a name without '.' that does not"
                + " begin with '$'"),
        row(e -> e.seed(""), "experiment x: seed: \"\", expected some text, for example the key"),
        row(e -> e.traffic(1.1), "experiment x: traffic: 1.1, expected 0 to 1"),
        row(e -> e.traffic(Double.NaN), "experiment x: traffic: NaN, expected 0 to 1"),
        row(
            e -> e.arms(List.of(model("old", 1))),
            "experiment x: arms: 1 of them, expected 2 to 100"),
        row(
            e -> e.arms(List.of(model("old", 1), model("old", 1))),
            "experiment x: arms[1].name: \"old\" again, expected another name"),
        row(
            e -> e.arms(List.of(model("old", -1), model("new", 1))),
            "experiment x: arms[0].weight: -1.0, expected a number of at least 0"),
        row(
            e -> e.arms(List.of(model("old", 0), model("new", 0))),
            "experiment x: arms: weights of sum 0.0, expected a finite sum above 0"),
        row(
            e -> e.control("odl"),
            "experiment x: control: \"odl\", expected an arm, did you mean 'old'?"),
        row(
            e -> e.layer(Optional.of(new Layer("l", 0.5, 0.5))),
            "experiment x: layer.to: 0.5, expected above from, which is 0.5"),
        row(
            e -> e.layer(Optional.of(new Layer("l", 0.0001, 0.0002))),
            "experiment x: layer: from 1.0E-4 to 2.0E-4, none of 1,000 buckets, expected a part"
                + " with at least one"),
        row(
            e -> e.targeting(condition("{'age':{'$gtt':3}}")),
            "experiment x: targeting: age.$gtt: unknown, did you mean '$gt'?"),
        row(
            e -> e.holdout(Optional.of(new Holdout("h", -0.1))),
            "experiment x: holdout.share: -0.1, expected 0 to 1"),
        row(
            e -> e.forced(Map.of("ann", "nw")),
            "experiment x: forced.ann: \"nw\", expected an arm, did you mean 'new'?"),
        row(
            e -> e.stickiness(Optional.of(new Stickiness(1, 2))),
            "experiment x: sticky.minVersion: 2, expected 0 to the version, which is 1"),
        row(
            e -> e.plannedUnits(OptionalLong.of(0)),
            "experiment x: plannedUnits: 0, expected at least 1"),
        row(
            e -> e.metrics(List.of(click(OptionalDouble.of(0.1)))),
            "experiment x: metrics[0].margin: 0.1, expected none: a margin is for one of"
                + " guardRails"),
        row(
            e -> e.guardRails(List.of(click(OptionalDouble.empty()))),
            "experiment x: guardRails[0].margin: none, expected the relative loss that is put up"
                + " with, 0 to less than 1"),
        row(
            e -> e.metrics(List.of(click(OptionalDouble.empty()), click(OptionalDouble.empty()))),
            "experiment x: metrics[1]: rate of click again, expected another one"));
  }

  private static Metric click(OptionalDouble margin) {
    return new Metric("click", MetricKind.RATE, Direction.UP, margin);
  }

  private static Arguments row(UnaryOperator<ExperimentBuilder> change, String message) {
    return Arguments.of(change, message);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void whatCannotBeIsRefusedInWords(UnaryOperator<ExperimentBuilder> change, String message) {
    ExperimentBuilder builder = change.apply(ExperimentBuilder.builder(running("x")));
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void anArmThatWouldGetNobodyIsRefused() {
    ExperimentBuilder small =
        ExperimentBuilder.builder(running("x"))
            .arms(List.of(model("old", 99_999), model("new", 1), model("next", 1)));
    assertThatThrownBy(small::build)
        .hasMessage(
            "experiment x: arms[1].weight: 1.0 of 100001.0 at traffic 1.0, none of 10,000 buckets,"
                + " expected a weight or a traffic that gives the arm at least one, or weight 0");
    assertThat(small.traffic(0).build().traffic()).isZero();
  }
}
