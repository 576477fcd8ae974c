package io.millrace.serving.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.broker.EmbeddedKafka;
import io.millrace.event.Click;
import io.millrace.event.Impression;
import io.millrace.event.Outcome;
import io.millrace.event.RejectedEvent;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Events over HTTP become the records that producers write, against a real broker. */
@SuppressWarnings("NullAway.Init") // set before all tests
class EventsTest {
  private static final Topics TOPICS = Topics.DEFAULT;
  private static final InMemorySchemaRegistry REGISTRY = new InMemorySchemaRegistry();
  private static final AvroWire WIRE = new AvroWire(REGISTRY);

  @TempDir static Path directory;
  private static EmbeddedKafka kafka;
  private static MillraceServer server;
  private static KafkaConsumer<byte[], byte[]> consumer;

  private final List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    kafka = new EmbeddedKafka(directory.resolve("kafka"), EmbeddedKafka.newClusterId()).start();
    TopicAdmin.create(kafka.client(), TOPICS, List.of("ctr"), 1, 1);
    ServedFixture.Source source =
        new ServedFixture.Source(ServedFixture.version("ctr", ModelKind.FM, 42));
    ServerConfig config =
        Fixture.config(kafka.client(), REGISTRY, source)
            .withWiring(wiring -> wiring.withOutcomes(Set.of("click", "sale")));
    server = MillraceServer.start(config, List.of(source));
    consumer =
        new KafkaConsumer<>(
            kafka.client(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    consumer.assign(
        List.of(
            new TopicPartition(TOPICS.impressions(), 0),
            new TopicPartition(TOPICS.clicks(), 0),
            new TopicPartition(TOPICS.rejected(), 0)));
  }

  @AfterAll
  static void stop() {
    consumer.close();
    server.close();
    kafka.close();
  }

  @BeforeEach
  void goToTheEnd() {
    consumer.seekToEnd(consumer.assignment());
    consumer.assignment().forEach(consumer::position);
  }

  /** What was answered had been acknowledged, so it is there. */
  private List<ConsumerRecord<byte[], byte[]>> written(String topic) {
    TopicPartition partition = new TopicPartition(topic, 0);
    long end = Objects.requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
    while (consumer.position(partition) < end) {
      consumer.poll(Duration.ofMillis(50)).forEach(read::add);
    }
    return read.stream().filter(record -> record.topic().equals(topic)).toList();
  }

  private static Http.Answer send(String body) {
    return Http.to(server).post("/v1/events", body);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  @Test
  void anImpressionCarriesItsFeaturesWithItsIdAndTime() {
    Http.Answer answer =
        send(
            """
            {"type":"impression","impressionId":"i-1","time":"2026-01-31T13:00:00+01:00",
             "features":{"user_id":"u","ad_id":"a","price":3}}
            """);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(answer.json().toString()).isEqualTo("{\"accepted\":1,\"rejected\":0,\"errors\":[]}");

    ConsumerRecord<byte[], byte[]> record = written(TOPICS.impressions()).get(0);
    assertThat(new String(record.key(), UTF_8)).isEqualTo("i-1");
    Impression impression = WIRE.decode(record.value(), Impression.class);
    Instant time = Instant.parse("2026-01-31T12:00:00Z");
    assertThat(impression.getImpressionId()).isEqualTo("i-1");
    assertThat(impression.getEventTime()).isEqualTo(time);
    assertThat(impression.getServed()).isNull();
    GenericRecord features = WIRE.decode(bytes(impression.getFeatures())).features();
    assertThat(features.get("impression_id")).hasToString("i-1");
    assertThat(features.get("event_time")).isEqualTo(time.toEpochMilli());
    assertThat(features.get("price")).isEqualTo(3.0);
    assertThat(features.get("hour")).isNull();
  }

  @Test
  void idAndTimeMayStandInTheFeatures() {
    assertThat(
            send("""
                {"type":"impression","features":
                 {"impression_id":"own","event_time":1700000000123,"user_id":"u","ad_id":"a"}}
                """)
                .status())
        .isEqualTo(200);
    Impression impression =
        WIRE.decode(written(TOPICS.impressions()).get(0).value(), Impression.class);
    assertThat(impression.getImpressionId()).isEqualTo("own");
    assertThat(impression.getEventTime()).isEqualTo(Instant.ofEpochMilli(1_700_000_000_123L));
  }

  @Test
  void outcomesAreWrittenByTheirKind() {
    Http.Answer answer =
        send(
            """
            {"events":[
             {"type":"click","impressionId":"i-1","time":1769860800000},
             {"type":"sale","impressionId":"i-1","time":1769860801000,"value":12.5},
             {"type":"sale","impressionId":"i-1","time":1769860802000,"retracted":true},
             {"type":"click","impressionId":"i-1","time":1769860803000,"retracted":true}]}
            """);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    List<ConsumerRecord<byte[], byte[]>> records = written(TOPICS.clicks());
    assertThat(records).hasSize(4).allMatch(r -> new String(r.key(), UTF_8).equals("i-1"));
    assertThat(WIRE.decode(records.get(0).value(), Click.class))
        .isEqualTo(new Click("i-1", Instant.ofEpochMilli(1_769_860_800_000L)));
    assertThat(WIRE.decode(records.get(1).value(), Outcome.class))
        .isEqualTo(
            new Outcome("i-1", "sale", Instant.ofEpochMilli(1_769_860_801_000L), 12.5, false));
    assertThat(WIRE.decode(records.get(2).value(), Outcome.class))
        .isEqualTo(
            new Outcome("i-1", "sale", Instant.ofEpochMilli(1_769_860_802_000L), null, true));
    assertThat(WIRE.decode(records.get(3).value(), Outcome.class).getOutcome()).isEqualTo("click");
  }

  @Test
  void anEventWithoutATimeHappensNow() {
    long before = System.currentTimeMillis();
    assertThat(send("{\"type\":\"click\",\"impressionId\":\"i\"}").status()).isEqualTo(200);
    assertThat(
            WIRE.decode(written(TOPICS.clicks()).get(0).value(), Click.class)
                .getEventTime()
                .toEpochMilli())
        .isBetween(before, System.currentTimeMillis());
  }

  @Test
  void badEventsAreKeptWithTheirReasonsAndGoodOnesGoOn() {
    JsonNode before = Http.to(server).get("/v1/status").json().get("events");
    Http.Answer answer =
        send(
            """
            {"events":[
             {"type":"click","impressionId":"good"},
             {"type":"impression","impressionId":"bad","features":{"user_id":"u","ad":"a"}},
             {"type":"click","impresion_id":"x"},
             7]}
            """);
    assertThat(answer.status()).as(answer.body()).isEqualTo(207);
    JsonNode json = answer.json();
    assertThat(json.get("accepted").asInt()).isEqualTo(1);
    assertThat(json.get("rejected").asInt()).isEqualTo(3);
    assertThat(json.get("errors").findValuesAsText("message"))
        .containsExactly(
            "events[1].features.ad: \"a\", expected a field of shop.ads.AdImpression, known: ad_id,"
                + " event_time, history, hour, impression_id, price, user_id",
            "events[2].impresion_id: \"x\", expected no such key; known are type, impressionId,"
                + " time, value, retracted",
            "events[3]: 7, expected a JSON object");
    assertThat(json.get("errors").findValuesAsText("reason"))
        .containsExactly("invalid_feature", "malformed_json", "malformed_json");

    assertThat(written(TOPICS.clicks())).hasSize(1);
    List<RejectedEvent> rejected =
        written(TOPICS.rejected()).stream()
            .map(record -> WIRE.decode(record.value(), RejectedEvent.class))
            .toList();
    assertThat(rejected).extracting(RejectedEvent::getOffset).containsExactly(1L, 2L, 3L);
    assertThat(rejected).extracting(RejectedEvent::getTopic).containsOnly("/v1/events");
    assertThat(rejected)
        .extracting(RejectedEvent::getReason)
        .containsExactly("invalid_feature", "malformed_json", "malformed_json");
    assertThat(new String(bytes(rejected.get(1).getOriginalValue()), UTF_8))
        .isEqualTo("{\"type\":\"click\",\"impresion_id\":\"x\"}");

    JsonNode after = Http.to(server).get("/v1/status").json().get("events");
    assertThat(after.get("accepted").asLong() - before.get("accepted").asLong()).isEqualTo(1);
    assertThat(after.at("/rejected/malformed_json").asLong()).isGreaterThanOrEqualTo(2);
    assertThat(Http.to(server).get("/metrics").body())
        .contains("millrace_events_rejected_total{reason=\"invalid_feature\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"type":"view","impressionId":"i"} | unknown_outcome | type
          {"type":"click"} | invalid_id | impressionId
          {"type":"click","impressionId":""} | invalid_id | impressionId
          {"type":"click","impressionId":"i","time":1769860800} | absurd_event_time | time
          {"type":"click","impressionId":"i","time":"2026-01-31 12:00"} | malformed_json | time
          {"type":"click","impressionId":"i","value":"3"} | malformed_json | value
          {"type":"click","impressionId":7} | malformed_json | impressionId
          {"impressionId":"i"} | malformed_json | type
          {"type":"impression","impressionId":"i","features":{"user_id":"u"}} | invalid_feature | features.ad_id
          {"type":"impression","impressionId":"i","features":{"user_id":3,"ad_id":"a"}} | invalid_feature | features.user_id
          {"type":"impression","impressionId":"i","features":{"impression_id":"j","user_id":"u","ad_id":"a"}} | invalid_feature | impressionId
          {"type":"impression","features":{"user_id":"u","ad_id":"a"}} | invalid_id | impressionId
          {"type":"impression","impressionId":"i","features":{"user_id":"u","ad_id":"a","price":-2}} | invalid_feature | features.price
          {"type":"impression","impressionId":"i","time":0,"features":{"user_id":"u","ad_id":"a"}} | absurd_event_time | time
          """)
  void oneBadEventIsABadRequest(String body, String reason, String field) {
    Http.Answer answer = send(body);
    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/reason").asText()).as(answer.body()).isEqualTo(reason);
    assertThat(answer.json().at("/errors/0/field").asText()).as(answer.body()).isEqualTo(field);
    assertThat(written(TOPICS.rejected())).hasSize(1);
  }

  private static void run(String key, String more) {
    Http http = Http.to(server);
    String draft =
        """
        {"key":"%s","unit":{"kind":"user","attribute":"user"},"forced":{"vip":"on"},%s
         "arms":[{"name":"off","weight":1,"value":0},{"name":"on","weight":1,"value":1}]}
        """
            .formatted(key, more);
    assertThat(http.post("/v1/experiments", draft).status()).isEqualTo(200);
    String state = "{\"key\":\"%s\",\"state\":\"running\"}".formatted(key);
    assertThat(http.post("/v1/experiments/state", state).status()).isEqualTo(200);
  }

  private static Http.Answer expose(String body) {
    return Http.to(server).post("/v1/experiments/exposures", body);
  }

  @Test
  void anExposureIsAnImpressionOfItsArmThatNoModelHasScored() {
    run("shown", "\"targeting\":{\"country\":\"DE\"},");
    Http.Answer answer =
        expose(
            """
            {"exposures":[
             {"experiment":"shown","unit":"u1","arm":"on","attributes":{"country":"DE"},
              "time":1769860800000,"outcomes":{"click":true,"sale":12.5}},
             {"experiment":"shown","unit":"u1","attributes":{"country":"DE"},"exposureId":"own"}]}
            """);
    assertThat(answer.body()).isEqualTo("{\"accepted\":2,\"rejected\":0,\"errors\":[]}");
    assertThat(answer.status()).isEqualTo(200);
    List<Impression> impressions =
        written(TOPICS.impressions()).stream()
            .map(record -> WIRE.decode(record.value(), Impression.class))
            .toList();
    assertThat(impressions)
        .extracting(Impression::getImpressionId)
        .containsExactly("shown/u1", "own");
    assertThat(impressions)
        .extracting(impression -> String.valueOf(impression.getServed()))
        .containsOnly(
            "{\"model\": \"\", \"version\": 0, \"probability\": \"NaN\", \"encoding_hash\": 0,"
                + " \"arms\": [{\"experiment\": \"shown\", \"unit\": \"u1\", \"arm\": \"on\","
                + " \"propensity\": 0.5}], \"learning\": null}");
    Instant time = Instant.ofEpochMilli(1_769_860_800_000L);
    List<ConsumerRecord<byte[], byte[]>> outcomes = written(TOPICS.clicks());
    assertThat(outcomes).hasSize(2);
    assertThat(WIRE.decode(outcomes.get(0).value(), Click.class))
        .isEqualTo(new Click("shown/u1", time));
    assertThat(WIRE.decode(outcomes.get(1).value(), Outcome.class))
        .isEqualTo(new Outcome("shown/u1", "sale", time, 12.5, false));
  }

  @Test
  void anExposureThatTheExperimentDoesNotGiveIsKeptAsRejected() {
    run("given", "\"traffic\":0.9,");
    run("kept", "\"sticky\":{\"version\":1,\"minVersion\":0},");
    run("scored", "\"metrics\":[{\"name\":\"click\",\"kind\":\"logloss\",\"better\":\"down\"}],");
    Http.Answer answer =
        expose(
            """
            {"exposures":[
             {"experiment":"given","unit":"u2","arm":"on"},
             {"experiment":"given","unit":"u2","arm":"off"},
             {"experiment":"given","unit":"vip","arm":"on"},
             {"experiment":"gven","unit":"u1"},
             {"experiment":"kept","unit":"u1","arm":"on"},
             {"experiment":"kept","unit":"u1","arm":"off"},
             {"experiment":"kept","unit":"u1","arm":"of"},
             {"experiment":"scored","unit":"u1"},
             {"experiment":"given","unit":"u1","outcomes":{"view":true}},
             {"experiment":"given","unit":"u1","outcomes":{"click":"yes"}},
             {"experiment":"given"}]}
            """);
    assertThat(answer.status()).isEqualTo(207);
    assertThat(answer.json().at("/errors").findValuesAsText("message"))
        .containsExactly(
            "exposures[1].arm: \"off\", expected what the experiment gives this unit: arm on",
            "exposures[2].arm: \"on\", expected what the experiment gives this unit: no arm that"
                + " counts (forced)",
            "exposures[3].experiment: \"gven\", expected the key of an experiment, did you mean"
                + " 'given'?",
            "exposures[6].arm: \"of\", expected an arm of the experiment, did you mean 'off'?",
            "exposures[7].experiment: \"scored\", expected an experiment without metrics of"
                + " predictions (logloss, calibration), which exposures have none of",
            "exposures[8].outcomes: \"view\", expected outcomes that are joined here: click, sale",
            "exposures[9].outcomes.click: \"yes\", expected true, or what it is worth",
            "exposures[10].unit: null, expected what the experiment assigns, a user for example");
    assertThat(answer.json().at("/errors").findValuesAsText("reason"))
        .containsExactly(
            "not_assigned",
            "not_assigned",
            "not_assigned",
            "not_assigned",
            "not_assigned",
            "unknown_outcome",
            "malformed_json",
            "malformed_json");
    assertThat(written(TOPICS.rejected()))
        .extracting(record -> WIRE.decode(record.value(), RejectedEvent.class).getTopic())
        .containsOnly("/v1/experiments/exposures")
        .hasSize(8);
  }

  @Test
  void anEventOfAModelThatIsNotServedNamesThoseThatAre() {
    Http.Answer answer =
        send(
            """
            {"type":"impression","impressionId":"i","model":"nope","features":{}}
            """);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/message").asText())
        .isEqualTo("model: \"nope\", expected one of ctr, live");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"events":[]} | expected an array of 1 to 10000 objects
          {"events":{}} | events: {}, expected an array of 1 to 10000 objects
          {"events":[{"type":"click","impressionId":"i"}],"model":"m"} | model: "m", expected no such key; known are events
          [] | the body: [], expected a JSON object
          {"type":"click","impressionId":"a\\ud800"} | expected a text without halves of letters
          {"events":[{"type":"click","\\udfff":1}]} | events[0].
          """)
  void aBodyThatHoldsNoEventsIsRefusedAsAWhole(String body, String message) {
    Http.Answer answer = send(body);
    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.json().at("/error/message").asText()).contains(message);
    assertThat(written(TOPICS.rejected())).isEmpty();
  }

  @Test
  void withoutKafkaTheSenderIsToldToSendAgain() {
    ServedFixture.Source source =
        new ServedFixture.Source(ServedFixture.version("ctr", ModelKind.FM, 42));
    ServerConfig config =
        Fixture.config(Map.of("bootstrap.servers", "127.0.0.1:1"), REGISTRY, source)
            .withSettings(
                settings ->
                    settings.withLimits(
                        settings.limits().with(l -> l.deadline(Duration.ofSeconds(5)))));
    try (MillraceServer alone = MillraceServer.start(config, List.of(source))) {
      Http.Answer answer =
          Http.to(alone).post("/v1/events", "{\"type\":\"click\",\"impressionId\":\"i\"}");
      assertThat(answer.status()).as(answer.body()).isEqualTo(503);
      assertThat(answer.headers().firstValue("retry-after")).contains("1");
      assertThat(answer.json().at("/error/message").asText()).contains("send them again");
      assertThat(Http.to(alone).get("/v1/status").json().at("/events/accepted").asLong()).isZero();
    }
  }
}
