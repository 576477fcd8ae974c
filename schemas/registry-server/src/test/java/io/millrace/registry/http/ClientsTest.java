package io.millrace.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.broker.EmbeddedKafka;
import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.registry.RegistryService;
import io.millrace.schema.SchemaRules;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.avro.shaded.org.apache.avro.Schema;
import org.apache.flink.formats.avro.registry.confluent.ConfluentRegistryAvroDeserializationSchema;
import org.apache.flink.formats.avro.registry.confluent.ConfluentRegistryAvroSerializationSchema;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Unmodified clients: what one of them writes, all of them read, and so do our jobs. */
class ClientsTest {
  private static final String TOPIC = "people";
  private static final String SCHEMA =
      "{\"type\":\"record\",\"name\":\"Person\",\"namespace\":\"shop\",\"fields\":["
          + "{\"name\":\"name\",\"type\":\"string\"},{\"name\":\"age\",\"type\":\"int\"}]}";

  private static EmbeddedKafka kafka;
  private static RegistryService registry;
  private static RegistryServer server;
  private static String url;

  @BeforeAll
  static void start(@TempDir Path folder) {
    kafka = new EmbeddedKafka(folder, EmbeddedKafka.newClusterId()).start();
    TopicAdmin.create(kafka.client(), Topics.DEFAULT, List.of(), 1, 1);
    registry =
        RegistryService.onKafka(
            kafka.client(),
            Topics.DEFAULT.schemas(),
            Clock.systemUTC(),
            Duration.ofSeconds(10),
            SchemaRules.NONE);
    server = RegistryServer.start(RegistryServerConfig.local(0), registry);
    url = "http://127.0.0.1:" + server.port();
  }

  @AfterAll
  static void stop() {
    server.close();
    registry.close();
    kafka.close();
  }

  @Test
  void whatOneWritesAllRead() throws Exception {
    NodeClients node = new NodeClients(url);
    ApicurioClients apicurio2 = new ApicurioClients("2", url + "/apis/registry/v2");
    ApicurioClients apicurio3 = new ApicurioClients("3", url + "/apis/registry/v3");
    Map<String, byte[]> written = new LinkedHashMap<>();
    node.run(List.of("write", TOPIC, SCHEMA, "{\"name\":\"Ann\",\"age\":41}"))
        .properties()
        .forEach(
            entry ->
                written.put(
                    entry.getKey(), Base64.getDecoder().decode(entry.getValue().textValue())));
    written.put("confluent in flink", byFlink());
    for (ApicurioClients apicurio : List.of(apicurio2, apicurio3)) {
      String value = apicurio.run("write", TOPIC, SCHEMA).get(0);
      written.put("apicurio " + written.size(), Base64.getDecoder().decode(value));
    }
    try (KafkaSchemaRegistry ours =
        new KafkaSchemaRegistry(kafka.client(), Topics.DEFAULT.schemas(), Clock.systemUTC())) {
      AvroWire wire = new AvroWire(ours);
      written.put("millrace", byUs(wire));
      assertThat(written).hasSize(6);
      List<byte[]> values = throughKafka(written.values());
      List<String> command = new ArrayList<>(List.of("read", TOPIC));
      values.forEach(value -> command.add(Base64.getEncoder().encodeToString(value)));
      JsonNode readByNode = node.run(command);
      for (ApicurioClients apicurio : List.of(apicurio2, apicurio3)) {
        // each by global and by content id
        assertThat(apicurio.run(command.toArray(String[]::new)))
            .hasSize(2 * values.size())
            .containsOnly("{\"name\": \"Ann\", \"age\": 41}");
      }
      List<String> writers = List.copyOf(written.keySet());
      for (int i = 0; i < values.size(); i++) {
        String writer = writers.get(i);
        assertThat(readByNode.get(i)).as(writer).hasSize(2);
        for (JsonNode read : readByNode.get(i)) {
          assertThat(read).as(writer).hasToString("{\"name\":\"Ann\",\"age\":41}");
        }
        assertThat(readByFlink(values.get(i))).as(writer).isEqualTo("Ann 41");
        GenericRecord mine = wire.decode(values.get(i)).features();
        assertThat(mine.get("name") + " " + mine.get("age")).as(writer).isEqualTo("Ann 41");
      }
    }
    // one schema, one id, whoever registered it
    assertThat(written.values().stream().map(AvroWire::schemaId).distinct()).hasSize(1);
  }

  private static byte[] byFlink() throws Exception {
    Schema schema = new Schema.Parser().parse(SCHEMA);
    var writer = ConfluentRegistryAvroSerializationSchema.forGeneric(TOPIC + "-value", schema, url);
    writer.open(null);
    var person =
        new org.apache.flink.avro.shaded.org.apache.avro.generic.GenericData.Record(schema);
    person.put("name", "Ann");
    person.put("age", 41);
    return writer.serialize(person);
  }

  private static String readByFlink(byte[] value) throws Exception {
    var reader =
        ConfluentRegistryAvroDeserializationSchema.forGeneric(
            new Schema.Parser().parse(SCHEMA), url);
    var person = reader.deserialize(value);
    return person.get("name") + " " + person.get("age");
  }

  private static byte[] byUs(AvroWire wire) {
    GenericRecord person =
        new GenericData.Record(new org.apache.avro.Schema.Parser().parse(SCHEMA));
    person.put("name", "Ann");
    person.put("age", 41);
    return wire.encode(person);
  }

  private static List<byte[]> throughKafka(Iterable<byte[]> values) throws Exception {
    TopicPartition partition = new TopicPartition(TOPIC, 0);
    int count = 0;
    try (var admin = org.apache.kafka.clients.admin.Admin.create(kafka.client())) {
      admin
          .createTopics(List.of(new org.apache.kafka.clients.admin.NewTopic(TOPIC, 1, (short) 1)))
          .all()
          .get();
    }
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(kafka.client(), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (byte[] value : values) {
        producer.send(new ProducerRecord<>(TOPIC, value)).get();
        count++;
      }
    }
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            kafka.client(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      List<byte[]> read = new ArrayList<>();
      while (read.size() < count) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> read.add(record.value()));
      }
      return read;
    }
  }

  /** What Apicurio's serdes may be configured to do. */
  @ParameterizedTest
  @CsvSource({
    // 2 registers nested types inside their users, looks for them beside them, and finds none
    "2, v2, ArtifactNotFoundException, ArtifactAlreadyExistsException, ArtifactNotFoundException,"
        + " RuleViolationException",
    "3, v2, , RuleViolationError, Error, RuleViolationError",
    "3, v3, , RuleViolationProblemDetails, RuntimeException, RuleViolationProblemDetails"
  })
  void apicuriosSerdesFindTheirWay(
      String serdes,
      String api,
      String nestedByContent,
      String mustBeNew,
      String unknown,
      String incompatible)
      throws Exception {
    String topic = "flows-" + serdes + "-" + api;
    String nested =
        "{\"type\":\"record\",\"name\":\"Order\",\"namespace\":\"shop\",\"fields\":["
            + "{\"name\":\"buyer\",\"type\":"
            + SCHEMA
            + "}]}";
    String other = SCHEMA.replace("\"string\"", "\"int\"");
    List<String> became =
        new ApicurioClients(serdes, url + "/apis/registry/" + api)
            .run("flows", topic, SCHEMA, nested, other);
    String ann = "{\"name\": \"Ann\", \"age\": 41}";
    assertThat(became)
        .containsExactly(
            "registered: " + ann,
            "registered again: " + ann,
            "by content: " + ann,
            "newest: " + ann,
            "by version: " + ann,
            "in a group: " + ann,
            "nested: {\"buyer\": " + ann + "}",
            "nested by content: "
                + (nestedByContent == null ? "{\"buyer\": " + ann + "}" : nestedByContent),
            "must be new: " + mustBeNew,
            "unknown: " + unknown,
            "incompatible: " + incompatible);
  }

  @Test
  void theClientsManageSubjects() throws Exception {
    JsonNode found = new NodeClients(url).run(List.of("manage", "managed"));
    int first = found.at("/ids/0").asInt();
    int second = found.at("/ids/1").asInt();
    int third = found.path("forced").asInt();
    assertThat(first).isPositive();
    assertThat(List.of(second, third)).doesNotContain(first).doesNotHaveDuplicates();
    assertThat(found.path("incompatible").asInt()).isEqualTo(409);
    assertThat(found.path("compatible")).hasToString("[true,false]");
    assertThat(found.path("subjects").toString()).contains("\"managed\"");
    assertThat(found.path("versions")).hasToString("[1,2]");
    assertThat(found.path("latest").asInt()).isEqualTo(2);
    assertThat(found.path("version").asInt()).isEqualTo(1);
    assertThat(found.path("id").asInt()).isEqualTo(second);
    assertThat(found.path("byId").asText()).isEqualTo("Managed");
    assertThat(found.path("level").asText()).isEqualTo("NONE");
    assertThat(found.path("kafkajsLatest").asInt()).isEqualTo(third);
    assertThat(found.path("kafkajsSecond").asInt()).isEqualTo(second);
    assertThat(found.path("kafkajsBySchema").asInt()).isEqualTo(second);
    assertThat(found.path("deletedVersion").asInt()).isEqualTo(1);
    assertThat(found.path("deleted")).hasToString("[2,3]");
    assertThat(found.path("forgotten")).hasToString("[1,2,3]");
    assertThat(found.path("unknown").asInt()).isEqualTo(404);
  }
}
