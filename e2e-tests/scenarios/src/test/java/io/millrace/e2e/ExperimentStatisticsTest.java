package io.millrace.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.deployment.Made;
import io.millrace.event.Impression;
import io.millrace.event.Outcome;
import io.millrace.event.Served;
import io.millrace.event.ServedArm;
import io.millrace.experiment.Experiment;
import io.millrace.experiment.ExperimentChange;
import io.millrace.experiment.ExperimentLog;
import io.millrace.standalone.Platform;
import io.millrace.wire.AvroWire;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Impressions of an experiment are in its numbers, also after the platform was started again. */
class ExperimentStatisticsTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Not what the model learns from: statistics are of all impressions. */
  private static final Schema FEATURES =
      new Schema.Parser()
          .parse(
              """
              {"type":"record","name":"Page","namespace":"shop.pages",
               "millrace":{"table":{"rows":1024,"dim":4}},
               "fields":[{"name":"page","type":"string","feature":{"kind":"categorical"}}]}
              """);

  @TempDir private Path folder;

  private static void create(Platform platform) {
    Experiment experiment =
        Experiment.draft(
            """
            {"key":"page","unit":{"kind":"user","attribute":"user"},
             "arms":[{"name":"old","weight":1,"value":1},{"name":"new","weight":1,"value":2}],
             "metrics":[{"name":"click","kind":"value","better":"up"}]}
            """,
            new Made("ann", Instant.EPOCH));
    try (ExperimentLog log =
        ExperimentLog.onKafka(
            platform.client(),
            platform.topics().experiments(),
            Clock.systemUTC(),
            Duration.ofSeconds(10))) {
      var unused = log.change(view -> Optional.of(new ExperimentChange.Create(experiment)), false);
    }
  }

  /** Two impressions of each user, all clicked, so that their labels are known at once. */
  private static void write(Platform platform, int from, int to) {
    AvroWire wire = new AvroWire(platform.registry());
    GenericRecord features = new GenericData.Record(FEATURES);
    features.put("page", "start");
    try (var producer =
        new KafkaProducer<>(
            platform.client(), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (int user = from; user < to; user++) {
        ServedArm arm = new ServedArm("page", "user" + user, user % 2 == 0 ? "old" : "new", 0.5);
        for (int i = 0; i < 2; i++) {
          String id = "page-" + user + "-" + i;
          Instant now = Instant.now();
          Impression impression =
              new Impression(
                  id,
                  now,
                  ByteBuffer.wrap(wire.encode(features)),
                  new Served("none", 1L, 0.5f, 0L, List.of(arm), null));
          send(producer, platform.topics().impressions(), id, wire.encode(impression));
          double value = i == 0 && user % 4 == 0 ? 1 : 0.5;
          send(
              producer,
              platform.topics().clicks(),
              id,
              wire.encode(new Outcome(id, "click", now, value, false)));
        }
      }
    }
  }

  private static void send(
      KafkaProducer<byte[], byte[]> producer, String topic, String key, byte[] value) {
    var unused = producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), value));
  }

  private static void awaitLevels(Scenario scenario, String expected) {
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> {
              JsonNode readout = scenario.api().get("/v1/experiments/results?key=page").body();
              StringBuilder levels = new StringBuilder();
              for (JsonNode level : readout.at("/metrics/0/levels")) {
                levels.append(
                    "%s %s %s %s;"
                        .formatted(
                            level.get("arm").asText(),
                            level.get("units"),
                            level.get("impressions"),
                            level.get("mean")));
              }
              assertThat(levels).hasToString(expected);
            });
  }

  /** A client shows what it has decided, and says so twice. */
  @Test
  void whatAClientHasShownItselfIsInTheNumbers() throws Exception {
    try (Scenario scenario = Scenario.start(folder)) {
      create(scenario.platform());
      Api api = scenario.api();
      await()
          .atMost(LIMIT)
          .until(
              () ->
                  api.post("/v1/experiments/state", "{\"key\":\"page\",\"state\":\"running\"}")
                          .status()
                      == 200);
      int old = 0;
      for (int user = 0; user < 60; user++) {
        String flag = "{\"context\":{\"targetingKey\":\"user%d\"}}".formatted(user);
        String arm =
            api.post("/ofrep/v1/evaluate/flags/page", flag).body().path("variant").asText();
        old += arm.equals("old") ? 1 : 0;
        String exposure =
            """
            {"experiment":"page","unit":"user%d","arm":"%s","outcomes":{"click":%s}}
            """
                .formatted(user, arm, arm.equals("old") ? "0.5" : "1");
        for (int i = 0; i < 2; i++) {
          assertThat(api.post("/v1/experiments/exposures", exposure).body().path("accepted"))
              .hasToString("1");
        }
        String wrong = exposure.replace(arm, arm.equals("old") ? "new" : "old");
        assertThat(api.post("/v1/experiments/exposures", wrong).body().at("/errors/0/reason"))
            .hasToString("\"not_assigned\"");
      }
      awaitLevels(scenario, "old %d %d 0.5;new %d %d 1.0;".formatted(old, old, 60 - old, 60 - old));
      JsonNode rejected = api.get("/v1/rejected").body();
      assertThat(rejected.at("/events/0/reason").asText())
          .as("%s", rejected)
          .isEqualTo("not_assigned");
      assertThat(scenario.platform().failure()).isEmpty();
    }
  }

  @Test
  void whatIsShownInAnExperimentIsInItsNumbers() throws Exception {
    try (Scenario scenario = Scenario.start(folder)) {
      create(scenario.platform());
      write(scenario.platform(), 0, 40);
      awaitLevels(scenario, "old 20 40 0.625;new 20 40 0.5;");
      assertThat(scenario.platform().failure()).isEmpty();
    }
    try (Scenario again = Scenario.start(folder)) {
      awaitLevels(again, "old 20 40 0.625;new 20 40 0.5;");
      write(again.platform(), 40, 80);
      awaitLevels(again, "old 40 80 0.625;new 40 80 0.5;");
    }
  }
}
