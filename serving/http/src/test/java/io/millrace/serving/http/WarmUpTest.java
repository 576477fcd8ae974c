package io.millrace.serving.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.ModelKind;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.ranking.ServedFixture;
import io.millrace.registry.InMemorySchemaRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class WarmUpTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  @Test
  void aServerIsReadyOnceItsModelWasAskedWhichLeavesNoTrace() {
    Gate source = new Gate("clicks");
    try (MillraceServer server = start(LONG, source)) {
      Http http = Http.to(server);
      assertThat(http.get("/ready").json().at("/reasons/0").asText()).contains("no version yet");
      source.current = Optional.of(ServedFixture.version("clicks", ModelKind.FM, 1));
      await().until(() -> source.warmUpCalls.get() >= Gate.CLOSED_FROM);
      Http.Answer ready = http.get("/ready");
      assertThat(ready.status()).isEqualTo(503);
      assertThat(ready.json().at("/reasons/0").asText())
          .isEqualTo("Model clicks is warming up; it answers, but slowly.");
      assertThat(http.post("/v1/predict", predict()).status()).isEqualTo(200);

      source.gate.countDown();
      awaitReady(http);
      assertThat(source.warmUpCalls.get()).isGreaterThan(2000);
      await().until(() -> !warmUpRuns());
      JsonNode status = http.get("/v1/status").json();
      assertThat(status.at("/endpoints/rank/requests").asInt(-1)).isZero();
      assertThat(status.at("/endpoints/predict/requests").asInt(-1)).isEqualTo(1);
      assertThat(status.has("latestRanking")).isFalse();
      assertThat(status.at("/impressions/unacknowledged").asInt(-1)).isZero();
      assertThat(http.get("/metrics").body())
          .containsPattern("millrace_forward_duration_seconds_count\\{model=\"clicks\"} 1\n");
    }
  }

  @Test
  void itEndsInTime() {
    Gate source = open(ServedFixture.version("clicks", ModelKind.FM, 1));
    try (MillraceServer server = start(Duration.ofNanos(1), source)) {
      awaitReady(Http.to(server));
      assertThat(source.warmUpCalls.get()).isLessThan(10);
    }
  }

  @Test
  void aModelThatCannotBeAskedIsReadyAllTheSame() {
    FeatureSchema schema =
        FeatureSchema.parse(
            new Schema.Parser()
                .parse(
                    """
                    {"type":"record","name":"R","namespace":"t","millrace":{},"fields":[
                      {"name":"raw","type":"bytes"},
                      {"name":"ad","type":"string","feature":{"kind":"categorical"}}]}
                    """));
    try (MillraceServer server =
        start(LONG, open(ServedFixture.version("clicks", ModelKind.LR, 1, schema)))) {
      awaitReady(Http.to(server));
    }
  }

  @Test
  void oneModelDoesNotWaitForAnother() {
    Gate empty = new Gate("clicks");
    Gate full = open(ServedFixture.version("other", ModelKind.LR, 1));
    try (MillraceServer server = start(LONG, empty, full)) {
      Http http = Http.to(server);
      await().until(() -> !http.get("/ready").body().contains("Model other"));
      assertThat(http.get("/ready").json().at("/reasons/0").asText()).contains("Model clicks");
    }
  }

  @Test
  void aServerThatIsWarmingUpCloses() {
    Gate source = new Gate(ServedFixture.version("clicks", ModelKind.FM, 1));
    MillraceServer server = start(LONG, source);
    await().until(() -> source.warmUpCalls.get() >= Gate.CLOSED_FROM);
    server.close();
    assertThat(source.closed).isTrue();
    assertThat(source.warmUpCalls.get()).isEqualTo(Gate.CLOSED_FROM);
  }

  private static boolean warmUpRuns() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("millrace-warm-up"));
  }

  private static String predict() {
    return "{\"features\":{\"user_id\":\"u\",\"ad_id\":\"a\"}}";
  }

  private static void awaitReady(Http http) {
    // Kafka is away in these tests, which is another reason.
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> !http.get("/ready").body().contains("Model "));
  }

  private static MillraceServer start(Duration limit, Gate... sources) {
    ServerConfig config =
        Fixture.config(
                Map.of("bootstrap.servers", "127.0.0.1:1"), new InMemorySchemaRegistry(), sources)
            .withSettings(s -> s.withWarmUp(limit));
    return MillraceServer.start(config, List.of(sources));
  }

  private static Gate open(ModelSnapshot snapshot) {
    Gate source = new Gate(snapshot);
    source.gate.countDown();
    return source;
  }

  /** A source that lets the warming up begin and then waits. */
  private static final class Gate extends ServedFixture.Source {
    static final int CLOSED_FROM = 20;

    final CountDownLatch gate = new CountDownLatch(1);
    final AtomicInteger warmUpCalls = new AtomicInteger();
    volatile boolean closed;

    Gate(String model) {
      super(model);
    }

    Gate(ModelSnapshot snapshot) {
      super(snapshot);
    }

    @Override
    public Optional<ModelSnapshot> current() {
      Optional<ModelSnapshot> present = super.current();
      if (present.isPresent()
          && Thread.currentThread().getName().equals("millrace-warm-up")
          && warmUpCalls.incrementAndGet() >= CLOSED_FROM) {
        try {
          gate.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      return present;
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
