package io.millrace.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.Counter;
import io.millrace.wire.RejectionReason;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LabelJoinPropertyTest {
  private static LongStream seeds() {
    return new SplittableRandom(1).longs(500);
  }

  private static final RecursiveComparisonConfiguration BY_VALUE =
      RecursiveComparisonConfiguration.builder().build();

  private static LabelJoin join(LabelEmission emission) {
    return new LabelJoin(EventScript.RULES, emission);
  }

  private static JoinSimulation run(LabelEmission emission, List<Event> events) {
    JoinSimulation simulation = new JoinSimulation(join(emission));
    events.forEach(simulation::accept);
    return simulation;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void emissionAtWindowEndGivesTheOraclesExamplesInFileOrder(long seed) {
    EventScript script = EventScript.random(seed);
    JoinOracle oracle = new JoinOracle(script, LabelEmission.ON_WINDOW_END);
    JoinSimulation simulation =
        run(LabelEmission.ON_WINDOW_END, script.interleaved(new Random(~seed)));

    assertThat(simulation.examples)
        .usingRecursiveFieldByFieldElementComparator(BY_VALUE)
        .containsExactlyElementsOf(oracle.examples);
    assertThat(simulation.rejected).containsExactlyInAnyOrderElementsOf(oracle.rejected);
    assertThat(simulation.counts).isEqualTo(oracle.counts);
    assertThat(simulation.isIdle()).as("all state and timers freed").isTrue();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void emissionAsClicksComeGivesTheOraclesLabelsInAnyOrder(long seed) {
    EventScript script = EventScript.random(seed);
    JoinOracle oracle = new JoinOracle(script, LabelEmission.AS_CLICKS_COME);
    JoinSimulation simulation =
        run(LabelEmission.AS_CLICKS_COME, script.interleaved(new Random(~seed)));

    assertThat(simulation.corrected())
        .usingRecursiveFieldByFieldElementComparator(BY_VALUE)
        .containsExactlyInAnyOrderElementsOf(oracle.examples);
    assertThat(simulation.rejected).containsExactlyInAnyOrderElementsOf(oracle.rejected);
    assertThat(simulation.counts).isEqualTo(oracle.counts);
    assertThat(simulation.isIdle()).as("all state and timers freed").isTrue();
  }

  /** Live, nobody promises anything: the watermark may pass events that have not arrived. */
  @ParameterizedTest
  @MethodSource("seeds")
  void whateverTheWatermarkEveryEventEndsInExactlyOnePlace(long seed) {
    LabelEmission emission = LabelEmission.values()[(int) (seed & 1)];
    EventScript script = EventScript.random(seed);
    Random random = new Random(~seed);
    JoinSimulation simulation = new JoinSimulation(join(emission));
    for (Event event : script.interleaved(random)) {
      if (!(event instanceof ProgressEvent)) {
        simulation.accept(event);
        if (random.nextInt(3) == 0) {
          simulation.advance(event.eventTime() + random.nextInt(2 * EventScript.WINDOW));
        }
      }
    }
    simulation.advance(Long.MAX_VALUE);

    Map<String, Integer> counts = simulation.counts;
    int impressions =
        counts.getOrDefault(Counter.IMPRESSIONS.code(), 0)
            - counts.getOrDefault(Counter.DUPLICATE_IMPRESSIONS.code(), 0)
            - (int) kept(simulation, RejectionReason.LATE_IMPRESSION);
    for (OutcomeRule rule : EventScript.RULES) {
      boolean click = rule.name().equals(OutcomeRule.CLICK);
      List<LabelledImpression> labelled =
          simulation.corrected().stream()
              .filter(example -> example.outcome().equals(rule.name()))
              .toList();
      assertThat(labelled.size() + count(counts, Counter.MISSED_IMPRESSIONS, rule))
          .as("impressions")
          .isEqualTo(impressions);
      long happened = labelled.stream().filter(LabelledImpression::happened).count();
      boolean atOnce = emission == LabelEmission.AS_CLICKS_COME;
      long takenBack = count(counts, Counter.TAKEN_BACK, rule);
      long positives = count(counts, Counter.POSITIVES, rule) + (atOnce ? 0 : takenBack);
      assertThat(positives - takenBack).as("label 1").isEqualTo(happened);
      assertThat(
              positives
                  + takenBack
                  + count(counts, Counter.IDLE_RETRACTIONS, rule)
                  + count(counts, Counter.DUPLICATE_CLICKS, rule)
                  + kept(
                      simulation, click ? RejectionReason.LATE_CLICK : RejectionReason.LATE_OUTCOME)
                  + kept(
                      simulation,
                      click
                          ? RejectionReason.CLICK_FOR_UNKNOWN_IMPRESSION
                          : RejectionReason.OUTCOME_FOR_UNKNOWN_IMPRESSION))
          .as("events")
          .isEqualTo(count(counts, Counter.CLICKS, rule));
    }
    assertThat(simulation.rejected).doesNotHaveDuplicates();
    assertThat(simulation.isIdle()).as("all state and timers freed").isTrue();
  }

  private static int count(Map<String, Integer> counts, Counter counter, OutcomeRule rule) {
    return counts.getOrDefault(counter.code(rule.name()), 0);
  }

  private static long kept(JoinSimulation simulation, RejectionReason reason) {
    return simulation.rejected.stream().filter(kept -> kept.reason() == reason).count();
  }
}
