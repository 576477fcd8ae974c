package io.millrace.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.registry.RegistryService;
import io.millrace.registry.http.Http.Answer;
import io.millrace.schema.SchemaRules;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several registries on one topic are one registry. */
class InstancesTest {
  private EmbeddedKafka kafka;
  private final List<RegistryService> registries = new ArrayList<>();
  private final List<RegistryServer> servers = new ArrayList<>();
  private final List<Http> clients = new ArrayList<>();

  @BeforeEach
  void start(@TempDir Path folder) {
    kafka = new EmbeddedKafka(folder, EmbeddedKafka.newClusterId()).start();
    TopicAdmin.createSchemas(kafka.client(), Topics.DEFAULT, 1);
    for (int i = 0; i < 3; i++) {
      add();
    }
  }

  private void add() {
    RegistryService registry =
        RegistryService.onKafka(
            kafka.client(),
            Topics.DEFAULT.schemas(),
            Clock.systemUTC(),
            Duration.ofSeconds(5),
            SchemaRules.NONE);
    RegistryServer server = RegistryServer.start(RegistryServerConfig.local(0), registry);
    registries.add(registry);
    servers.add(server);
    clients.add(new Http(server.port()));
  }

  @AfterEach
  void stop() {
    servers.forEach(server -> new Thread(server::close).start());
    registries.forEach(RegistryService::close);
    kafka.close();
  }

  private static String schema(String field, String extra) {
    return "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"%s\",\"type\":\"int\"%s}]}"
        .formatted(field, extra);
  }

  @Test
  void whatOneIsToldAllKnowAtOnce() {
    for (int i = 0; i < 12; i++) {
      Http writer = clients.get(i % 3);
      String subject = "s" + i;
      int id = writer.register(subject, schema("f" + i, "")).json().path("id").asInt();
      assertThat(id).isEqualTo(i + 1);
      writer.put("/config/" + subject, "{\"compatibility\":\"FULL\"}");
      if (i % 4 == 3) {
        writer.delete("/subjects/" + subject);
      }
      if (i % 8 == 7) {
        writer.delete("/subjects/" + subject + "?permanent=true");
      }
      for (String question :
          List.of(
              "/subjects",
              "/subjects?deleted=true",
              "/schemas",
              "/schemas/ids/" + id,
              "/config/" + subject,
              "/subjects/" + subject + "/versions",
              "/subjects/" + subject + "/versions/latest")) {
        String answer = writer.get(question).toString();
        for (Http reader : clients) {
          assertThat(reader.get(question)).as(question).hasToString(answer);
        }
      }
    }
  }

  /**
   * Two schemas that each may follow what is there, but not each other: registered at once on three
   * instances, one alone gets in, so the check and the write are one step.
   */
  @Test
  void racingSchemasAreCheckedAgainstTheOneThatWon() throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(3);
    for (int round = 0; round < 10; round++) {
      String subject = "race" + round;
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Http client = clients.get(i);
        String own = schema("only" + i, "");
        answers.add(executor.submit(() -> client.register(subject, own).status()));
      }
      List<Integer> statuses = new ArrayList<>();
      for (Future<Integer> answer : answers) {
        statuses.add(answer.get());
      }
      assertThat(statuses).containsExactlyInAnyOrder(200, 409, 409);
      assertThat(clients.get(0).get("/subjects/" + subject + "/versions").body()).isEqualTo("[1]");
    }
    executor.shutdown();
  }

  @Test
  void aLateInstanceRebuildsItselfFromTheTopic() {
    Http first = clients.get(0);
    first.register("a", schema("x", ""));
    first.register("a", schema("y", ",\"default\":1"));
    first.put("/mode/a", "{\"mode\":\"READONLY\"}");
    first.put("/config", "{\"compatibility\":\"NONE\"}");
    first.register("b", schema("z", ""));
    first.delete("/subjects/b");
    first.delete("/subjects/b?permanent=true");
    add();
    Http late = clients.get(3);
    Set<String> different = new HashSet<>();
    for (String question :
        List.of("/schemas", "/subjects?deleted=true", "/mode/a", "/config", "/schemas/ids/2")) {
      if (!late.get(question).toString().equals(first.get(question).toString())) {
        different.add(question);
      }
    }
    assertThat(different).isEmpty();
    // an id that was forgotten is not given to another schema
    assertThat(late.register("c", schema("w", "")).body()).isEqualTo("{\"id\":4}");
  }

  /** An empty log that was read to its end is known as well as a full one. */
  @Test
  void anEmptyRegistryAnswersWhileKafkaIsAway() {
    Http client = clients.get(0);
    assertThat(client.get("/subjects").body()).isEqualTo("[]");
    kafka.close();
    assertThat(client.get("/subjects").toString()).isEqualTo("200 []");
    assertThat(client.get("/subjects/a/versions").status()).isEqualTo(404);
  }

  @Test
  void questionsAreAnsweredWhileKafkaIsAway() {
    Http client = clients.get(0);
    client.register("a", schema("x", ""));
    kafka.close();
    assertThat(client.get("/schemas/ids/1").status()).isEqualTo(200);
    assertThat(client.get("/subjects/a/versions/latest").status()).isEqualTo(200);
    Answer refused = client.register("a", schema("y", ",\"default\":1"));
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.json().path("error_code").asInt()).isEqualTo(50001);
    assertThat(refused.headers().firstValue("Retry-After")).contains("1");
    kafka.start();
    assertThat(client.register("a", schema("y", ",\"default\":1")).body()).isEqualTo("{\"id\":2}");
  }
}
