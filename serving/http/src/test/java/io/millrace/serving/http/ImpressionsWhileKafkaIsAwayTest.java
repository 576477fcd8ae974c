package io.millrace.serving.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.learner.ModelKind;
import io.millrace.ranking.ServedFixture;
import io.millrace.registry.InMemorySchemaRegistry;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rankings are logged while a real broker comes and goes. */
class ImpressionsWhileKafkaIsAwayTest {
  private static final Topics TOPICS = Topics.DEFAULT;
  private static final Duration WAIT = Duration.ofMillis(500);

  @TempDir Path directory;

  @Test
  void handingOverTakesNoTimeWhileKafkaIsAwayAndEachEventIsInTheLogOnce() throws Exception {
    try (EmbeddedKafka kafka = new EmbeddedKafka(directory, EmbeddedKafka.newClusterId()).start()) {
      TopicAdmin.create(kafka.client(), TOPICS, List.of("clicks"), 1, 1);
      ServedFixture.Source source =
          new ServedFixture.Source(ServedFixture.version("clicks", ModelKind.FM, 42));
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
        assertThat(http.get("/metrics").body())
            .contains("millrace_impressions_dropped_total 0.0\n");
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
}
