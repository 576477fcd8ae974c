package io.millrace.serving;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.learner.ModelKind;
import io.millrace.registry.InMemorySchemaRegistry;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Impressions while a real broker comes and goes. */
class ImpressionLogTest {
  private static final Topics TOPICS = Topics.DEFAULT;
  private static final Duration WAIT = Duration.ofMillis(500);

  /** A connection that is refused, for logs whose Kafka never comes. */
  private static final Map<String, Object> NOWHERE = Map.of("bootstrap.servers", "127.0.0.1:1");

  @TempDir Path directory;

  private static ImpressionBuffer buffer(int events, ImpressionBuffer.WhenFull whenFull) {
    return new ImpressionBuffer(1 << 20, events, Duration.ofMinutes(2), whenFull);
  }

  private static List<ImpressionLog.Event> events(String name, int count) {
    List<ImpressionLog.Event> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(new ImpressionLog.Event(name + "-" + i, new byte[100]));
    }
    return events;
  }

  @Test
  void handingOverTakesNoTimeWhileKafkaIsAwayAndEachEventIsInTheLogOnce() throws Exception {
    try (EmbeddedKafka kafka = new EmbeddedKafka(directory, EmbeddedKafka.newClusterId()).start()) {
      TopicAdmin.create(kafka.client(), TOPICS, List.of("clicks"), 1, 1);
      Fixture.Source source = new Fixture.Source(Fixture.version("clicks", ModelKind.FM, 42));
      ServerConfig config =
          Fixture.config(kafka.client(), new InMemorySchemaRegistry(), source)
              .withSettings(s -> s.withImpressionWait(WAIT));
      Map<String, Boolean> answered = new HashMap<>();
      try (MillraceServer server = MillraceServer.start(config, List.of(source))) {
        Http http = Http.to(server);
        await().atMost(Duration.ofSeconds(20)).until(() -> rank(http, "first", answered));
        await().until(() -> http.get("/ready").status() == 200);

        kafka.close();
        assertThat(rank(http, "waits", answered)).isFalse();
        await().until(() -> !rank(http, "waits-" + answered.size(), answered));
        for (int i = 0; i < 50; i++) {
          assertThat(rank(http, "away-" + i, answered)).isFalse();
        }
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> http.get("/ready").body().contains("does not answer since"));
        var counts = http.get("/v1/status").json().get("impressions");
        assertThat(counts.get("waiting").asInt()).isGreaterThanOrEqualTo(1000);
        assertThat(counts.get("dropped").asInt()).isZero();

        kafka.start();
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> rank(http, "back-" + answered.size(), answered));
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> http.get("/v1/status").json().at("/impressions/waiting").asInt() == 0);
        await().atMost(Duration.ofSeconds(20)).until(() -> http.get("/ready").status() == 200);
        assertThat(http.get("/metrics").body()).contains("millrace_impressions_dropped_total 0\n");
      }
      // Those that were answered "logged": false are in the log too, and none is there twice.
      Map<String, Integer> found = new HashMap<>();
      int expected = 20 * answered.size();
      read(kafka, expected).forEach(id -> found.merge(id, 1, Integer::sum));
      assertThat(found).hasSize(expected);
      assertThat(found.values()).containsOnly(1);
      for (String name : answered.keySet()) {
        assertThat(found).containsKeys(name + "-0", name + "-19");
      }
    }
  }

  /** Ranks 20 candidates under ids of their own; returns whether they were logged. */
  private static boolean rank(Http http, String name, Map<String, Boolean> answered) {
    StringBuilder candidates = new StringBuilder();
    for (int i = 0; i < 20; i++) {
      candidates
          .append(i == 0 ? "" : ",")
          .append(
              "{\"features\":{\"ad_id\":\"a%d\",\"impression_id\":\"%s-%d\"}}"
                  .formatted(i, name, i));
    }
    Http.Answer answer =
        http.post(
            "/v1/rank",
            "{\"context\":{\"user_id\":\"u\"},\"k\":20,\"candidates\":[%s]}".formatted(candidates));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    boolean logged = answer.json().get("logged").asBoolean();
    answered.put(name, logged);
    return logged;
  }

  private static List<String> read(EmbeddedKafka kafka, int atLeast) {
    List<String> ids = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            kafka.client(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(TOPICS.impressions(), 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
      while (consumer.position(partition) < end) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(record -> ids.add(new String(record.key(), UTF_8)));
      }
    }
    assertThat(ids).hasSizeGreaterThanOrEqualTo(atLeast);
    return ids;
  }

  @Test
  void noAnswerWaitsWhileTheOldestEventHasWaitedTooLong() {
    try (ImpressionLog log =
        new ImpressionLog(
            NOWHERE, "impressions", WAIT, buffer(100, ImpressionBuffer.WhenFull.UNLOGGED))) {
      CompletableFuture<Boolean> first = log.append(events("a", 1));
      CompletableFuture<Boolean> second = log.append(events("b", 1));
      assertThat(first).isNotDone();
      assertThat(second).isNotDone();
      assertThat(first.join()).isFalse();
      assertThat(second.join()).isFalse();
      assertThat(log.append(events("c", 1))).isCompletedWithValue(false);
      assertThat(log.counts()).isEqualTo(new ImpressionLog.Counts(0, 3, 0, 3, 300));
    }
  }

  @Test
  void whatDoesNotFitIsCountedAndTheRankingGoesOnUnlogged() {
    try (ImpressionLog log =
        new ImpressionLog(
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
    try (ImpressionLog log =
        new ImpressionLog(
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
    try (ImpressionLog log =
        new ImpressionLog(
            NOWHERE, "impressions", WAIT, buffer(10, ImpressionBuffer.WhenFull.REFUSE))) {
      log.append(events("a", 9));
      log.checkRoom();
      assertThatThrownBy(() -> log.append(events("b", 2)))
          .isInstanceOf(RequestException.class)
          .hasMessageContaining("cannot be logged");
      log.append(events("c", 1));
      assertThatThrownBy(log::checkRoom)
          .isInstanceOfSatisfying(
              RequestException.class,
              e -> {
                assertThat(e.status().code()).isEqualTo(503);
                assertThat(e.headers().get("retry-after")).isEqualTo("1");
              });
    }
  }

  @Test
  void whatKafkaDoesNotTakeInTimeIsGivenUp() {
    try (ImpressionLog log =
        new ImpressionLog(
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
