package io.millrace.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingestion.ReadPositions.Position;
import io.millrace.wire.Counter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Logs of clicks and conversions, some of them taken back, in several partitions, some of their
 * events later than their partition allows, read in any interleaving: what comes out is what the
 * contract of {@link LabelJoin} says of the log, computed by brute force.
 */
class BacklogPropertyTest {
  private static LongStream seeds() {
    return new SplittableRandom(1).longs(1000);
  }

  private static final long START = TestEvents.NOW;
  private static final int W = 20;
  private static final int L = 10;
  private static final int OUT_OF_ORDER = 5;

  private static final List<OutcomeRule> RULES =
      List.of(
          OutcomeRule.click(Duration.ofMillis(W), Duration.ofMillis(L)),
          new OutcomeRule("conversion", Duration.ofMillis(3 * W), Duration.ofMillis(2 * L)));

  /**
   * Each id has one impression, and of each outcome at most one word that it happened and one that
   * it is taken back, in any partition; offsets name events.
   */
  private static List<List<Event>> log(Random random) {
    int impressionPartitions = 1 + random.nextInt(4);
    int clickPartitions = 1 + random.nextInt(4);
    List<List<Event>> partitions = new ArrayList<>();
    for (int p = 0; p < impressionPartitions + clickPartitions; p++) {
      partitions.add(new ArrayList<>());
    }
    long time = START;
    long offset = 0;
    for (int id = 0; id < 1 + random.nextInt(40); id++) {
      time += random.nextInt(12);
      int p = random.nextInt(impressionPartitions);
      if (random.nextInt(8) != 0) {
        long at = time - (random.nextInt(4) == 0 ? random.nextInt(2 * (W + L)) : 0);
        partitions
            .get(p)
            .add(
                new ImpressionEvent("i" + id, at, new byte[0], origin("impressions", p, offset++)));
      }
      for (int word = 0; word < 4; word++) {
        if (random.nextInt(word < 2 ? 2 : 4) == 0) {
          String outcome = word % 2 == 0 ? OutcomeRule.CLICK : "conversion";
          int q = random.nextInt(clickPartitions);
          long at = time - W + random.nextInt(word % 2 == 0 ? 3 * W + L : 6 * W);
          partitions
              .get(impressionPartitions + q)
              .add(
                  new OutcomeEvent(
                      "i" + id, outcome, at, null, word >= 2, origin("clicks", q, offset++)));
        }
      }
    }
    return partitions;
  }

  private static Origin origin(String topic, int partition, long offset) {
    return new Origin(topic, partition, offset, START + 1_000_000, null, null);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatEveryEventEndsAsFollowsFromTheLogAlone(long seed) {
    List<List<Event>> log = log(new Random(seed));
    JoinContract contract = new JoinContract(log, RULES, OUT_OF_ORDER);
    JoinSimulation simulation =
        new JoinSimulation(new LabelJoin(RULES, LabelEmission.AS_CLICKS_COME));
    EventClock clock = new EventClock(Duration.ofMillis(OUT_OF_ORDER), Duration.ofMillis(1000));

    Random random = new Random(~seed);
    int[] next = new int[log.size()];
    long nanos = 0;
    clock.onPositions(positions(log, next, nanos));
    for (int left = JoinContract.all(log).size(); left > 0; ) {
      int p = random.nextInt(log.size());
      for (int run = random.nextInt(5); run > 0 && next[p] < log.get(p).size(); run--, left--) {
        Event event = log.get(p).get(next[p]++);
        simulation.accept(event, clock.onEvent(event));
      }
      clock.onPositions(positions(log, next, nanos += 1_000_000));
      clock.advance(nanos);
      simulation.advance(clock.time());
    }
    simulation.advance(Long.MAX_VALUE);
    for (OutcomeRule rule : RULES) {
      Map<String, Boolean> labels = new HashMap<>();
      simulation.corrected().stream()
          .filter(e -> e.outcome().equals(rule.name()))
          .forEach(e -> labels.put(e.impressionId(), e.happened()));
      assertThat(labels).isEqualTo(contract.labels(rule.name()));
    }
    assertThat(simulation.rejected).containsExactlyInAnyOrderElementsOf(contract.rejected);
    assertThat(standing(simulation.counts)).isEqualTo(contract.counts());
    assertThat(simulation.isIdle()).isTrue();
  }

  /**
   * Counts of what stands in the end: whether a word was taken back or came after its retraction is
   * a question of how partitions interleave.
   */
  private static Map<String, Integer> standing(Map<String, Integer> counts) {
    Map<String, Integer> standing = new HashMap<>(counts);
    for (OutcomeRule rule : RULES) {
      int takenBack = counts.getOrDefault(Counter.TAKEN_BACK.code(rule.name()), 0);
      standing.computeIfPresent(Counter.POSITIVES.code(rule.name()), (name, n) -> n - takenBack);
      for (Counter counter :
          List.of(Counter.TAKEN_BACK, Counter.IDLE_RETRACTIONS, Counter.DUPLICATE_CLICKS)) {
        standing.remove(counter.code(rule.name()));
      }
    }
    standing.values().removeIf(n -> n == 0);
    return standing;
  }

  private static ReadPositions positions(List<List<Event>> log, int[] next, long nanos) {
    List<Position> positions = new ArrayList<>();
    for (int p = 0; p < log.size(); p++) {
      if (log.get(p).isEmpty()) {
        // Named like none of the others: silent from the start.
        positions.add(new Position("empty", p, 0, 0));
      } else {
        Origin origin = log.get(p).get(0).origin();
        positions.add(new Position(origin.topic(), origin.partition(), next[p], log.get(p).size()));
      }
    }
    return new ReadPositions(positions, nanos);
  }
}
