package io.millrace.serving.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.learner.ModelKind;
import io.millrace.ranking.ServedFixture;
import io.millrace.registry.InMemorySchemaRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a server says of itself and of what it depends on. */
class HealthTest {
  private static final Instant SINCE = Instant.parse("2026-06-01T10:20:30Z");

  private static MillraceServer start(PlatformParts parts) {
    ServedFixture.Source source =
        new ServedFixture.Source(ServedFixture.version("clicks", ModelKind.FM, 1));
    ServerConfig config =
        Fixture.config(
                Map.of("bootstrap.servers", "127.0.0.1:1"), new InMemorySchemaRegistry(), source)
            .withWiring(w -> w.withParts(parts));
    return MillraceServer.start(config, List.of(source));
  }

  @ParameterizedTest
  @CsvSource({
    "RUNNING,     0,    false, runs since 10:20:30 UTC.",
    "STARTING,    0,    true,  has been starting since 10:20:30 UTC.",
    "RESTARTING,  3000, false, has been restarting since 10:20:30 UTC.",
    "RESTARTING,  3001, true,  has been restarting since 10:20:30 UTC.",
    "FAILED,      0,    true,  has failed at 10:20:30 UTC.",
    "UNREACHABLE, 0,    true,  does not answer since 10:20:30 UTC."
  })
  void aPartIsLackingByItsStateAndTime(
      Part.State state, long millis, boolean lacking, String sentence) {
    Part part = new Part("Job training-clicks", state, SINCE, null);
    assertThat(part.lacking(SINCE.toEpochMilli() + millis)).isEqualTo(lacking);
    assertThat(part.sentence()).isEqualTo("Job training-clicks " + sentence);
    assertThat(new Part("Job x", Part.State.FAILED, SINCE, "no space left").sentence())
        .isEqualTo("Job x has failed at 10:20:30 UTC: no space left.");
  }

  @Test
  void aFailedPartIsAReasonNotToBeReadyAndAProblemOfHealth() {
    List<Part> parts =
        List.of(
            new Part("Job ingestion", Part.State.RUNNING, SINCE, null),
            new Part("Job training-clicks", Part.State.FAILED, SINCE, "no space left"));
    try (MillraceServer server = start(() -> parts)) {
      Http http = Http.to(server);
      String problem = "Job training-clicks has failed at 10:20:30 UTC: no space left.";
      await().until(() -> http.get("/ready").body().contains(problem));
      assertThat(http.get("/ready").status()).isEqualTo(503);
      assertThat(http.get("/ready").body()).doesNotContain("ingestion");

      Http.Answer health = http.get("/health");
      assertThat(health.status()).isEqualTo(200);
      assertThat(health.json().get("status").asText()).isEqualTo("up");
      assertThat(health.json().get("problems").toString()).contains(problem);

      JsonNode status = http.get("/v1/status").json();
      assertThat(status.get("notReady").toString()).contains(problem);
      assertThat(status.at("/parts/2/name").asText()).isEqualTo("Job training-clicks");
      assertThat(status.at("/parts/2/state").asText()).isEqualTo("failed");
      assertThat(status.at("/parts/2/since").asLong()).isEqualTo(SINCE.toEpochMilli());
      assertThat(status.at("/parts/2/reason").asText()).isEqualTo("no space left");
      assertThat(http.get("/metrics").body())
          .contains("millrace_part{part=\"Job training-clicks\",state=\"failed\"} 1.0\n");
    }
  }

  @Test
  void kafkaThatDoesNotAnswerIsToldWithItsAddressAndTheTime() {
    try (MillraceServer server = start(PlatformParts.NONE)) {
      Http http = Http.to(server);
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> http.get("/ready").body().contains("does not answer"));
      assertThat(http.get("/ready").json().at("/reasons/0").asText())
          .matches("Kafka at 127\\.0\\.0\\.1:1 does not answer since \\d\\d:\\d\\d:\\d\\d UTC\\.");
    }
  }

  @Test
  void aPlatformThatCannotTellIsItselfAProblem() {
    PlatformParts broken =
        () -> {
          throw new IllegalStateException("no jobs");
        };
    try (MillraceServer server = start(broken)) {
      Http http = Http.to(server);
      await().until(() -> http.get("/ready").body().contains("no jobs"));
    }
  }

  /** Requests do not ask the platform: a thread does, once a second. */
  @Test
  void requestsDoNotAskThePlatform() {
    AtomicInteger asked = new AtomicInteger();
    PlatformParts parts =
        () -> {
          assertThat(Thread.currentThread().getName()).isEqualTo("millrace-status");
          asked.incrementAndGet();
          return List.of();
        };
    try (MillraceServer server = start(parts)) {
      Http http = Http.to(server);
      await().until(() -> asked.get() > 0);
      long start = System.nanoTime();
      for (int i = 0; i < 100; i++) {
        http.get("/ready");
        http.get("/health");
        http.get("/v1/status");
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      assertThat(asked.get()).isLessThanOrEqualTo((int) seconds + 3);
    }
  }
}
