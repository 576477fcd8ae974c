package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.broker.EmbeddedKafka;
import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.serving.http.MillraceServer;
import io.millrace.serving.http.ServerConfig;
import io.millrace.standalone.DataDirectory;
import io.millrace.topic.Topics;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that starts again answers at once, with what it knew, and goes on from there. */
class ServerRestartTest {
  private static final String REQUEST =
      """
      {"features":{"user_id":"user-1","user_segment":"student","device":"phone","hour":12,
       "ad_id":"ad-1","advertiser":"advertiser-1","category":"games","price":9.5}}
      """;

  @Test
  void itAnswersWithItsVersionAndCatchesUp(@TempDir Path folder) throws Exception {
    long shown;
    long version;
    try (Scenario scenario = Scenario.start(folder)) {
      shown = scenario.demo(200, Duration.ofSeconds(8)).impressions() + 1;
      JsonNode status =
          scenario.await(shown + " learned", s -> Scenario.metric(s, "learned") == shown);
      version = status.at("/models/0/version").asLong();
    }
    serveAlone(folder, version, shown);
    try (Scenario scenario = Scenario.start(folder)) {
      JsonNode first = scenario.await("ready", s -> s.path("ready").asBoolean());
      assertThat(first.at("/models/0/version").asLong()).isGreaterThanOrEqualTo(version);
      long more = scenario.demo(50, Duration.ofSeconds(2)).impressions();
      long all = shown + more;
      scenario.await(all + " learned", s -> Scenario.metric(s, "learned") >= all);
    }
  }

  /**
   * Starts the server and nothing else but a broker: it answers with all that was learned.
   *
   * @param version that was seen last; a mark of progress may have raised it since
   */
  private static void serveAlone(Path folder, long version, long learned) throws Exception {
    try (DataDirectory directory = DataDirectory.open(folder);
        EmbeddedKafka kafka =
            new EmbeddedKafka(
                    directory.kafka(), directory.fixed("cluster.id", EmbeddedKafka.newClusterId()))
                .start()) {
      Map<String, Object> client = kafka.client();
      long started = System.nanoTime();
      try (KafkaSchemaRegistry registry =
              new KafkaSchemaRegistry(client, Topics.DEFAULT.schemas(), Clock.systemUTC());
          MillraceServer server =
              MillraceServer.start(
                  ServerConfig.local(
                      0,
                      client,
                      Topics.DEFAULT,
                      List.of(Scenario.MODEL),
                      directory.views(),
                      registry))) {
        Api api = new Api(URI.create("http://127.0.0.1:" + server.port()));
        Api.Answer first = api.post("/v1/predict", REQUEST);
        System.out.printf(
            "first answer of a restarted server after %d ms%n",
            (System.nanoTime() - started) / 1_000_000);
        assertThat(first.status()).as("%s", first.body()).isEqualTo(200);
        assertThat(first.body().path("version").asLong()).isGreaterThanOrEqualTo(version);
        await()
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(
                () ->
                    assertThat(Scenario.metric(api.get("/v1/status").body(), "learned"))
                        .isEqualTo(learned));
      }
    }
  }
}
