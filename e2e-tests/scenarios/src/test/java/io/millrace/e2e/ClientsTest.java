package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs in other languages, as the guide shows them, with unmodified clients: what they write to
 * Kafka is learned, and a client made from {@code /openapi.json} alone does what the command line
 * does. Each is skipped where its language or its client is not there.
 */
@SuppressWarnings("NullAway.Init") // set before all tests
class ClientsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final Path CLIENTS = DocsTest.ROOT.resolve("e2e-tests").resolve("clients");
  private static final int IMPRESSIONS = 50;
  private static final int CLICKS = 10;

  @TempDir static Path folder;
  private static MillraceProcess up;
  private static Api api;

  @BeforeAll
  static void start() throws Exception {
    up =
        MillraceProcess.start(
            folder,
            "up",
            "--schema",
            CLIENTS.resolve("ad-impression.avsc").toString(),
            "--model",
            "lr",
            "--port",
            "0",
            "--registry-port",
            "0",
            "--attribution-window",
            "10m",
            "--data-dir",
            folder.resolve("data").toString());
    up.awaitOutput("Ctrl-C stops", PATIENCE);
    api = new Api(URI.create(said("console")));
  }

  @AfterAll
  static void stop() {
    up.close();
  }

  private static String said(String name) {
    Matcher matcher = Pattern.compile(name + " (\\S+)").matcher(up.outputSoFar());
    assertThat(matcher.find()).as(up.outputSoFar()).isTrue();
    return matcher.group(1);
  }

  /** Runs a command; false if there is no such command, or it fails. */
  private static boolean runs(Path in, String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(in.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static long ingested(String name) throws Exception {
    return Scenario.ingested(api.get("/v1/status").body(), name);
  }

  /** What a command that succeeds says. */
  private static String output(Path in, String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).directory(in.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  /** A folder with a client in JavaScript and what it needs. */
  private static Path javascript(String client, String program) throws Exception {
    Path in = Files.createDirectories(folder.resolve(client));
    for (String file : List.of("package.json", "package-lock.json", ".npmrc", program)) {
      Files.copy(CLIENTS.resolve(client).resolve(file), in.resolve(file));
    }
    assumeTrue(runs(in, "node", "--version"), "no node");
    assumeTrue(runs(in, "npm", "ci", "--no-audit", "--no-fund"), "npm does not get the clients");
    return in;
  }

  /** Lets a producer write, and waits until the label join has seen all of it. */
  private static void write(Path in, String... command) throws Exception {
    long impressions = ingested("impressions") + IMPRESSIONS;
    long clicks = ingested("clicks") + CLICKS;
    long before = rejected();
    assertThat(output(in, command)).contains(IMPRESSIONS + " impressions written");
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (ingested("impressions") < impressions || ingested("clicks") < clicks) {
      assertThat(System.nanoTime())
          .as(api.get("/v1/status").body().toString())
          .isLessThan(deadline);
      Thread.sleep(50);
    }
    assertThat(rejected()).isEqualTo(before);
  }

  private static long rejected() throws Exception {
    return api.get("/v1/rejected").body().get("total").asLong();
  }

  @Test
  void kafkajsWithItsRegistryClient() throws Exception {
    Path in = javascript("javascript", "send.mjs");
    write(in, "node", "send.mjs", said("Kafka"), said("registry"), "" + IMPRESSIONS);
  }

  @Test
  void confluentKafkaForPython() throws Exception {
    Path in = CLIENTS.resolve("python");
    String python = "/usr/bin/python3"; // Debian's, whose package the client is
    assumeTrue(runs(in, python, "-c", "import confluent_kafka"), "no python3-confluent-kafka");
    write(in, python, "send.py", said("Kafka"), said("registry"), "" + IMPRESSIONS);
  }

  @Test
  void aClientMadeOfTheDescriptionAlone() throws Exception {
    Path in = javascript("openapi", "client.mjs");
    String server = said("console");
    Files.writeString(in.resolve("openapi.json"), api.get("/openapi.json").body().toString());
    assertThat(output(in, "npx", "redocly", "lint", "openapi.json"))
        .contains("Your API description is valid");
    assertThat(output(in, "node", "client.mjs", server).lines())
        .satisfiesExactly(
            line -> assertThat(line).matches("ranked [abc],[abc],[abc] by version \\d+"),
            line -> assertThat(line).isEqualTo("click: 1 accepted"),
            line -> assertThat(line).matches("[abc] is more probable after its click"),
            line -> assertThat(line).isEqualTo("207: 2 accepted, 1 rejected"),
            line -> assertThat(line).isEqualTo("explained: true"),
            line -> assertThat(line).isEqualTo("status: ready true, 1 model"),
            line -> assertThat(line).isEqualTo("models: lr"),
            line -> assertThat(line).isEqualTo("history: true"),
            line -> assertThat(line).isEqualTo("health: up"),
            line -> assertThat(line).isEqualTo("metrics: true"),
            line ->
                assertThat(line).matches("refused: 400 candidates: .*expected an array of 1 to.*"));
  }
}
