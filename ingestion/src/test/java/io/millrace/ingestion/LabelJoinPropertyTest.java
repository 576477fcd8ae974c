package io.millrace.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.assertj.core.api.recursive.comparison.RecursiveComparisonConfiguration;

class LabelJoinPropertyTest {
  private static final RecursiveComparisonConfiguration BY_VALUE =
      RecursiveComparisonConfiguration.builder().build();

  private static LabelJoin join(LabelEmission emission) {
    return new LabelJoin(
        Duration.ofMillis(EventScript.WINDOW), Duration.ofMillis(EventScript.LATENESS), emission);
  }

  private static JoinSimulation run(LabelEmission emission, List<Event> events) {
    JoinSimulation simulation = new JoinSimulation(join(emission));
    events.forEach(simulation::accept);
    return simulation;
  }

  @Property(tries = 500)
  void emissionAtWindowEndGivesTheOraclesExamplesInFileOrder(
      @ForAll long seed, @ForAll long interleaving) {
    EventScript script = EventScript.random(seed);
    JoinOracle oracle = new JoinOracle(script);
    JoinSimulation simulation =
        run(LabelEmission.ON_WINDOW_END, script.interleaved(new Random(interleaving)));

    assertThat(simulation.examples)
        .usingRecursiveFieldByFieldElementComparator(BY_VALUE)
        .containsExactlyElementsOf(oracle.examples);
    assertThat(simulation.rejected).containsExactlyInAnyOrderElementsOf(oracle.rejected);
    assertThat(simulation.counts).isEqualTo(oracle.counts);
    assertThat(simulation.isIdle()).as("all state and timers freed").isTrue();
  }

  @Property(tries = 500)
  void emissionAsClicksComeGivesTheOraclesLabelsInAnyOrder(
      @ForAll long seed, @ForAll long interleaving) {
    EventScript script = EventScript.random(seed);
    JoinOracle oracle = new JoinOracle(script);
    JoinSimulation simulation =
        run(LabelEmission.AS_CLICKS_COME, script.interleaved(new Random(interleaving)));

    assertThat(simulation.corrected())
        .usingRecursiveFieldByFieldElementComparator(BY_VALUE)
        .containsExactlyInAnyOrderElementsOf(oracle.examples);
    assertThat(simulation.rejected).containsExactlyInAnyOrderElementsOf(oracle.rejected);
    assertThat(simulation.counts).isEqualTo(oracle.counts);
    assertThat(simulation.isIdle()).as("all state and timers freed").isTrue();
  }

  /** Live, nobody promises anything: the watermark may pass events that have not arrived. */
  @Property(tries = 500)
  void whateverTheWatermarkEveryEventEndsInExactlyOnePlace(
      @ForAll long seed, @ForAll long interleaving, @ForAll LabelEmission emission) {
    EventScript script = EventScript.random(seed);
    Random random = new Random(interleaving);
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

    Map<Counter, Integer> counts = new HashMap<>(simulation.counts);
    long clicked = simulation.corrected().stream().filter(LabelledImpression::clicked).count();
    long rejectedClicks =
        simulation.rejected.stream().filter(kept -> kept.topic().equals("clicks")).count();
    assertThat(
            simulation.corrected().size()
                + counts.getOrDefault(Counter.DUPLICATE_IMPRESSIONS, 0)
                + simulation.rejected.size()
                - rejectedClicks)
        .as("impressions")
        .isEqualTo((long) counts.getOrDefault(Counter.IMPRESSIONS, 0));
    assertThat(clicked + counts.getOrDefault(Counter.DUPLICATE_CLICKS, 0) + rejectedClicks)
        .as("clicks")
        .isEqualTo((long) counts.getOrDefault(Counter.CLICKS, 0));
    assertThat(simulation.rejected).doesNotHaveDuplicates();
    assertThat(simulation.isIdle()).as("all state and timers freed").isTrue();
  }
}
