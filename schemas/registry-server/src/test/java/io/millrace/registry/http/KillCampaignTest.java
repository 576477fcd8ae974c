package io.millrace.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.registry.http.Http.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two registries and their broker, each a process of its own, one of them killed with SIGKILL at a
 * time, while four clients register. {@code -Dmillrace.kills=200} is the long form.
 */
class KillCampaignTest {
  private static final int KILLS = Integer.getInteger("millrace.kills", 4);
  private static final int CLIENTS = 4;
  private static final int TRIES = 10;
  private static final long SEED = 20_260_101;

  /** What a registry has promised. */
  private record Acknowledged(String subject, String schema, int id) {}

  private final ConcurrentLinkedQueue<Acknowledged> acknowledged = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> givenUp = new ConcurrentLinkedQueue<>();
  private final List<String> failedBesideAKill = new ArrayList<>();
  private final AtomicInteger tries = new AtomicInteger();
  private final AtomicBoolean over = new AtomicBoolean();

  @Test
  void nothingAcknowledgedIsLostAndNoIdIsUsedTwice(@TempDir Path folder) throws Exception {
    String brokerPort = Node.freePort();
    String[] ports = {Node.freePort(), Node.freePort()};
    List<Long> otherTookMillis = new ArrayList<>();
    Path said = Files.createTempDirectory("kill-campaign");
    System.out.println("what the processes print is in " + said);
    try (Node broker =
            new Node(
                said.resolve("broker.txt"),
                "broker",
                folder.toString(),
                EmbeddedKafka.newClusterId(),
                brokerPort,
                Node.freePort());
        Node first =
            new Node(said.resolve("first.txt"), "registry", ports[0], "127.0.0.1:" + brokerPort);
        Node second =
            new Node(said.resolve("second.txt"), "registry", ports[1], "127.0.0.1:" + brokerPort)) {
      broker.start();
      first.start();
      second.start();
      Http[] registries = {
        new Http(Integer.parseInt(ports[0])), new Http(Integer.parseInt(ports[1]))
      };
      List<Thread> clients = new ArrayList<>();
      for (int c = 0; c < CLIENTS; c++) {
        int client = c;
        clients.add(new Thread(() -> registerUntilTheEnd(client, registries)));
      }
      clients.forEach(Thread::start);
      SplittableRandom random = new SplittableRandom(SEED);
      Node[] nodes = {first, second, broker};
      for (int k = 0; k < KILLS; k++) {
        Thread.sleep(random.nextInt(300));
        int victim = k < nodes.length ? k : random.nextInt(nodes.length);
        nodes[victim].kill();
        if (victim < registries.length) {
          otherTookMillis.add(registerAtOnce(registries[1 - victim], k));
        }
        nodes[victim].start();
        System.out.printf(
            "kill %d of %d: %s, %d acknowledged%n",
            k + 1, KILLS, victim == 2 ? "broker" : "registry", acknowledged.size());
      }
      over.set(true);
      for (Thread client : clients) {
        client.join();
      }
      check(registries);
    }
    otherTookMillis.sort(null);
    int all = acknowledged.size() + givenUp.size();
    System.out.printf(
        "%d kills (%d of registries), %d registrations, %d given up after %d tries, %d tries;"
            + " a write on the other registry right after a kill: median %d ms, longest %d ms%n",
        KILLS,
        otherTookMillis.size(),
        all,
        givenUp.size(),
        TRIES,
        tries.get(),
        otherTookMillis.get(otherTookMillis.size() / 2),
        otherTookMillis.get(otherTookMillis.size() - 1));
    assertThat(failedBesideAKill).isEmpty();
    assertThat(givenUp.size()).as(givenUp.toString()).isLessThanOrEqualTo(all / 1000);
    assertThat(acknowledged.size()).isGreaterThan(KILLS);
  }

  /** One registry's death costs the clients of another nothing: first try, reads too. */
  private long registerAtOnce(Http other, int kill) {
    long start = System.nanoTime();
    String schema = schema("afterKill" + kill);
    String subject = "after-kill-" + kill;
    Answer written = other.register(subject, schema);
    int id = written.json().path("id").asInt();
    Answer byId = other.get("/schemas/ids/" + id);
    Answer versions = other.get("/subjects/" + subject + "/versions");
    if (written.status() == 200) {
      acknowledged.add(new Acknowledged(subject, schema, id));
    }
    if (written.status() != 200 || byId.status() != 200 || versions.status() != 200) {
      failedBesideAKill.add("kill %d: %s, %s, %s".formatted(kill, written, byId, versions));
    }
    return (System.nanoTime() - start) / 1_000_000;
  }

  private void registerUntilTheEnd(int client, Http[] registries) {
    for (int n = 0; !over.get(); n++) {
      // a third is everybody's, the rest this client's own; few subjects, many versions
      String schema = schema(n % 3 == 0 ? "all" + n : "c" + client + "n" + n);
      String subject = "s" + n % 5 + "-" + (n / 100);
      register(subject, schema, client + n, registries);
      sleep(100);
    }
  }

  private void register(String subject, String schema, int start, Http[] registries) {
    for (int attempt = 0; attempt < TRIES; attempt++) {
      tries.incrementAndGet();
      try {
        Answer answer = registries[(start + attempt) % 2].register(subject, schema);
        if (answer.status() == 200) {
          acknowledged.add(new Acknowledged(subject, schema, answer.json().path("id").asInt()));
          return;
        }
        assertThat(answer.status()).as(answer.toString()).isGreaterThanOrEqualTo(500);
      } catch (AssertionError e) {
        if (e.getCause() == null) {
          givenUp.add(subject + ": " + e.getMessage());
          return;
        }
        // the process was killed: the other one, or later
      }
      sleep(100L << Math.min(attempt, 5));
    }
    givenUp.add(subject + " " + schema);
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  /** Optional fields: any may follow any other. */
  private static String schema(String field) {
    return "{\"type\":\"record\",\"name\":\"R\",\"fields\":[{\"name\":\"%s\",\"type\":\"int\",\"default\":0}]}"
        .formatted(field);
  }

  private void check(Http[] registries) {
    Map<Integer, String> schemas = new TreeMap<>();
    for (Acknowledged each : acknowledged) {
      String other = schemas.putIfAbsent(each.id(), each.schema());
      assertThat(other == null || other.equals(each.schema()))
          .as("id %d: %s and %s", each.id(), other, each.schema())
          .isTrue();
    }
    assertThat(schemas.values()).doesNotHaveDuplicates();
    for (Http registry : registries) {
      schemas.forEach(
          (id, schema) ->
              assertThat(registry.get("/schemas/ids/" + id).json().path("schema").asText())
                  .as("id %d", id)
                  .isEqualTo(schema));
    }
    for (Acknowledged each : acknowledged) {
      Answer found =
          registries[each.id() % 2].post(
              "/subjects/" + each.subject(), Http.schemaBody(each.schema()));
      assertThat(found.json().path("id").asInt()).as(found.toString()).isEqualTo(each.id());
    }
    assertThat(registries[0].get("/schemas").body())
        .isEqualTo(registries[1].get("/schemas").body());
  }
}
