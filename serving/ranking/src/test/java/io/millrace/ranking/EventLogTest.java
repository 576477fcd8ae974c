package io.millrace.ranking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What becomes of impressions that Kafka does not take. */
class EventLogTest {
  private static final Duration WAIT = Duration.ofMillis(500);

  /** A connection that is refused, for logs whose Kafka never comes. */
  private static final Map<String, Object> NOWHERE = Map.of("bootstrap.servers", "127.0.0.1:1");

  private static ImpressionBuffer buffer(int events, ImpressionBuffer.WhenFull whenFull) {
    return new ImpressionBuffer(1 << 20, events, Duration.ofMinutes(2), whenFull);
  }

  private static List<EventLog.Event> events(String name, int count) {
    List<EventLog.Event> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(new EventLog.Event("impressions", name + "-" + i, new byte[100]));
    }
    return events;
  }

  @Test
  void noAnswerWaitsWhileTheOldestEventHasWaitedTooLong() {
    try (EventLog log =
        new EventLog(
            NOWHERE, "impressions", WAIT, buffer(100, ImpressionBuffer.WhenFull.UNLOGGED))) {
      CompletableFuture<Boolean> first = log.append(events("a", 1));
      CompletableFuture<Boolean> second = log.append(events("b", 1));
      assertThat(first).isNotDone();
      assertThat(second).isNotDone();
      assertThat(first.join()).isFalse();
      assertThat(second.join()).isFalse();
      assertThat(log.append(events("c", 1))).isCompletedWithValue(false);
      assertThat(log.counts()).isEqualTo(new EventLog.Counts(0, 3, 0, 3, 300));
    }
  }

  @Test
  void whatDoesNotFitIsCountedAndTheRankingGoesOnUnlogged() {
    try (EventLog log =
        new EventLog(
            NOWHERE, "impressions", WAIT, buffer(10, ImpressionBuffer.WhenFull.UNLOGGED))) {
      CompletableFuture<Boolean> fits = log.append(events("a", 10));
      assertThat(fits).isNotDone();
      assertThat(log.append(events("b", 1))).isCompletedWithValue(false);
      assertThat(log.counts().dropped()).isEqualTo(1);
      assertThat(log.counts().waiting()).isEqualTo(10);
      assertThat(log.counts().waitingBytes()).isEqualTo(1000);
      assertThat(fits.join()).isFalse();
      assertThat(log.counts().unacknowledged()).isEqualTo(11);
      log.checkRoom();
    }
  }

  @Test
  void bytesAreBoundedToo() {
    try (EventLog log =
        new EventLog(
            NOWHERE,
            "impressions",
            WAIT,
            new ImpressionBuffer(
                1000, 100, Duration.ofMinutes(2), ImpressionBuffer.WhenFull.UNLOGGED))) {
      log.append(events("a", 9));
      assertThat(log.append(events("b", 2))).isCompletedWithValue(false);
      assertThat(log.append(events("c", 1)).getNow(true)).isTrue();
      assertThat(log.counts().dropped()).isEqualTo(2);
    }
  }

  @Test
  void orItIsRefused() {
    try (EventLog log =
        new EventLog(NOWHERE, "impressions", WAIT, buffer(10, ImpressionBuffer.WhenFull.REFUSE))) {
      log.append(events("a", 9));
      log.checkRoom();
      assertThatThrownBy(() -> log.append(events("b", 2)))
          .isInstanceOf(BusyException.class)
          .hasMessageContaining("impressions can be logged");
      log.append(events("c", 1));
      assertThatThrownBy(log::checkRoom).isInstanceOf(BusyException.class);
    }
  }

  @Test
  void whatKafkaDoesNotTakeInTimeIsGivenUp() {
    try (EventLog log =
        new EventLog(
            NOWHERE,
            "impressions",
            WAIT,
            new ImpressionBuffer(
                1000, 10, Duration.ofSeconds(1), ImpressionBuffer.WhenFull.UNLOGGED))) {
      log.append(events("a", 3));
      await().atMost(Duration.ofSeconds(20)).until(() -> log.counts().waiting() == 0);
      assertThat(log.counts().dropped()).isEqualTo(3);
      assertThat(log.counts().waitingBytes()).isZero();
    }
  }
}
