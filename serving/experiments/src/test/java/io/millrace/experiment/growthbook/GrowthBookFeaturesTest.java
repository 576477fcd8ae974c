package io.millrace.experiment.growthbook;

import static io.millrace.experiment.TestExperiments.condition;
import static io.millrace.experiment.TestExperiments.json;
import static io.millrace.experiment.TestExperiments.model;
import static io.millrace.experiment.TestExperiments.running;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.experiment.Assigner;
import io.millrace.experiment.Assignment;
import io.millrace.experiment.Assignment.Why;
import io.millrace.experiment.Experiment;
import io.millrace.experiment.ExperimentBuilder;
import io.millrace.experiment.ExperimentState;
import io.millrace.experiment.Holdout;
import io.millrace.experiment.Layer;
import io.millrace.experiment.Stickiness;
import io.millrace.experiment.StickyArms;
import io.millrace.experiment.condition.Attributes;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the payload makes an SDK decide is what {@link Assigner} decides. */
class GrowthBookFeaturesTest {
  private static final int USERS = 20_000;

  /** 100,000 users in all. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void theEngineAssignsAsTheAssigner(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Experiment> experiments = RandomExperiments.experiments(random, 6);
    GrowthBookEngine engine = engine(experiments);
    List<Assigner> assigners = experiments.stream().map(Assigner::new).toList();
    Map<Why, Integer> reasons = new EnumMap<>(Why.class);
    for (int i = 0; i < USERS; i++) {
      Map<String, Object> user = RandomExperiments.user(random, i);
      Attributes attributes = Attributes.of(user);
      UserContext context = UserContext.of(attributes);
      for (Assigner assigner : RandomExperiments.some(assigners, i)) {
        Assignment ours = assigner.assign(attributes, StickyArms.NONE);
        reasons.merge(ours.why(), 1, Integer::sum);
        same(ours, assigner.experiment(), engine.feature(assigner.experiment().key(), context));
      }
    }
    assertThat(reasons)
        .containsOnlyKeys(
            Why.ASSIGNED,
            Why.FORCED,
            Why.NO_UNIT,
            Why.HELD_OUT,
            Why.OUTSIDE_LAYER,
            Why.NOT_TARGETED,
            Why.OUTSIDE_TRAFFIC);
  }

  private static GrowthBookEngine engine(List<Experiment> experiments) {
    return new GrowthBookEngine(
        Features.parse(GrowthBookFeatures.payload(experiments)), exposed -> {});
  }

  private static void same(Assignment ours, Experiment experiment, FeatureResult theirs) {
    String expected = Decisions.inWords(ours, experiment);
    String got = Decisions.inWords(theirs);
    if (!got.equals(expected)) {
      assertThat(got).as("%s of %s", ours, experiment).isEqualTo(expected);
    }
  }

  /** Arms change their weights and traffic shrinks, but whoever was in stays. */
  @Test
  void stickyUnitsStayInBoth() {
    Experiment first =
        ExperimentBuilder.builder(running("x"))
            .arms(List.of(model("arm0", 1), model("arm1", 1)))
            .control("arm1")
            .traffic(0.6)
            .stickiness(Optional.of(new Stickiness(3, 2)))
            .build();
    Experiment next =
        ExperimentBuilder.builder(first)
            .arms(List.of(model("arm0", 1), model("arm1", 4)))
            .traffic(0.5)
            .targeting(condition("{'age':{'$lt':5}}"))
            .build();
    List<Assigner> assigners = List.of(new Assigner(first), new Assigner(next));
    List<GrowthBookEngine> engines =
        Stream.of(first, next).map(each -> engine(List.of(each))).toList();
    Map<String, String> kept = new HashMap<>();
    StickyArms before = (key, version, unit) -> kept.get(key + version + unit);
    int stuck = 0;
    for (int i = 0; i < 2_000; i++) {
      String unit = "u" + i;
      if (i % 10 == 0) {
        kept.put("x1" + unit, "arm0");
      }
      StickyBuckets buckets = new StickyBuckets();
      if (i % 10 == 0) {
        buckets.add(
            json(
                "{'attributeName':'user','attributeValue':'%s','assignments':{'x__1':'arm0'}}"
                    .formatted(unit)));
      }
      Attributes attributes = Attributes.of(Map.of("user", unit, "age", i % 10));
      UserContext user = UserContext.of(attributes).with(buckets);
      for (int stage = 0; stage < assigners.size(); stage++) {
        Experiment now = assigners.get(stage).experiment();
        Assignment ours = assigners.get(stage).assign(attributes, before);
        stuck += ours.why() == Why.STICKY ? 1 : 0;
        if (ours.isIn()) {
          kept.put("x3" + unit, now.arms().get(ours.arm()).name());
        }
        same(ours, now, engines.get(stage).feature(now.key(), user));
      }
    }
    assertThat(stuck).isBetween(900, 1_200);
  }

  @Test
  void thePayloadIsAsDocumented() {
    Experiment plain =
        ExperimentBuilder.builder(running("plain"))
            .layer(Optional.of(new Layer("ranking", 0, 0.5)))
            .targeting(condition("{'country':'DE'}"))
            .forced(Map.of("12", "new"))
            .build();
    Experiment held =
        ExperimentBuilder.builder(plain)
            .key("held")
            .holdout(Optional.of(new Holdout("2026", 0.1)))
            .stickiness(Optional.of(new Stickiness(2, 1)))
            .build();
    Experiment over =
        ExperimentBuilder.builder(plain).key("over").state(ExperimentState.STOPPED).build();
    String rule =
        "'name':'A test','phase':'0','hashAttribute':'user','hashVersion':2,'seed':'plain',"
            + "'coverage':1.0,'variations':['old','new'],'meta':[{'key':'old','name':'old'},"
            + "{'key':'new','name':'new'}],'weights':[0.5,0.5],'condition':{'country':'DE'},";
    String forced = "{'id':'forced-new','condition':{'user':{'$in':['12',12.0]}},'force':'new'}";
    assertThat(GrowthBookFeatures.payload(List.of(plain, held, over)))
        .hasToString(
            json("{'status':200,'features':{'plain':{'defaultValue':'old','rules':["
                    + forced
                    + ",{'id':'plain','key':'plain',"
                    + rule
                    + "'namespace':['ranking',0.0,0.5],'disableStickyBucketing':true}]},"
                    + "'held':{'defaultValue':'old','rules':["
                    + forced
                    + ",{'id':'held','key':'held',"
                    + rule
                    + "'filters':[{'attribute':'user','seed':'2026','hashVersion':2,"
                    + "'ranges':[[0.1,1.0]]},{'attribute':'user','seed':'__ranking',"
                    + "'hashVersion':1,'ranges':[[0.0,0.5]]}],"
                    + "'bucketVersion':2,'minBucketVersion':1}]},"
                    + "'over':{'defaultValue':'old','rules':[]}},"
                    + "'dateUpdated':'2023-11-14T22:13:20Z'}")
                .toString());
  }
}
