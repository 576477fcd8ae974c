package io.millrace.experiment.growthbook;

import static io.millrace.experiment.TestExperiments.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.experiment.condition.Attributes;
import io.millrace.experiment.growthbook.FeatureResult.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By seed ranker-2 u1 lies at .5344 and u2 at .8416, as in {@code BucketHashTest}. */
class GrowthBookEngineTest {
  private static final String EXPERIMENT =
      "'seed':'ranker-2','hashVersion':2,'hashAttribute':'user','variations':['a','b']";

  private final List<ExperimentResult> exposed = new ArrayList<>();

  private FeatureResult ask(String rules, String user) {
    return ask("{'f':{'defaultValue':'no','rules':[" + rules + "]}}", "{}", of(user));
  }

  private FeatureResult ask(String features, String bandits, UserContext user) {
    JsonNode payload = json("{'features':" + features + ",'contextualBandits':" + bandits + "}");
    return new GrowthBookEngine(Features.parse(payload), exposed::add).feature("f", user);
  }

  private static UserContext of(String user) {
    return UserContext.of(Attributes.of(Map.of("user", user, "country", "DE")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'force':1} | u1 | 1 | force",
        "{'force':1,'condition':{'country':'AT'}},{'id':'x','force':2} | u1 | 2 | force",
        "{'force':1,'condition':{'country':'AT'}} | u1 | \"no\" | defaultValue",
        // a roll-out
        "{'force':1,'seed':'ranker-2','hashVersion':2,'hashAttribute':'user','coverage':0.54} | u1"
            + " | 1 | force",
        "{'force':1,'seed':'ranker-2','hashVersion':2,'hashAttribute':'user','coverage':0.54} | u2"
            + " | \"no\" | defaultValue",
        "{'force':1,'hashAttribute':'nobody','coverage':1} | u1 | \"no\" | defaultValue",
        // an experiment
        "{" + EXPERIMENT + "} | u1 | \"b\" | experiment",
        "{" + EXPERIMENT + ",'weights':[0.6,0.4]} | u1 | \"a\" | experiment",
        "{" + EXPERIMENT + ",'coverage':0.6} | u2 | \"no\" | defaultValue",
        "{" + EXPERIMENT + ",'ranges':[[0.8,0.9],[0.5,0.6]]} | u2 | \"a\" | experiment",
        "{" + EXPERIMENT + ",'condition':{'country':'AT'}} | u1 | \"no\" | defaultValue",
        "{" + EXPERIMENT + ",'meta':[{},{'passthrough':true}]},{'force':7} | u1 | 7 | force",
        // by version 1 and seed prix, jürgen lies at .404
        "{'force':1,'filters':[{'seed':'prix','attribute':'user','hashVersion':1,"
            + "'ranges':[[0,0.1],[0.4,0.41]]}]} | jürgen | 1 | force",
        "{'force':1,'filters':[{'seed':'prix','attribute':'user','hashVersion':1,"
            + "'ranges':[[0.41,1]]}]} | jürgen | \"no\" | defaultValue",
      })
  void theFirstRuleThatFitsDecides(String rules, String user, String value, String source) {
    FeatureResult result = ask(rules, user);
    assertThat(result.value()).isEqualTo(json(value));
    assertThat(result.source().word()).isEqualTo(source);
  }

  @Test
  void aNamespaceHasAPart() {
    // by version 1 and seed __prices, anna lies at .903
    String rule = "{" + EXPERIMENT + ",'namespace':['prices',%s]}";
    assertThat(ask(rule.formatted("0.903,0.904"), "anna").source()).isEqualTo(Source.EXPERIMENT);
    assertThat(ask(rule.formatted("0,0.903"), "anna").source()).isEqualTo(Source.DEFAULT_VALUE);
    assertThat(ask(rule.formatted("0.904,1"), "anna").source()).isEqualTo(Source.DEFAULT_VALUE);
  }

  @Test
  void featuresNeedOthers() {
    String features =
        "{'f':{'defaultValue':'no','rules':[{'parentConditions':[{'id':'g','gate':%s,"
            + "'condition':{'value':%s}}],'force':'yes'}]},'g':{'defaultValue':%s}}";
    UserContext user = of("u1");
    assertThat(ask(features.formatted("true", "5", "5"), "{}", user).value())
        .isEqualTo(json("'yes'"));
    assertThat(ask(features.formatted("true", "5", "6"), "{}", user).source())
        .isEqualTo(Source.PREREQUISITE);
    assertThat(ask(features.formatted("false", "5", "6"), "{}", user).source())
        .isEqualTo(Source.DEFAULT_VALUE);
    String circle = features.replace("'id':'g'", "'id':'f'");
    assertThat(ask(circle.formatted("false", "5", "5"), "{}", user).source())
        .isEqualTo(Source.CYCLIC_PREREQUISITE);
    assertThat(ask("{}", "{}", user).source()).isEqualTo(Source.UNKNOWN_FEATURE);
  }

  @Test
  void bucketsAreKept() {
    StickyBuckets buckets = new StickyBuckets();
    UserContext user = of("u1").with(buckets);
    String rule = "{'key':'x'," + EXPERIMENT + ",'meta':[{'key':'a'},{'key':'b'}]%s}";
    String one = "{'f':{'rules':[" + rule + "]}}";
    assertThat(ask(one.formatted(""), "{}", user).value()).isEqualTo(json("'b'"));
    assertThat(buckets.toJson())
        .isEqualTo(
            json(
                "{'user||u1':{'attributeName':'user','attributeValue':'u1',"
                    + "'assignments':{'x__0':'b'}}}"));
    FeatureResult later = ask(one.formatted(",'weights':[1,0],'coverage':0"), "{}", user);
    assertThat(later.value()).isEqualTo(json("'b'"));
    assertThat(later.experimentResult().orElseThrow().stickyBucketUsed()).isTrue();
    String anew = one.formatted(",'weights':[1,0],'bucketVersion':1");
    assertThat(ask(anew, "{}", user).value()).isEqualTo(json("'a'"));
    String blocked = one.formatted(",'bucketVersion':2,'minBucketVersion':2");
    assertThat(ask(blocked, "{}", user).source()).isEqualTo(Source.DEFAULT_VALUE);
  }

  @Test
  void aBanditChoosesWeightsByContext() {
    String rule =
        EXPERIMENT.replace("variations", "contextualVariations") + ",'contextualBanditRef':'m'";
    String bandits =
        "{'m':{'banditVersion':4,'contexts':[{'leafId':1,'condition':{'country':'AT'},"
            + "'weights':[0,1]},{'leafId':2,'condition':{'country':'DE'},'weights':[0.9,0.1]}]}}";
    FeatureResult result = ask("{'f':{'rules':[{" + rule + "}]}}", bandits, of("u1"));
    assertThat(result.value()).isEqualTo(json("'a'"));
    BanditChoice choice = result.experimentResult().orElseThrow().bandit().orElseThrow();
    assertThat(choice.leaf()).isEqualTo(2);
    assertThat(choice.weights()).containsExactly(0.9, 0.1);
    assertThat(choice.version()).hasValue(4);
  }

  @Test
  void variationsAreForced() {
    JsonNode experiment = json("{'key':'x'," + EXPERIMENT + "}");
    GrowthBookEngine engine = new GrowthBookEngine(Features.parse(json("{}")), exposed::add);
    UserContext page =
        new UserContext(
            name -> null, true, false, "http://shop/?y=0&x=1#z", Map.of(), Optional.empty());
    assertThat(engine.run(experiment, page).variation()).isEqualTo(1);
    UserContext forced =
        new UserContext(name -> null, true, true, "", Map.of("x", 1), Optional.empty());
    assertThat(engine.run(experiment, forced).inExperiment()).isTrue();
    assertThat(engine.run(experiment, forced).hashUsed()).isFalse();
    assertThat(exposed).isEmpty();
  }

  @Test
  void whoeverIsInIsTold() {
    var unused = ask("{'key':'x'," + EXPERIMENT + "}", "u1");
    unused = ask("{'key':'x'," + EXPERIMENT + ",'coverage':0}", "u1");
    assertThat(exposed).hasSize(1);
    assertThat(exposed.get(0).experiment()).isEqualTo("x");
    assertThat(exposed.get(0).variation()).isEqualTo(1);
    assertThat(exposed.get(0).bucket()).hasValue(0.5344);
    assertThat(exposed.get(0).feature()).hasValue("f");
  }

  @Test
  void pagesAreRefused() {
    GrowthBookEngine engine = new GrowthBookEngine(Features.parse(json("{}")), exposed::add);
    JsonNode experiment = json("{'key':'x','urlPatterns':[],'variations':[0,1]}");
    assertThatThrownBy(() -> engine.run(experiment, of("u1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("experiment x: urlPatterns, expected none: pages are not known here");
  }
}
