package io.millrace.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.registry.http.Http.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Several registries, one of them killed with SIGKILL at a time while a client writes and the
 * others are read all the time. {@code -Dmillrace.deaths=20} is the long form.
 */
class InstanceDeathTest {
  private static final int DEATHS = Integer.getInteger("millrace.deaths", 2);
  private static final long WATCHED_MILLIS = 2_000;
  private static final long READ_EVERY_MILLIS = 10;
  private static final long MAX_MILLIS_WITHOUT_WRITES = 5_000;

  private final Queue<Long> writtenAt = new ConcurrentLinkedQueue<>();
  private final Queue<String> failedReads = new ConcurrentLinkedQueue<>();
  private final AtomicInteger reads = new AtomicInteger();
  private volatile boolean over;

  /** Who is dead or not up again yet; nobody reads there. */
  private volatile int victim = -1;

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void costsTheOthersNoReadAndFewSecondsOfWrites(int instances, @TempDir Path folder)
      throws Exception {
    List<Node> nodes = new ArrayList<>();
    List<Http> clients = new ArrayList<>();
    List<Long> gapsMillis = new ArrayList<>();
    Path said = Files.createTempDirectory("instance-death");
    String bootstrap = Node.freePort();
    try (Node broker =
        new Node(
            said.resolve("broker.txt"),
            "broker",
            folder.toString(),
            EmbeddedKafka.newClusterId(),
            bootstrap,
            Node.freePort())) {
      broker.start();
      for (int i = 0; i < instances; i++) {
        String port = Node.freePort();
        Node node = new Node(said.resolve(i + ".txt"), "registry", port, "127.0.0.1:" + bootstrap);
        node.start();
        nodes.add(node);
        clients.add(new Http(Integer.parseInt(port)));
      }
      clients.get(0).register("read", "\"int\"");
      List<Thread> threads = new ArrayList<>();
      threads.add(new Thread(() -> write(clients)));
      for (int i = 0; i < instances; i++) {
        int instance = i;
        threads.add(new Thread(() -> read(instance, clients.get(instance))));
      }
      threads.forEach(Thread::start);
      for (int death = 0; death < DEATHS; death++) {
        Thread.sleep(WATCHED_MILLIS / 2);
        victim = death % instances;
        long killed = System.nanoTime();
        nodes.get(victim).kill();
        Thread.sleep(WATCHED_MILLIS);
        Awaitility.await().until(() -> writtenAt.stream().anyMatch(at -> at > killed));
        gapsMillis.add(longestGap(killed, System.nanoTime()) / 1_000_000);
        nodes.get(victim).start();
        victim = -1;
      }
      over = true;
      for (Thread thread : threads) {
        thread.join();
      }
    } finally {
      over = true;
      nodes.forEach(Node::close);
    }
    gapsMillis.sort(null);
    System.out.printf(
        "%d instances, %d deaths: without writes median %d ms, longest %d ms; %d writes, %d reads"
            + " of the others, %d failed%n",
        instances,
        DEATHS,
        gapsMillis.get(gapsMillis.size() / 2),
        gapsMillis.get(gapsMillis.size() - 1),
        writtenAt.size(),
        reads.get(),
        failedReads.size());
    assertThat(failedReads).isEmpty();
    assertThat(gapsMillis).allSatisfy(gap -> assertThat(gap).isLessThan(MAX_MILLIS_WITHOUT_WRITES));
  }

  /** The longest time between two writes, of which one at least is between the two times. */
  private long longestGap(long from, long to) {
    long longest = 0;
    long last = from;
    for (long at : writtenAt) {
      if (at < from) {
        last = at;
      } else {
        longest = Math.max(longest, at - last);
        last = at;
      }
    }
    return Math.max(longest, to - last);
  }

  /** One write after another, each on the next instance that takes it. */
  private void write(List<Http> clients) {
    for (int n = 0; !over; n++) {
      String schema = "{\"type\":\"fixed\",\"name\":\"F\",\"size\":" + (n + 1) + "}";
      try {
        if (clients.get(n % clients.size()).register("written-" + n, schema).status() == 200) {
          writtenAt.add(System.nanoTime());
        }
      } catch (AssertionError e) {
        // it is dead; the next one takes the next
      }
    }
  }

  private void read(int instance, Http client) {
    while (!over) {
      boolean alive = victim != instance;
      try {
        Answer byId = client.get("/schemas/ids/1");
        Answer latest = client.get("/subjects/read/versions/latest");
        if (alive && (byId.status() != 200 || latest.status() != 200)) {
          failedReads.add(instance + ": " + byId + ", " + latest);
        }
      } catch (AssertionError e) {
        if (alive && victim != instance) {
          failedReads.add(instance + ": " + e.getMessage());
        }
      }
      reads.addAndGet(alive ? 2 : 0);
      try {
        Thread.sleep(READ_EVERY_MILLIS);
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted", e);
      }
    }
  }
}
