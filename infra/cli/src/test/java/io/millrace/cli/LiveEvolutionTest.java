package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.event.RejectedEvent;
import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.Feature;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.FeatureSchemaRules;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.metrics.ExampleCounts;
import io.millrace.metrics.LearnerFigures;
import io.millrace.registry.http.RegistryServerConfig;
import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.Platform;
import io.millrace.standalone.PlatformConfig;
import io.millrace.standalone.RegistryNode;
import io.millrace.wire.AvroWire;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A team changes its schema by the commands while a platform runs. */
class LiveEvolutionTest {
  private static final FeatureSchema V1 = BuiltInSchemas.load(BuiltInSchemas.AD_WORLD);
  private static final String SUBJECT = V1.name();
  private static final Schema V2 =
      schema(
          "],\"millrace\"",
          ",{'name':'campaign','type':'string','default':'','feature':{'kind':'categorical'}}],"
              + "'millrace'");
  private static final Schema WRONG = schema("log1p", "sqrt");
  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final String FEATURES =
      "'user_id':'u1','user_segment':'student','device':'phone','hour':12,"
          + "'ad_id':'ad-1','advertiser':'a1','category':'games','price':9.5";

  @TempDir Path folder;

  private int sent;

  private static Schema schema(String from, String to) {
    String json = V1.avro().toString();
    int at = json.lastIndexOf(from);
    return new Schema.Parser()
        .parse(json.substring(0, at) + to.replace('\'', '"') + json.substring(at + from.length()));
  }

  private record Ran(int status, String out) {}

  private static Ran run(String... words) {
    PrintStream out = System.out;
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
    try {
      return new Ran(Millrace.run(words), written.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
    }
  }

  private String file(String name, Schema schema) throws Exception {
    return Files.writeString(folder.resolve(name), schema.toString(true)).toString();
  }

  private static void await(String what, BooleanSupplier holds) throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (!holds.getAsBoolean()) {
      assertThat(System.nanoTime()).as("%s within %s", what, LIMIT).isLessThan(deadline);
      Thread.sleep(30);
    }
  }

  private void send(
      KafkaProducer<byte[], byte[]> producer, AvroWire wire, Schema schema, int events) {
    for (int i = 0; i < events; i++) {
      SplittableRandom random = new SplittableRandom(sent);
      GenericRecord record = new GenericData.Record(schema);
      for (Schema.Field field : schema.getFields()) {
        Object value =
            switch (field.schema().getType()) {
              case STRING -> field.name() + random.nextInt(20);
              case INT -> random.nextInt(24);
              case LONG -> System.currentTimeMillis();
              case ARRAY -> List.of();
              default -> 1.0 + random.nextInt(9);
            };
        record.put(field.pos(), field.name().equals("impression_id") ? "i" + sent : value);
      }
      sent++;
      producer.send(new ProducerRecord<>("impressions", wire.encode(record)));
    }
    producer.flush();
  }

  private static JsonNode post(URI server, String path, String json) throws Exception {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(server.resolve(path))
                    .header("content-type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(json.replace('\'', '"')))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    JsonNode body = new ObjectMapper().readTree(response.body());
    return ((com.fasterxml.jackson.databind.node.ObjectNode) body)
        .put("status", response.statusCode());
  }

  private static int predict(Platform platform, String more) throws Exception {
    return post(platform.server(), "/v1/predict", "{'features':{" + FEATURES + more + "}}")
        .path("status")
        .asInt();
  }

  private static ExampleCounts counts(Platform platform) {
    return platform.figures("ads").map(LearnerFigures::counts).orElse(ExampleCounts.NONE);
  }

  private static List<String> features(Platform platform) {
    return platform.liveModels().get(0).schema().encodedFields().stream()
        .map(Feature::name)
        .toList();
  }

  @Test
  void jobsAndServerFollowACompatibleVersionAndRejectAForcedOne() throws Exception {
    ModelConfig model = ModelConfig.defaults(ModelKind.FM, "ads", V1);
    try (DataDirectory directory = DataDirectory.open(folder.resolve("data"));
        Platform platform =
            Platform.start(
                directory,
                PlatformConfig.live(0, List.of(V1), List.of(model))
                    .withWindow(Duration.ofSeconds(1), Duration.ofSeconds(10)));
        RegistryNode registry =
            RegistryNode.start(
                RegistryServerConfig.local(0),
                platform.client(),
                platform.topics(),
                1,
                new FeatureSchemaRules(platform::liveModels));
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                new HashMap<>(platform.client()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      String url = registry.address().toString();
      AvroWire wire = new AvroWire(platform.registry());
      await("a model", () -> !platform.liveModels().isEmpty());
      send(producer, wire, V1.avro(), 60);
      assertThat(predict(platform, "")).isEqualTo(200);
      assertThat(predict(platform, ",'campaign':'c'")).isEqualTo(400);

      Ran refused = run("schema", "register", file("w.avsc", WRONG), "--registry", url);
      assertThat(refused.status()).as(refused.out()).isEqualTo(1);
      assertThat(refused.out())
          .contains("REFUSED")
          .contains("price: transform log1p became sqrt")
          .contains("live models that this would break: ads");
      Ran check =
          run(
              "schema",
              "check",
              file("v2.avsc", V2),
              "--registry",
              url,
              "--server",
              platform.server().toString());
      assertThat(check.status()).as(check.out()).isZero();
      assertThat(check.out())
          .contains("compatible    campaign  added:")
          .contains("registry: " + SUBJECT + " may become the next version")
          .contains("live model ads (fm) follows: takes in campaign");
      Ran registered = run("schema", "register", file("v2.avsc", V2), "--registry", url);
      assertThat(registered.status()).as(registered.out()).isZero();
      assertThat(registered.out()).startsWith(SUBJECT + " has the id ");

      // the server takes the new feature before the model has it, and logs it
      String ranking =
          "{'candidates':[{'features':{%s,'campaign':'c1','impression_id':'r1'}}]}"
              .formatted(FEATURES);
      await(
          "a ranking by the new feature",
          () -> {
            try {
              return post(platform.server(), "/v1/rank", ranking).path("status").asInt() == 200;
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          });
      sent++;
      await("the model to take the feature in", () -> features(platform).contains("campaign"));
      send(producer, wire, V2, 40);
      send(producer, wire, V1.avro(), 40);
      assertThat(predict(platform, "")).isEqualTo(200);
      assertThat(predict(platform, ",'campaign':'c'")).isEqualTo(200);

      platform.registry().register(SUBJECT, WRONG); // by nobody's rules
      send(producer, wire, WRONG, 15);
      send(producer, wire, V2, 20);
      await(
          "all but 15 of %d learned".formatted(sent),
          () -> counts(platform).learned() == sent - 15 && counts(platform).rejected() == 15);
      assertThat(counts(platform).encodingMismatches()).isZero();
      assertThat(platform.failure()).isEmpty();
      List<RejectedEvent> rejected = rejected(platform);
      assertThat(rejected)
          .hasSize(15)
          .allMatch(event -> event.getReason().equals("incompatible_schema"))
          .allMatch(event -> event.getTopic().equals("examples"))
          .allMatch(event -> event.getDetail().contains("price: transform log1p became sqrt"));
    }
  }

  private static List<RejectedEvent> rejected(Platform platform) {
    AvroWire wire = new AvroWire(platform.registry());
    Map<String, Object> config = new HashMap<>(platform.client());
    config.put("isolation.level", "read_committed");
    List<RejectedEvent> events = new ArrayList<>();
    TopicPartition partition = new TopicPartition("rejected", 0);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (events.size() < 15 && System.nanoTime() < deadline) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(record -> events.add(wire.decode(record.value(), RejectedEvent.class)));
      }
    }
    return events;
  }
}
