package io.millrace.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.ingestion.ReadPositions.Position;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class EventClockTest {
  private static final long T = TestEvents.NOW;
  private static final long SECOND = 1_000_000_000L;
  private static final long UNKNOWN = ReadPositions.UNKNOWN;

  private final EventClock clock = new EventClock(Duration.ofSeconds(1), Duration.ofSeconds(1));
  private long now = 5 * SECOND;

  private static Event event(String topic, int partition, long time, long written) {
    return OutcomeEvent.click("i", time, new Origin(topic, partition, 0, written, null, null));
  }

  private long event(int partition, long time) {
    return clock.onEvent(event("impressions", partition, time, T + 86_400_000));
  }

  private void positions(Position... positions) {
    clock.onPositions(new ReadPositions(List.of(positions), now));
    clock.advance(now);
  }

  private static Position at(int partition, long next, long end) {
    return new Position("impressions", partition, next, end);
  }

  @Test
  void nothingMovesTimeBeforeAnEventWhateverPasses() {
    for (int i = 0; i < 100; i++) {
      now += SECOND;
      positions(at(0, 0, 0), at(1, 0, 0));
      assertThat(clock.time()).isEqualTo(EventClock.NONE);
    }
  }

  @Test
  void nothingMovesBeforeAllPartitionsAreKnown() {
    event(0, T);
    clock.advance(now);
    assertThat(clock.time()).isEqualTo(EventClock.NONE);
    positions(at(0, 1, UNKNOWN), at(1, UNKNOWN, UNKNOWN));
    assertThat(clock.time()).as("partition 1 has not said anything").isEqualTo(EventClock.NONE);
    event(1, T - 500);
    clock.advance(now);
    assertThat(clock.time()).isEqualTo(T - 1500);
  }

  @Test
  void timeIsThatOfThePartitionThatIsFurthestBehind() {
    event(0, T + 60_000);
    event(1, T);
    positions(at(0, 9, 100), at(1, 9, 100));
    assertThat(clock.time()).isEqualTo(T - 1000);
    assertThat(event(1, T + 10)).as("its own partition's time before it").isEqualTo(T - 1000);
    assertThat(event(0, T + 60_001)).isEqualTo(T + 59_000);
  }

  @Test
  void anEventCountsNoLaterThanItWasWritten() {
    clock.onEvent(event("impressions", 0, T + 3_600_000, T));
    positions(at(0, 1, 2));
    assertThat(clock.time()).isEqualTo(T - 1000);
  }

  @Test
  void anEmptyPartitionIsNotWaitedForOnceKafkaSaysThatItIs() {
    event(0, T);
    positions(at(0, 1, 9), at(1, 0, UNKNOWN));
    assertThat(clock.time()).isEqualTo(EventClock.NONE);
    now += 2 * SECOND;
    positions(at(0, 1, 9), at(1, 0, 0));
    assertThat(clock.time()).isEqualTo(T - 1000);
  }

  @Test
  void anOldFirstEventOfASilentPartitionHoldsNothingBack() {
    event(0, T);
    event(1, T - 36_000_000);
    positions(at(0, 1, 9), at(1, 1, 1));
    assertThat(clock.eventTime()).isEqualTo(T - 36_001_000);
    now += 2 * SECOND;
    event(0, T + 2000);
    positions(at(0, 2, 9), at(1, 1, 1));
    assertThat(clock.eventTime()).isEqualTo(T + 1000);
  }

  @Test
  void aPartitionWithRecordsToReadIsWaitedForAndNamedAfterAMinute() {
    event(0, T);
    event(1, T);
    positions(at(0, 1, 9), at(1, 1, 7));
    for (int second = 1; second <= 200; second++) {
      now += SECOND;
      event(0, T + second * 1000);
      positions(at(0, 1 + second, 999), at(1, 1, 7));
      assertThat(clock.time()).isEqualTo(T - 1000);
      boolean named = clock.holder(Duration.ofMinutes(1), now).isPresent();
      assertThat(named).as("second " + second).isEqualTo(second >= 61 + 60);
    }
    assertThat(clock.holder(Duration.ofMinutes(1), now))
        .contains(new EventClock.Holder("impressions", 1, 139, 6, OptionalLong.of(T - 1000)));
    event(1, T + 200_000);
    positions(at(0, 300, 999), at(1, 7, 7));
    assertThat(clock.holder(Duration.ZERO, now)).isEmpty();
  }

  @Test
  void timeStandsStillWhileKafkaDoesNotAnswer() {
    event(0, T);
    event(1, T);
    positions(at(0, 1, 1), at(1, 1, 1));
    now += 2 * SECOND;
    positions(at(0, 1, 1), at(1, 1, 1));
    long before = clock.time();
    assertThat(before).isEqualTo(T);
    for (int second = 0; second < 60; second++) {
      now += SECOND;
      positions(at(0, 1, UNKNOWN), at(1, 1, UNKNOWN));
    }
    assertThat(clock.time()).isLessThanOrEqualTo(before + 2000);
  }

  @Test
  void aQuietNightPassesAtTheClocksPaceAndTheNextEventEndsTheEstimate() {
    event(0, T);
    positions(at(0, 1, 1));
    for (int half = 0; half < 120; half++) {
      now += SECOND / 2;
      positions(at(0, 1, 1));
    }
    assertThat(clock.time()).isEqualTo(T - 1000 + 59_000);
    assertThat(clock.eventTime()).isEqualTo(T - 1000);
    assertThat(event(0, T + 5)).as("an event is judged by events").isEqualTo(T - 1000);
    positions(at(0, 2, 2));
    assertThat(clock.time()).isEqualTo(T + 5 - 1000);
  }

  @Test
  void aPartitionOfNothingButGarbageIsNotWaitedFor() {
    event(0, T);
    positions(at(0, 1, 9), at(1, 10, 12));
    for (int half = 1; half <= 6; half++) {
      now += SECOND / 2;
      event(0, T + half * 500);
      // Never at its end, but always past the end of half a second ago.
      positions(at(0, 1 + half, 99), at(1, 10 + 2 * half, 12 + 2 * half));
    }
    assertThat(clock.eventTime()).as("what was known half a second ago").isEqualTo(T + 1500);
  }

  @Test
  void whatIsReadAfterASilentPartitionsEndWasSeenMovesNothingPastIt() {
    event(0, T);
    positions(at(0, 1, 1), at(1, 0, 0));
    now += 2 * SECOND;
    positions(at(0, 1, 1), at(1, 0, 0));
    event(0, T + 60_000);
    clock.advance(now);
    assertThat(clock.time()).isEqualTo(T - 1000);
    assertThat(event(1, T + 5)).as("written meanwhile, read behind the other").isEqualTo(T - 1000);
    positions(at(0, 2, 2), at(1, 1, 1));
    assertThat(clock.time()).isEqualTo(T - 995);
  }

  @Test
  void whatWaitsBeforeASlowJoinIsNotSilence() {
    event(0, T);
    event(1, T);
    positions(at(0, 1, 1), at(1, 1, 1));
    // The reader said this half a second later; the join gets to it an hour later.
    now += SECOND / 2;
    ReadPositions late = new ReadPositions(List.of(at(0, 1, 1), at(1, 1, 1)), now);
    clock.onPositions(late);
    clock.advance(now + 3_600 * SECOND);
    event(0, T + 60_000);
    clock.advance(now + 3_600 * SECOND);
    assertThat(clock.time()).isEqualTo(T - 1000);
  }

  @Test
  void aPartitionThatIsGoneIsForgotten() {
    event(0, T);
    event(1, T - 5000);
    positions(at(0, 1, 9), at(1, 1, 9));
    positions(at(0, 1, 9));
    assertThat(clock.time()).isEqualTo(T - 1000);
  }

  @Test
  void partitionsTimesSurviveARestore() {
    event(0, T);
    event(1, T + 700);
    positions(at(0, 1, 9), at(1, 1, 9));
    EventClock restored = new EventClock(Duration.ofSeconds(1), Duration.ofSeconds(1));
    restored.restore(clock.toBytes());
    assertThat(restored.eventTime()).isEqualTo(T - 1000);
    assertThat(restored.onEvent(event("impressions", 1, T + 800, T + 900))).isEqualTo(T - 300);
    assertThatThrownBy(() -> restored.restore(new byte[] {'P', 1}))
        .hasMessage("event clock: 2 bytes, expected 'E' and version 1 first");
  }

  @Test
  void theStoredFormIsThatOfVersion1() {
    event(0, T);
    positions(at(0, 1, 9));
    assertThat(java.util.HexFormat.of().formatHex(clock.toBytes()))
        .isEqualTo(
            "4501"
                + "0000018bcfe56418"
                + "00000001"
                + "000b"
                + "696d7072657373696f6e73"
                + "00000000"
                + "0000018bcfe56800");
  }
}
