package io.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.journal.JournalRecord;
import io.millrace.schema.SchemaRegistry;
import io.millrace.schema.SchemaRegistry.RegisteredSchema;
import io.millrace.schema.SchemaRegistryException;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaSchemaRegistryTest extends SchemaRegistryContract {
  private static EmbeddedKafka kafka;
  private static int platforms;
  private String topic = "";

  @BeforeAll
  static void startKafka(@TempDir Path directory) {
    kafka = new EmbeddedKafka(directory, EmbeddedKafka.newClusterId()).start();
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @Override
  SchemaRegistry open() {
    Topics topics = new Topics("p" + platforms++ + "-");
    topic = topics.schemas();
    TopicAdmin.create(kafka.client(), topics, List.of(), 1, 1);
    return another();
  }

  private KafkaSchemaRegistry another() {
    return new KafkaSchemaRegistry(kafka.client(), topic, Clock.systemUTC());
  }

  @Test
  void anotherInstanceSeesWhatThisOneRegisteredAtOnce() {
    try (KafkaSchemaRegistry other = another()) {
      for (int i = 1; i <= 20; i++) {
        RegisteredSchema mine = registry.register("s", schema("s", "field" + i));
        assertThat(other.byId(i)).contains(mine);
        assertThat(other.latest("s")).contains(mine);
      }
    }
  }

  @Test
  void aRestartReadsTheSame() {
    registry.register("a", PLAIN);
    registry.register("a", WIDER);
    registry.close();
    registry = another();
    assertThat(registry.byId(2).orElseThrow().schema()).isEqualTo(WIDER);
    assertThat(registry.register("a", PLAIN).id()).isEqualTo(1);
    assertThat(registry.register("b", PLAIN).id()).isEqualTo(1);
    assertThat(registry.register("b", schema("b", "c")).id()).isEqualTo(3);
  }

  @Test
  void racingInstancesAgreeOnEveryId() throws Exception {
    int instances = 3;
    int schemas = 15;
    ExecutorService executor = Executors.newFixedThreadPool(instances);
    List<KafkaSchemaRegistry> registries = new ArrayList<>();
    CyclicBarrier start = new CyclicBarrier(instances);
    List<Future<List<RegisteredSchema>>> results = new ArrayList<>();
    for (int i = 0; i < instances; i++) {
      KafkaSchemaRegistry mine = another();
      int instance = i;
      registries.add(mine);
      results.add(
          executor.submit(
              () -> {
                List<RegisteredSchema> registered = new ArrayList<>();
                start.await();
                for (int s = 0; s < schemas; s++) {
                  // Half of the schemas are everyone's, half are this instance's own.
                  String field = s % 2 == 0 ? "all" + s : "of" + instance + "_" + s;
                  registered.add(mine.register("s", schema("s", field)));
                }
                return registered;
              }));
    }
    Map<Integer, RegisteredSchema> byId = new HashMap<>();
    for (Future<List<RegisteredSchema>> result : results) {
      for (RegisteredSchema schema : result.get()) {
        RegisteredSchema other = byId.putIfAbsent(schema.id(), schema);
        assertThat(other == null || other.equals(schema)).isTrue();
      }
    }
    int expected = (schemas + 1) / 2 + instances * (schemas / 2);
    assertThat(byId).hasSize(expected).containsKeys(1, expected);
    try (KafkaSchemaRegistry late = another()) {
      registries.add(late);
      for (KafkaSchemaRegistry each : registries) {
        byId.forEach((id, schema) -> assertThat(each.byId(id)).contains(schema));
        assertThat(each.byId(expected + 1)).isEmpty();
      }
    }
    registries.forEach(KafkaSchemaRegistry::close);
    executor.shutdown();
  }

  /** What compaction may do at most: keep only the newest record of each key. */
  @Test
  void theWinnerOfARaceStaysTheWinnerAfterCompaction() throws Exception {
    append(claim("a-0", "winner", 1, PLAIN));
    append(claim("b-0", "loser", 1, WIDER));
    assertThat(registry.byId(1).orElseThrow().subject()).isEqualTo("winner");
    assertThat(registry.latest("loser")).isEmpty();
    Set<String> keys = new HashSet<>();
    List<ConsumerRecord<byte[], byte[]>> log = readAll();
    log.forEach(r -> keys.add(new String(r.key(), StandardCharsets.UTF_8)));
    assertThat(keys).hasSameSizeAs(log);
  }

  @Test
  void recordsThatAreNoSchemasAreSkipped() throws Exception {
    append(new byte[] {1}, new byte[] {2, 3});
    append(new byte[] {1}, null);
    append("{\"attempt\":\"a\"}", "{\"subject\":\"s\"}");
    append("{\"attempt\":\"a\"}", "{\"format\":1,\"revision\":1,\"change\":\"schema\"}");
    append("{\"attempt\":\"a\"}", "{\"format\":1,\"revision\":1,\"change\":\"other\"}");
    assertThat(registry.register("s", PLAIN).id()).isEqualTo(1);
  }

  @Test
  void saysSoWhenTheTopicIsMissing() {
    try (KafkaSchemaRegistry lost =
        new KafkaSchemaRegistry(
            Map.of(
                "bootstrap.servers",
                kafka.bootstrapServers(),
                "default.api.timeout.ms",
                2000,
                "request.timeout.ms",
                1000),
            "no-such-topic",
            Clock.systemUTC())) {
      assertThatThrownBy(() -> lost.register("s", PLAIN))
          .isInstanceOf(SchemaRegistryException.class)
          .hasMessageContaining("no-such-topic");
    }
  }

  private static JournalRecord<RegistryChange> claim(
      String attempt, String subject, long revision, Schema schema) {
    return new JournalRecord<>(
        attempt,
        revision,
        new RegistryChange.AddVersion(
            subject, 1, 1, new SchemaContent(schema.toString(), List.of())));
  }

  private void append(JournalRecord<RegistryChange> record) throws Exception {
    append(record.key(), record.value(new RegistryChangeFormat()));
  }

  private void append(String key, String value) throws Exception {
    append(key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
  }

  private void append(byte[] key, byte @Nullable [] value) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(kafka.client(), new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic, key, value)).get();
    }
  }

  private List<ConsumerRecord<byte[], byte[]>> readAll() {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            kafka.client(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      TopicPartition partition = new TopicPartition(topic, 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = Objects.requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
      List<ConsumerRecord<byte[], byte[]>> all = new ArrayList<>();
      while (consumer.position(partition) < end) {
        consumer.poll(java.time.Duration.ofMillis(200)).forEach(all::add);
      }
      return all;
    }
  }
}
