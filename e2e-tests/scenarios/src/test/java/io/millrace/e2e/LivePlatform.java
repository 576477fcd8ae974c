package io.millrace.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.broker.EmbeddedKafka;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * {@code millrace up} and the broker that it lives on, a process each on a port of its own, so that
 * each can die alone and be found again. Used by one thread.
 */
final class LivePlatform implements AutoCloseable {
  /** What {@code up} writes when everything has started. */
  static final String STARTED = "server and console";

  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final String BROKER_RUNS = "broker runs";

  private final Path folder;
  private final String heap;
  private final List<String> options;
  private final String clusterId = EmbeddedKafka.newClusterId();
  private final int brokerPort = freePort();
  private final int serverPort = freePort();
  private @Nullable MillraceProcess broker;
  private @Nullable MillraceProcess millrace;

  /**
   * A platform, not started yet.
   *
   * @param heap of {@code up}, as {@code 1g}
   * @param options of {@code up}
   */
  LivePlatform(Path folder, String heap, String... options) throws IOException {
    this.folder = folder;
    this.heap = heap;
    this.options = List.of(options);
    Path schema = folder.resolve("schema.avsc");
    Files.writeString(schema, Scenario.SCHEMA.avro().toString(), StandardCharsets.UTF_8);
  }

  /** A free port below those that systems give to outgoing connections. */
  private static int freePort() {
    Random random = new Random();
    while (true) {
      int port = 12_000 + random.nextInt(6_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // in use
      }
    }
  }

  void startBroker() throws IOException, InterruptedException {
    Path data = Files.createDirectories(folder.resolve("broker"));
    MillraceProcess starting =
        MillraceProcess.start(
            folder,
            List.of("-Xmx512m", "-XX:+UseSerialGC"),
            BrokerMain.class.getName(),
            data.toString(),
            clusterId,
            String.valueOf(brokerPort));
    broker = starting;
    starting.awaitOutput(BROKER_RUNS, LIMIT);
    if (!starting.hasSaid(BROKER_RUNS)) {
      throw new IllegalStateException("the broker did not start: " + starting.output());
    }
  }

  /** SIGKILL. */
  void killBroker() throws InterruptedException {
    Objects.requireNonNull(broker).kill();
  }

  /** Starts {@code up}, and does not wait for it. */
  void startMillrace() throws IOException {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("up", "--schema", folder.resolve("schema.avsc").toString()));
    words.addAll(List.of("--port", String.valueOf(serverPort), "--registry-port", "-1"));
    words.addAll(List.of("--bootstrap", bootstrap()));
    words.addAll(List.of("--data-dir", folder.resolve("data").toString()));
    words.addAll(options);
    millrace =
        MillraceProcess.start(
            folder,
            List.of(
                "-Xms256m",
                "-Xmx" + heap,
                "-Xlog:gc,safepoint:file=pauses.log:uptime,tags",
                "-XX:+UseG1GC",
                "-XX:MaxGCPauseMillis=50",
                "-XX:+ExitOnOutOfMemoryError",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-modules=jdk.incubator.vector",
                "-XX:PerMethodTrapLimit=10000",
                "-Dai.djl.offline=true"),
            KillableMillrace.class.getName(),
            words.toArray(String[]::new));
  }

  /** Starts both, and waits until rankings are answered. */
  void start() throws IOException, InterruptedException {
    startBroker();
    startMillrace();
    awaitReady();
  }

  /** The process of {@code up} that was started last. */
  MillraceProcess millrace() {
    return Objects.requireNonNull(millrace);
  }

  /**
   * Waits until {@code /ready} says 200.
   *
   * @return false if the process ended before
   */
  boolean awaitReady() throws InterruptedException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    String last = "no answer";
    while (millrace().isAlive()) {
      try {
        Api.Answer answer = api().get("/ready");
        if (answer.status() == 200) {
          return true;
        }
        last = answer.body().toString();
      } catch (IOException e) {
        last = e.toString();
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "not ready within %s: %s; %s".formatted(LIMIT, last, millrace().outputSoFar()));
      }
      Thread.sleep(100);
    }
    return false;
  }

  /** What {@code /v1/status} says. */
  JsonNode status() throws IOException, InterruptedException {
    return api().get("/v1/status").body();
  }

  Api api() {
    return new Api(server());
  }

  URI server() {
    return URI.create("http://127.0.0.1:" + serverPort);
  }

  int serverPort() {
    return serverPort;
  }

  private String bootstrap() {
    return "127.0.0.1:" + brokerPort;
  }

  /** Properties for Kafka clients. */
  Map<String, Object> client() {
    return Map.of("bootstrap.servers", bootstrap());
  }

  @Override
  public void close() {
    if (millrace != null) {
      millrace.close();
    }
    if (broker != null) {
      broker.close();
    }
  }
}
