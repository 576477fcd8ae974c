package io.millrace.serving.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.broker.EmbeddedKafka;
import io.millrace.deployment.Made;
import io.millrace.event.ExperimentMetrics;
import io.millrace.event.MetricMoments;
import io.millrace.experiment.Experiment;
import io.millrace.experiment.ExperimentChange;
import io.millrace.experiment.ExperimentLog;
import io.millrace.inference.Moments;
import io.millrace.inference.UnitValues;
import io.millrace.learner.ModelKind;
import io.millrace.ranking.ServedFixture;
import io.millrace.registry.InMemorySchemaRegistry;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that follows the totals of experiments, against a real broker. */
class ExperimentResultsTest {
  private static final Topics TOPICS = Topics.DEFAULT;
  private static final Made ANN = new Made("ann", Instant.EPOCH);

  @TempDir Path directory;

  /** Two models by the rate of clicks. */
  static Experiment experiment() {
    return Experiment.draft(
        """
        {"key":"colour","unit":{"kind":"user","attribute":"user_id"},
         "arms":[{"name":"old","weight":1,"model":"a"},{"name":"new","weight":1,"model":"b"}],
         "metrics":[{"name":"click","kind":"rate","better":"up"}],
         "guardRails":[{"name":"click","kind":"rate","better":"up","margin":0.1}]}
        """,
        ANN);
  }

  /** An arm whose units have an impression each. */
  static ExperimentMetrics arm(String name, int units, int clicks) {
    Moments rate = new Moments();
    for (int i = 0; i < units; i++) {
      rate.add(UnitValues.ratio(i < clicks ? 1 : 0, 1));
    }
    return new ExperimentMetrics(
        "colour",
        name,
        (long) units,
        0L,
        0L,
        Instant.EPOCH,
        Instant.EPOCH,
        List.of(new MetricMoments("click", "rate", ByteBuffer.wrap(rate.toBytes()))));
  }

  @Test
  void totalsAreReadOutAsTheyCome() {
    ExperimentLog log = ExperimentLog.inMemory();
    var unused = log.change(view -> Optional.of(new ExperimentChange.Create(experiment())), false);
    ServedFixture.Source source =
        new ServedFixture.Source(ServedFixture.version("clicks", ModelKind.FM, 42));
    InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
    AvroWire wire = new AvroWire(registry);
    try (EmbeddedKafka kafka =
            new EmbeddedKafka(directory.resolve("kafka"), EmbeddedKafka.newClusterId()).start();
        var producer =
            new KafkaProducer<>(
                kafka.client(), new ByteArraySerializer(), new ByteArraySerializer())) {
      var created = TopicAdmin.create(kafka.client(), TOPICS, List.of(), 1, 1);
      assertThat(created).contains(TOPICS.experimentMetrics());
      try (MillraceServer server =
          MillraceServer.start(
              Fixture.config(kafka.client(), registry, source)
                  .withWiring(wiring -> wiring.withExperiments(Optional.of(log))),
              List.of(source))) {
        Http http = Http.to(server);
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> http.get("/v1/experiments/results?key=colour").status() == 200);
        JsonNode before = http.get("/v1/experiments/results?key=colour").json();
        assertThat(before.at("/verdict/conclusion").asText()).isEqualTo("NO_DATA");

        send(producer, wire, arm("old", 1000, 10));
        send(producer, wire, arm("old", 1000, 100));
        send(producer, wire, arm("new", 1000, 150));
        await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(
                () -> {
                  JsonNode now = http.get("/v1/experiments/results?key=colour").json();
                  assertThat(now.at("/verdict/conclusion").asText()).isEqualTo("BETTER");
                  assertThat(now.at("/metrics/0/levels/0/mean").asDouble()).isEqualTo(0.1);
                  assertThat(now.at("/metrics/0/levels/1/mean").asDouble()).isEqualTo(0.15);
                });
        assertThat(http.get("/v1/experiments/results?key=color").json().toString())
            .contains("experiment color: there is none")
            .contains("colour");
      }
    }
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, AvroWire wire, ExperimentMetrics arm) {
    byte[] key = ("colour/" + arm.getArm()).getBytes(UTF_8);
    var unused =
        producer.send(new ProducerRecord<>(TOPICS.experimentMetrics(), key, wire.encode(arm)));
    producer.flush();
  }
}
