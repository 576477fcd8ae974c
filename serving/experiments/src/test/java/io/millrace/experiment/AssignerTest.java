package io.millrace.experiment;

import static io.millrace.experiment.TestExperiments.condition;
import static io.millrace.experiment.TestExperiments.model;
import static io.millrace.experiment.TestExperiments.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.experiment.Assignment.Why;
import io.millrace.experiment.condition.Attributes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssignerTest {
  private static final int UNITS = 20_000;

  private static Assignment assign(ExperimentBuilder experiment, String unit) {
    return assign(experiment, unit, Attributes.NONE);
  }

  private static Assignment assign(ExperimentBuilder experiment, String unit, Attributes known) {
    return new Assigner(experiment.build()).assign(unit, known, StickyArms.NONE);
  }

  private static ExperimentBuilder of(String key) {
    return ExperimentBuilder.builder(running(key));
  }

  @Test
  void theHashDecides() {
    // u1 in bucket 5344 and u2 in 8416, as in BucketHashTest
    assertThat(assign(of("ranker-2"), "u1")).isEqualTo(new Assignment(1, Why.ASSIGNED, 0.5));
    ExperimentBuilder uneven =
        of("ranker-2").arms(List.of(model("old", 5344), model("new", 4656))).traffic(1);
    assertThat(assign(uneven, "u1")).isEqualTo(new Assignment(1, Why.ASSIGNED, 0.4656));
    ExperimentBuilder more = uneven.arms(List.of(model("old", 5345), model("new", 4655)));
    assertThat(assign(more, "u1")).isEqualTo(new Assignment(0, Why.ASSIGNED, 0.5345));
    // arm 1 ends at .5 + .5 t
    ExperimentBuilder half = of("ranker-2").traffic(0.6832);
    assertThat(assign(half, "u2").why()).isEqualTo(Why.OUTSIDE_TRAFFIC);
    assertThat(assign(half.traffic(0.6834), "u2")).isEqualTo(new Assignment(1, Why.ASSIGNED, 0.5));
  }

  @Test
  void eachReasonComesInItsTurn() {
    ExperimentBuilder all =
        of("ranker-2")
            .state(ExperimentState.STOPPED)
            .traffic(0)
            .targeting(condition("{'country':'DE'}"))
            .layer(Optional.of(new Layer("ranking", 0, 0.001)))
            .holdout(Optional.of(new Holdout("all", 1)))
            .forced(Map.of("u2", "new"));
    assertThat(assign(all, "u1")).isEqualTo(new Assignment(-1, Why.NOT_RUNNING, 0));
    assertThat(assign(all.state(ExperimentState.DRAFT), "u1").why()).isEqualTo(Why.NOT_RUNNING);
    all.state(ExperimentState.RUNNING);
    assertThat(assign(all, "").why()).isEqualTo(Why.NO_UNIT);
    assertThat(assign(all, "u2")).isEqualTo(new Assignment(1, Why.FORCED, 1));
    assertThat(assign(all, "u1").why()).isEqualTo(Why.HELD_OUT);
    all.holdout(Optional.of(new Holdout("all", 0)));
    assertThat(assign(all, "u1").why()).isEqualTo(Why.OUTSIDE_LAYER);
    all.layer(Optional.of(new Layer("ranking", 0, 1)));
    assertThat(assign(all, "u1").why()).isEqualTo(Why.NOT_TARGETED);
    Attributes german = Attributes.of(Map.of("country", "DE"));
    assertThat(assign(all, "u1", german).why()).isEqualTo(Why.OUTSIDE_TRAFFIC);
    assertThat(assign(all.traffic(1), "u1", german).isCounted()).isTrue();
    assertThat(assign(all, "u2", german).isCounted()).isFalse();
  }

  @Test
  void theUnitIsAnAttributeAsJavaScriptWritesIt() {
    Assigner assigner = new Assigner(running("ranker-2"));
    Assignment of7 = assigner.assign("7", Attributes.NONE, StickyArms.NONE);
    assertThat(assigner.assign(Attributes.of(Map.of("user", 7L)), StickyArms.NONE)).isEqualTo(of7);
    assertThat(assigner.assign(Attributes.of(Map.of("user", 7.0)), StickyArms.NONE)).isEqualTo(of7);
    for (Object none : List.of("", 0, false)) {
      assertThat(assigner.assign(Attributes.of(Map.of("user", none)), StickyArms.NONE).why())
          .isEqualTo(Why.NO_UNIT);
      assertThat(running("x").unit().of(Attributes.of(Map.of("user", none)))).isNull();
    }
  }

  @Test
  void aUnitStaysWhereItWas() {
    Experiment sticky =
        of("ranker-2").traffic(0).stickiness(Optional.of(new Stickiness(3, 2))).build();
    assertThat(at(sticky, 3, "new")).isEqualTo(new Assignment(1, Why.STICKY, 0.5));
    assertThat(at(sticky, 3, "gone").why()).isEqualTo(Why.OUTSIDE_TRAFFIC);
    assertThat(at(sticky, 4, "new").why()).isEqualTo(Why.OUTSIDE_TRAFFIC);
    assertThat(at(sticky, 2, "new").why()).isEqualTo(Why.OUTSIDE_TRAFFIC);
    assertThat(at(sticky, 1, "new").why()).isEqualTo(Why.STICKY_BLOCKED);
    Experiment free = of("ranker-2").traffic(0).build();
    assertThat(at(free, 0, "new").why()).isEqualTo(Why.OUTSIDE_TRAFFIC);
  }

  private static Assignment at(Experiment experiment, int version, String arm) {
    StickyArms before =
        (key, asked, unit) ->
            key.equals("ranker-2") && asked == version && unit.equals("u1") ? arm : null;
    return new Assigner(experiment).assign("u1", Attributes.NONE, before);
  }

  /** While traffic grows, whoever is in stays in the same arm. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aRampMovesNobody(long seed) {
    List<Arm> arms = List.of(model("old", 1), model("new", 2), model("next", seed));
    int[] before = new int[UNITS];
    Arrays.fill(before, -1);
    for (double traffic : new double[] {0.01, 0.1, 0.35, 0.7, 1}) {
      Assigner assigner = new Assigner(of("ramp-" + seed).arms(arms).traffic(traffic).build());
      for (int i = 0; i < UNITS; i++) {
        int arm = assigner.assign("u" + i, Attributes.NONE, StickyArms.NONE).arm();
        assertThat(before[i] < 0 || before[i] == arm).as("u%d at %s", i, traffic).isTrue();
        before[i] = arm;
      }
    }
    assertThat(before).doesNotContain(-1);
  }

  /** Arms get units as their propensities say: chi-square of 3 arms, .001 beyond 13.8. */
  @ParameterizedTest
  @ValueSource(strings = {"a", "b", "c", "d"})
  void propensitiesAreTheFrequencies(String key) {
    Assigner assigner =
        new Assigner(
            of(key)
                .arms(List.of(model("old", 1), model("new", 1), model("next", 4)))
                .traffic(0.5)
                .build());
    double[] propensities = assigner.propensities();
    assertThat(Arrays.stream(propensities).sum()).isCloseTo(1, within(1e-12));
    int[] counts = new int[propensities.length];
    int in = 0;
    for (int i = 0; i < UNITS; i++) {
      Assignment assignment = assigner.assign("u" + i, Attributes.NONE, StickyArms.NONE);
      if (assignment.isIn()) {
        assertThat(assignment.propensity()).isEqualTo(propensities[assignment.arm()]);
        counts[assignment.arm()]++;
        in++;
      }
    }
    double chiSquare = 0;
    for (int i = 0; i < counts.length; i++) {
      double expected = in * propensities[i];
      chiSquare += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    assertThat(chiSquare).isLessThan(13.8);
    assertThat(in).isBetween(9_700, 10_300);
  }

  /** A third each, of 10,000 buckets, is not a third. */
  @Test
  void propensitiesAreThoseOfBuckets() {
    Assigner thirds =
        new Assigner(of("x").arms(List.of(model("a", 1), model("old", 1), model("c", 1))).build());
    assertThat(thirds.propensities()).containsExactly(0.3334, 0.3333, 0.3333);
  }

  /** Experiments of one layer share no unit, and leave none out. */
  @Test
  void aLayerIsDivided() {
    Assigner first = new Assigner(of("a").layer(Optional.of(new Layer("l", 0, 0.3))).build());
    Assigner second = new Assigner(of("b").layer(Optional.of(new Layer("l", 0.3, 1))).build());
    int inFirst = 0;
    for (int i = 0; i < UNITS; i++) {
      boolean one = first.assign("u" + i, Attributes.NONE, StickyArms.NONE).isIn();
      boolean other = second.assign("u" + i, Attributes.NONE, StickyArms.NONE).isIn();
      assertThat(one).isNotEqualTo(other);
      inFirst += one ? 1 : 0;
    }
    assertThat(inFirst).isBetween(5_700, 6_300);
  }
}
