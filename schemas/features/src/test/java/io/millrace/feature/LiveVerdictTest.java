package io.millrace.feature;

import static io.millrace.feature.FeatureSchemaTest.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.feature.LiveVerdict.Outcome;
import io.millrace.schema.CompatibilityLevel;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class LiveVerdictTest {
  private static final String AD = "{'name':'ad','type':'string','feature':{'kind':'categorical'}}";
  private static final String OS =
      "{'name':'os','type':'string','default':'','feature':{'kind':'categorical'}}";
  private static final FeatureSchema V1 = FeatureSchema.parse(record("{}", AD));
  private static final FeatureSchema V2 = FeatureSchema.parse(record("{}", AD, OS));
  private static final Schema WRONG = record("{}", AD.replace("'}}", "','lookups':2}}"));

  private static final List<LiveModel> MODELS =
      List.of(
          new LiveModel("a", "fm", true, V1),
          new LiveModel("b", "autoint", false, V1),
          new LiveModel("c", "fm", true, V2),
          new LiveModel(
              "d",
              "fm",
              true,
              FeatureSchema.parse(
                  new Schema.Parser()
                      .parse(V1.avro().toString().replace("\"name\":\"R\"", "\"name\":\"Q\"")))));

  @Test
  void aNewFeatureIsTakenInByTheKindsThatCan() {
    List<LiveVerdict> verdicts = LiveVerdict.of(MODELS, V2);
    assertThat(verdicts).extracting(LiveVerdict::model).containsExactly("a", "b", "c");
    assertThat(verdicts)
        .extracting(LiveVerdict::outcome)
        .containsExactly(Outcome.FOLLOWS, Outcome.GOES_ON_WITHOUT, Outcome.UNCHANGED);
    assertThat(verdicts.get(0).toString()).startsWith("live model a (fm) follows: takes in os");
    assertThat(verdicts.get(1).toString())
        .startsWith("live model b (autoint) goes on: goes on without os");
  }

  @Test
  void aModelFollowsANewLimit() {
    String plain = "{'name':'p','type':'double','default':0,'feature':{'kind':'numeric'}}";
    FeatureSchema older = FeatureSchema.parse(record("{}", AD, plain));
    FeatureSchema newer =
        FeatureSchema.parse(record("{}", AD, plain.replace("'}}", "','limit':5}}")));
    LiveModel model = new LiveModel("a", "autoint", false, older);
    assertThat(LiveVerdict.of(List.of(model), newer).toString())
        .contains("live model a (autoint) follows: holds p to its new limit");
  }

  @Test
  void whatWouldBreakIsNamedWithItsReason() {
    assertThat(LiveVerdict.of(MODELS, FeatureSchema.parse(WRONG)))
        .allMatch(verdict -> verdict.outcome() == Outcome.BROKEN)
        .allMatch(verdict -> verdict.toString().contains("WOULD BREAK: ad: lookups 1 became 2"));
  }

  @Test
  void aRegistrysRefusalNamesTheLiveModels() {
    FeatureSchemaRules rules = new FeatureSchemaRules(() -> MODELS);
    assertThat(
            rules.incompatibilities("t.R", WRONG, List.of(V1.avro()), CompatibilityLevel.BACKWARD))
        .hasSize(2)
        .last()
        .isEqualTo("live models that this would break: a, b, c");
    assertThat(
            rules.incompatibilities("t.R", V2.avro(), List.of(V1.avro()), CompatibilityLevel.FULL))
        .isEmpty();
  }
}
