package io.millrace.serving.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.broker.EmbeddedKafka;
import io.millrace.embedding.RowFormat;
import io.millrace.event.Click;
import io.millrace.event.Impression;
import io.millrace.event.IngestionCounts;
import io.millrace.event.RejectedEvent;
import io.millrace.event.RowUpdate;
import io.millrace.event.ServedArm;
import io.millrace.event.TensorUpdate;
import io.millrace.event.VersionManifest;
import io.millrace.event.WaitsFor;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureEncoder;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.model.TensorSpec;
import io.millrace.model.Tensors;
import io.millrace.parameters.ParameterKeys;
import io.millrace.ranking.ServedFixture;
import io.millrace.registry.InMemorySchemaRegistry;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real broker: impressions that are logged, versions and counts that are followed. */
class KafkaServingTest {
  private static final Topics TOPICS = Topics.DEFAULT;
  private static final InMemorySchemaRegistry REGISTRY = new InMemorySchemaRegistry();
  private static final AvroWire WIRE = new AvroWire(REGISTRY);

  @TempDir static Path directory;
  private static EmbeddedKafka kafka;

  @BeforeAll
  static void start() throws Exception {
    kafka = new EmbeddedKafka(directory.resolve("kafka"), EmbeddedKafka.newClusterId()).start();
    TopicAdmin.create(kafka.client(), TOPICS, List.of("clicks"), 1, 1);
  }

  @AfterAll
  static void stop() {
    kafka.close();
  }

  @Test
  void logsTheResultsAsServedBeforeItAnswers() {
    ServedFixture.Source source =
        new ServedFixture.Source(ServedFixture.version("clicks", ModelKind.FM, 42));
    ServerConfig config =
        Fixture.config(kafka.client(), REGISTRY, source)
            .withSettings(settings -> settings.withImpressionWait(Duration.ofSeconds(20)));
    try (MillraceServer server = MillraceServer.start(config, List.of(source));
        KafkaConsumer<byte[], byte[]> consumer = consumer(TOPICS.impressions())) {
      Http http = Http.to(server);
      rank(http, "warm-up");
      long before = System.currentTimeMillis();
      JsonNode json = rank(http, "u1");
      assertThat(json.get("logged").asBoolean()).isTrue();
      assertThat(json.get("results")).hasSize(2);

      List<ConsumerRecord<byte[], byte[]>> events = read(consumer, 4).subList(2, 4);
      for (int i = 0; i < 2; i++) {
        JsonNode result = json.get("results").get(i);
        Impression impression = WIRE.decode(events.get(i).value(), Impression.class);
        assertThat(impression.getImpressionId()).isEqualTo(result.get("impressionId").asText());
        assertThat(new String(events.get(i).key(), UTF_8)).isEqualTo(impression.getImpressionId());
        assertThat(impression.getEventTime().toEpochMilli())
            .isBetween(before, System.currentTimeMillis());
        assertThat(impression.getServed().getModel()).isEqualTo("clicks");
        assertThat(impression.getServed().getVersion()).isEqualTo(42);
        assertThat((double) impression.getServed().getProbability())
            .isCloseTo(result.get("probability").asDouble(), within(1e-7));

        GenericRecord features = features(impression);
        assertThat(features.get("user_id")).hasToString("u1");
        assertThat(features.get("ad_id")).hasToString(result.get("id").asText());
        assertThat(features.get("impression_id")).hasToString(impression.getImpressionId());
        assertThat(features.get("event_time")).isEqualTo(impression.getEventTime().toEpochMilli());
        assertThat(impression.getServed().getEncodingHash()).isEqualTo(hash(features));
      }
      assertThat(http.get("/metrics").body())
          .contains("millrace_impressions_total{logged=\"true\"} 4.0\n");
    }
  }

  @Test
  void impressionsSayInWhichArmsTheyWereShown() {
    ServedFixture.Source source =
        new ServedFixture.Source(ServedFixture.version("clicks", ModelKind.FM, 42));
    ServerConfig config =
        Fixture.config(kafka.client(), REGISTRY, source)
            .withSettings(settings -> settings.withImpressionWait(Duration.ofSeconds(20)));
    try (MillraceServer server = MillraceServer.start(config, List.of(source));
        KafkaConsumer<byte[], byte[]> consumer = consumer(TOPICS.impressions())) {
      Http http = Http.to(server);
      for (String key : List.of("faster", "button")) {
        String arms =
            key.equals("faster")
                ? "{\"name\":\"a\",\"weight\":3,\"model\":\"live\"},{\"name\":\"b\",\"weight\":0,\"model\":\"live\"}"
                : "{\"name\":\"red\",\"weight\":1,\"value\":1},{\"name\":\"blue\",\"weight\":1,\"value\":2}";
        http.post(
            "/v1/experiments",
            """
            {"key":"%s","unit":{"kind":"user","attribute":"user_id"},"forced":{"vip":"%s"},"arms":[%s]}
            """
                .formatted(key, key.equals("faster") ? "b" : "red", arms));
        assertThat(
                http.post(
                        "/v1/experiments/state",
                        "{\"key\":\"%s\",\"state\":\"running\"}".formatted(key))
                    .status())
            .isEqualTo(200);
      }
      String body =
          """
          {"context":{"user_id":"%s"},"experiments":["button"],"candidates":[{"features":{"ad_id":"a"}}]}
          """;
      JsonNode shown = http.post("/v1/rank", body.formatted("u1")).json();
      assertThat(http.post("/v1/rank", body.formatted("vip")).json().at("/experiments/button/arm"))
          .hasToString("\"red\"");
      List<ConsumerRecord<byte[], byte[]>> events = read(consumer, 2);
      Impression counted = WIRE.decode(events.get(0).value(), Impression.class);
      assertThat(counted.getServed().getArms())
          .containsExactly(
              new ServedArm("faster", "u1", "a", 1.0),
              new ServedArm("button", "u1", shown.at("/experiments/button/arm").asText(), 0.5));
      Impression forced = WIRE.decode(events.get(1).value(), Impression.class);
      assertThat(forced.getServed().getArms()).isEmpty();
    }
  }

  @Test
  void takesIdsAndTimesThatTheFeaturesBring() {
    ServedFixture.Source source =
        new ServedFixture.Source(ServedFixture.version("clicks", ModelKind.FM, 42));
    ServerConfig config = Fixture.config(kafka.client(), REGISTRY, source);
    try (MillraceServer server = MillraceServer.start(config, List.of(source));
        KafkaConsumer<byte[], byte[]> consumer = consumer(TOPICS.impressions())) {
      long end = consumer.endOffsets(consumer.assignment()).values().iterator().next();
      consumer.seek(consumer.assignment().iterator().next(), end);
      JsonNode json =
          Http.to(server)
              .post(
                  "/v1/rank",
                  """
                  {"candidates":[{"features":{"user_id":"u","ad_id":"a",
                   "impression_id":"my-own","event_time":1700000000123}}]}
                  """)
              .json();
      assertThat(json.at("/results/0/impressionId").asText()).isEqualTo("my-own");
      Impression impression = WIRE.decode(read(consumer, 1).get(0).value(), Impression.class);
      assertThat(impression.getImpressionId()).isEqualTo("my-own");
      assertThat(impression.getEventTime()).isEqualTo(Instant.ofEpochMilli(1_700_000_000_123L));
    }
  }

  /**
   * Ranked as if all were shown first; logged at its place, with what the model says of it there.
   */
  @Test
  void aRankingIsNeutralToPositionsAndLogsThem() {
    FeatureSchema schema =
        FeatureSchema.parse(
            new Schema.Parser()
                .parse(
                    """
                    {"type":"record","name":"Slotted","namespace":"shop.ads",
                     "millrace":{"position":"slot","table":{"rows":4096,"dim":8}},
                     "fields":[
                      {"name":"ad_id","type":"string","feature":{"kind":"categorical"}},
                      {"name":"slot","type":["null","int"],"default":null,
                       "feature":{"kind":"categorical"}}]}
                    """));
    ServedFixture.Source source =
        new ServedFixture.Source(ServedFixture.version("clicks", ModelKind.FM, 42, schema));
    ServerConfig config = Fixture.config(kafka.client(), REGISTRY, source);
    try (MillraceServer server = MillraceServer.start(config, List.of(source));
        KafkaConsumer<byte[], byte[]> consumer = consumer(TOPICS.impressions())) {
      Http http = Http.to(server);
      String ads =
          "\"k\":2,\"candidates\":["
              + "{\"id\":\"a\",\"features\":{\"ad_id\":\"a\"}},"
              + "{\"id\":\"b\",\"features\":{\"ad_id\":\"b\"}},"
              + "{\"id\":\"c\",\"features\":{\"ad_id\":\"c\"}}]}";
      long end = consumer.endOffsets(consumer.assignment()).values().iterator().next();
      consumer.seek(consumer.assignment().iterator().next(), end);
      JsonNode first = http.post("/v1/rank", "{" + ads).json();
      JsonNode second = http.post("/v1/rank", "{\"context\":{\"slot\":7}," + ads).json();
      List<ConsumerRecord<byte[], byte[]>> events = read(consumer, 4);
      for (int i = 0; i < 4; i++) {
        JsonNode result = (i < 2 ? first : second).get("results").get(i % 2);
        int from = i < 2 ? 1 : 7;
        int shown = from + i % 2;
        String ad = result.get("id").asText();
        assertThat(result.get("probability").asDouble())
            .as("neutral")
            .isCloseTo(probability(http, ad, from), within(1e-7));
        Impression impression = WIRE.decode(events.get(i).value(), Impression.class);
        GenericRecord features = features(impression);
        assertThat(features.get("slot")).isEqualTo(shown);
        assertThat((double) impression.getServed().getProbability())
            .as("as shown")
            .isCloseTo(probability(http, ad, shown), within(1e-7));
        assertThat(impression.getServed().getEncodingHash()).isEqualTo(hash(schema, features));
      }
      assertThat(probability(http, "a", 1)).isNotEqualTo(probability(http, "a", 2));
      JsonNode unsaid = http.post("/v1/predict", "{\"features\":{\"ad_id\":\"a\"}}").json();
      assertThat(unsaid.at("/predictions/0/probability").asDouble())
          .as("a position that is not said is the first")
          .isEqualTo(probability(http, "a", 1));

      Http.Answer own =
          http.post(
              "/v1/rank",
              "{\"candidates\":[{\"features\":{\"ad_id\":\"a\",\"slot\":1}},"
                  + "{\"features\":{\"ad_id\":\"b\",\"slot\":2}}]}");
      assertThat(own.status()).isEqualTo(400);
      assertThat(own.body()).contains("candidates[0].features.slot", "a ranking decides positions");
      Http.Answer zero = http.post("/v1/rank", "{\"context\":{\"slot\":0}," + ads);
      assertThat(zero.status()).isEqualTo(400);
      assertThat(zero.body()).contains("the position of the first result, 1 to ");

      Schema newer =
          new Schema.Parser()
              .parse(
                  schema
                      .avro()
                      .toString()
                      .replace(
                          "\"fields\":[",
                          "\"fields\":[{\"name\":\"note\",\"type\":\"string\",\"default\":\"\"},"));
      REGISTRY.register(schema.name(), schema.avro());
      REGISTRY.register(schema.name(), newer);
      consumer.seekToEnd(consumer.assignment());
      consumer.position(consumer.assignment().iterator().next());
      String noted = "{\"context\":{\"slot\":4,\"note\":\"n\"}," + ads;
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> http.post("/v1/rank", noted).status() == 200);
      List<ConsumerRecord<byte[], byte[]>> ofNewer = read(consumer, 2);
      for (int i = 0; i < 2; i++) {
        GenericRecord logged = features(WIRE.decode(ofNewer.get(i).value(), Impression.class));
        assertThat(logged.get("note")).hasToString("n");
        assertThat(logged.get("slot")).as("of a version that the model has not").isEqualTo(4 + i);
      }
    }
  }

  /** The natural upgrade: a field that the model has learned already becomes the position. */
  @Test
  void aModelIsAskedAtPositionsAlthoughANewerVersionGaveItsFieldTheRole() {
    String text =
        """
        {"type":"record","name":"Grown","namespace":"shop.ads",
         "millrace":{"table":{"rows":4096,"dim":8}},
         "fields":[
          {"name":"ad_id","type":"string","feature":{"kind":"categorical"}},
          {"name":"slot","type":"int","feature":{"kind":"numeric","limit":10}}]}
        """;
    FeatureSchema before = FeatureSchema.parse(new Schema.Parser().parse(text));
    Schema after =
        new Schema.Parser()
            .parse(text.replace("\"millrace\":{", "\"millrace\":{\"position\":\"slot\","));
    REGISTRY.register(before.name(), before.avro());
    REGISTRY.register(before.name(), after);
    ServedFixture.Source source =
        new ServedFixture.Source(ServedFixture.version("clicks", ModelKind.FM, 42, before));
    ServerConfig config = Fixture.config(kafka.client(), REGISTRY, source);
    try (MillraceServer server = MillraceServer.start(config, List.of(source));
        KafkaConsumer<byte[], byte[]> consumer = consumer(TOPICS.impressions())) {
      Http http = Http.to(server);
      String ads =
          "\"k\":2,\"candidates\":[{\"features\":{\"ad_id\":\"a\"}},{\"features\":{\"ad_id\":\"b\"}}]}";
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> http.post("/v1/rank", "{" + ads).status() == 200);
      List<ConsumerRecord<byte[], byte[]>> events = read(consumer, 2);
      for (int i = 0; i < 2; i++) {
        Impression impression = WIRE.decode(events.get(i).value(), Impression.class);
        GenericRecord features = features(impression);
        assertThat(features.get("slot")).isEqualTo(1 + i);
        assertThat(impression.getServed().getEncodingHash())
            .isEqualTo(hash(FeatureSchema.parse(after), features));
        assertThat((double) impression.getServed().getProbability())
            .isCloseTo(probability(http, features.get("ad_id").toString(), 1 + i), within(1e-7));
      }
      Http.Answer beyond = http.post("/v1/rank", "{\"context\":{\"slot\":10}," + ads);
      assertThat(beyond.status()).as("the second would be at 11").isEqualTo(400);
      assertThat(beyond.body()).contains("slot");
    }
  }

  private static double probability(Http http, String ad, int slot) {
    return http.post(
            "/v1/predict", "{\"features\":{\"ad_id\":\"%s\",\"slot\":%d}}".formatted(ad, slot))
        .json()
        .at("/predictions/0/probability")
        .asDouble();
  }

  @Test
  void showsRejectedEventsByReasonAndAsText() throws Exception {
    ServedFixture.Source source =
        new ServedFixture.Source(ServedFixture.version("clicks", ModelKind.FM, 42));
    ServerConfig config = Fixture.config(kafka.client(), REGISTRY, source);
    byte[] click = WIRE.encode(new Click("i-77", Instant.ofEpochMilli(1_700_000_000_000L)));
    try (MillraceServer server = MillraceServer.start(config, List.of(source));
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                kafka.client(), new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(rejected("late_click", "click i-77 came late", click)).get();
      producer.send(rejected("malformed_bytes", "byte 0: 0x68", "héllo".getBytes(UTF_8))).get();
      producer.send(rejected("malformed_bytes", "byte 0: 0xff", new byte[] {-1, 0, 7})).get();
      Http http = Http.to(server);
      await().until(() -> http.get("/v1/rejected").json().path("total").asLong() == 3);
      JsonNode answer = http.get("/v1/rejected?limit=2").json();
      assertThat(answer.path("complete").asBoolean()).isTrue();
      assertThat(answer.at("/reasons/0/reason").asText()).isEqualTo("malformed_bytes");
      assertThat(answer.at("/reasons/0/count").asLong()).isEqualTo(2);
      assertThat(answer.path("events")).hasSize(2);
      assertThat(answer.at("/events/0/event").asText()).isEqualTo("0xff0007");
      assertThat(answer.at("/events/1/event").asText()).isEqualTo("héllo");
      JsonNode late = http.get("/v1/rejected?reason=late_click&text=i-77").json().path("events");
      assertThat(late).hasSize(1);
      assertThat(late.at("/0/topic").asText()).isEqualTo("clicks");
      assertThat(late.at("/0/offset").asLong()).isEqualTo(12);
      assertThat(late.at("/0/event").asText()).contains("\"impression_id\": \"i-77\"");
      assertThat(http.get("/v1/rejected?reason=late").json().at("/error/message").asText())
          .contains("reason: \"late\", expected one of [malformed_bytes");
      assertThat(http.get("/v1/rejected?limit=0").json().at("/error/message").asText())
          .contains("expected a number from 1 to 1000");
      assertThat(http.get("/v1/rejected?reasons=x").json().at("/error/message").asText())
          .contains("query: \"reasons\", expected no parameter but limit, reason, text");
    }
  }

  private static ProducerRecord<byte[], byte[]> rejected(
      String reason, String detail, byte[] event) {
    RejectedEvent value =
        RejectedEvent.newBuilder()
            .setReason(reason)
            .setDetail(detail)
            .setTopic("clicks")
            .setPartition(0)
            .setOffset(12)
            .setRejectedTime(Instant.ofEpochMilli(1_700_000_000_000L))
            .setOriginalKey(null)
            .setOriginalValue(ByteBuffer.wrap(event))
            .build();
    return new ProducerRecord<>(TOPICS.rejected(), 0, null, WIRE.encode(value));
  }

  @Test
  void becomesReadyWithTheFirstPublishedVersionAndShowsIngestionCounts() throws Exception {
    ServerConfig config =
        ServerConfig.local(
            0, kafka.client(), TOPICS, List.of("clicks"), directory.resolve("views"), REGISTRY);
    try (MillraceServer server = MillraceServer.start(config);
        KafkaProducer<byte[], byte[]> producer = producer()) {
      Http http = Http.to(server);
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> http.get("/ready").body().contains("nothing has been published"));
      assertThat(http.get("/ready").status()).isEqualTo(503);

      publish(producer, 7, 0.25f);
      await().atMost(Duration.ofSeconds(20)).until(() -> http.get("/ready").status() == 200);
      JsonNode json = predict(http);
      assertThat(json.get("version").asLong()).isEqualTo(7);
      assertThat(json.at("/predictions/0/probability").asDouble())
          .isCloseTo(1 / (1 + Math.exp(-0.25)), within(1e-6));

      producer.send(
          new ProducerRecord<>(
              TOPICS.ingestionCounts(),
              "counts".getBytes(UTF_8),
              WIRE.encode(
                  IngestionCounts.newBuilder()
                      .setCountedTime(Instant.ofEpochMilli(5))
                      .setCounts(Map.of("impressions", 10L, "clicks", 2L))
                      .setEventTime(Instant.ofEpochMilli(1_700_000_000_000L))
                      .setLag(17)
                      .setWaitsFor(
                          new WaitsFor(
                              "clicks", 3, 75L, 16L, Instant.ofEpochMilli(1_700_000_000_500L)))
                      .build())));
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> http.get("/v1/status").json().at("/ingestion/counts/clicks").asLong() == 2);
      JsonNode ingestion = http.get("/v1/status").json().get("ingestion");
      assertThat(ingestion.get("lag").asLong()).isEqualTo(17);
      assertThat(ingestion.get("waitsFor").asText())
          .isEqualTo(
              "Partition clicks-3 has held event time back for 75 s: it is at 2023-11-14T22:13:20Z,"
                  + " and 16 of its records are not read.");
      assertThat(http.get("/metrics").body())
          .contains("millrace_ingestion_lag 17.0\n")
          .contains("millrace_ingestion_events_total{outcome=\"clicks\"} 2.0\n")
          .contains("millrace_ingestion_event_time_seconds 1.7E9\n");
    }
    // Opened again, the server answers from its own files.
    try (MillraceServer server = MillraceServer.start(config)) {
      assertThat(predict(Http.to(server)).get("version").asLong()).isEqualTo(7);
    }
  }

  /** A logistic regression of which only the bias has been learned. */
  private static void publish(KafkaProducer<byte[], byte[]> producer, long version, float bias) {
    ModelConfig config =
        ModelConfig.defaults(ModelKind.LR, "clicks", ServedFixture.SCHEMA)
            .with("{\"numericScaling\":{\"method\":\"none\"}}");
    String topic = TOPICS.parameters("clicks");
    VersionManifest manifest = ServedFixture.manifest(config, ServedFixture.SCHEMA, version);
    try (CompiledModel compiled = CompiledModel.of(config, ServedFixture.SCHEMA)) {
      Tensors tensors = compiled.initialTensors();
      for (int t = 0; t < tensors.specs().size(); t++) {
        TensorSpec spec = tensors.specs().get(t);
        ByteBuffer data = ByteBuffer.allocate(4 * spec.size()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < spec.size(); i++) {
          data.putFloat(bias);
        }
        producer.send(
            new ProducerRecord<>(
                topic,
                ParameterKeys.tensor(spec.name()),
                WIRE.encode(
                    new TensorUpdate(
                        spec.name(), Arrays.stream(spec.shape()).boxed().toList(), data.flip()))));
      }
      manifest.setTensors(tensors.specs().size());
    }
    RowFormat codec = RowFormat.byId(0);
    ByteBuffer zero = ByteBuffer.wrap(codec.encode(new float[1], 0, 1));
    producer.send(
        new ProducerRecord<>(
            topic, ParameterKeys.row(3), WIRE.encode(new RowUpdate(3L, codec.id(), zero))));
    manifest.setRows(1);
    producer.send(new ProducerRecord<>(topic, ParameterKeys.manifest(), WIRE.encode(manifest)));
    producer.flush();
  }

  private static JsonNode predict(Http http) {
    return http.post("/v1/predict", "{\"features\":{\"user_id\":\"u\",\"ad_id\":\"a\"}}").json();
  }

  private static JsonNode rank(Http http, String user) {
    return http.post(
            "/v1/rank",
            """
            {"context":{"user_id":"%s"},"k":2,"candidates":[
             {"id":"a1","features":{"ad_id":"a1"}},{"id":"a2","features":{"ad_id":"a2","price":3}},
             {"id":"a3","features":{"ad_id":"a3","history":["a1"]}}]}
            """
                .formatted(user))
        .json();
  }

  private static GenericRecord features(Impression impression) {
    byte[] bytes = new byte[impression.getFeatures().remaining()];
    impression.getFeatures().get(bytes);
    return WIRE.decode(bytes).features();
  }

  private static long hash(GenericRecord features) {
    return hash(ServedFixture.SCHEMA, features);
  }

  private static long hash(FeatureSchema schema, GenericRecord features) {
    FeatureEncoder encoder = FeatureEncoder.compile(schema);
    EncodedBatch batch = encoder.newBatch();
    encoder.encode(features, batch);
    return batch.hash(0);
  }

  private static KafkaConsumer<byte[], byte[]> consumer(String topic) {
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            kafka.client(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    TopicPartition partition = new TopicPartition(topic, 0);
    consumer.assign(List.of(partition));
    consumer.seekToEnd(List.of(partition));
    consumer.position(partition);
    return consumer;
  }

  private static KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        kafka.client(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static List<ConsumerRecord<byte[], byte[]>> read(
      KafkaConsumer<byte[], byte[]> consumer, int count) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    long end = System.nanoTime() + 20_000_000_000L;
    while (records.size() < count && System.nanoTime() < end) {
      consumer.poll(Duration.ofMillis(200)).forEach(records::add);
    }
    assertThat(records).hasSize(count);
    return records;
  }
}
