package io.millrace.serving.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.learner.ModelKind;
import io.millrace.ranking.ServedFixture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Unmodified clients of npm decide on a running server's flags as its rankings do, and hear of a
 * change at once. With {@code -Dmillrace.flagUsers=100000} for that many users. Skipped where there
 * is no Node.js, or npm does not get the clients.
 */
@SuppressWarnings("NullAway.Init") // set before each test
class FlagClientsTest {
  private static final Path CLIENTS = Path.of("../../e2e-tests/clients");
  private static final int USERS = Integer.getInteger("millrace.flagUsers", 2_000);
  private static final String UNIT = "\"unit\":{\"kind\":\"user\",\"attribute\":\"user_id\"}";

  private static final List<String> EXPERIMENTS =
      List.of(
          """
          {"key":"size",%s,"forced":{"user-7":"large"},
           "arms":[{"name":"small","weight":1,"value":1},{"name":"medium","weight":1,"value":2.5},
                   {"name":"large","weight":2,"value":3}]}
          """,
          """
          {"key":"button",%s,"targeting":{"hour":{"$gte":8}},"traffic":0.7,
           "arms":[{"name":"blue","weight":1,"value":{"c":"#00f"}},
                   {"name":"red","weight":1,"value":{"c":"#f00"}}]}
          """,
          """
          {"key":"faster",%s,"layer":{"name":"models","from":0.2,"to":1},
           "holdout":{"name":"2026","share":0.1},
           "arms":[{"name":"old","weight":1,"model":"live"},{"name":"new","weight":1,"model":"fast"}]}
          """);

  @TempDir private Path folder;
  private MillraceServer server;

  @BeforeEach
  void start() {
    server = Fixture.withoutKafka(source("ads"), source("fast"));
    Http http = Http.to(server);
    for (String draft : EXPERIMENTS) {
      Http.Answer planned = http.post("/v1/experiments", draft.formatted(UNIT));
      assertThat(planned.status()).as(planned.body()).isEqualTo(200);
      String key = planned.json().at("/experiment/key").asText();
      Http.Answer started =
          http.post(
              "/v1/experiments/state", "{\"key\":\"%s\",\"state\":\"running\"}".formatted(key));
      assertThat(started.status()).as(started.body()).isEqualTo(200);
    }
  }

  private static ServedFixture.Source source(String model) {
    return new ServedFixture.Source(ServedFixture.version(model, ModelKind.LR, 7));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void growthBook() throws Exception {
    follow(
        "growthbook",
        "%d users, %d decisions, 0 different\ntold after \\d+ ms by 0 requests\n"
            .formatted(USERS, 3 * USERS));
  }

  /** Told by its stream, the provider for pages asks once; that for servers asks for each value. */
  @Test
  void openFeature() throws Exception {
    follow(
        "ofrep",
        "%d users, %d decisions, 0 different\ntold after \\d+ ms by 1 requests: page true, server true\n"
            .formatted(USERS, 6 * USERS));
  }

  /** Runs a client's program; what it says has to match. */
  private void follow(String client, String expected) throws Exception {
    for (String file : List.of("package.json", "package-lock.json", ".npmrc", "follow.mjs")) {
      Files.copy(CLIENTS.resolve(client).resolve(file), folder.resolve(file));
    }
    assumeTrue(runs("node", "--version"), "skipped: no node");
    assumeTrue(
        runs("npm", "ci", "--no-audit", "--no-fund"), "skipped: npm does not get the client");
    Process process =
        new ProcessBuilder(
                "node",
                "follow.mjs",
                "http://127.0.0.1:" + server.port(),
                "" + USERS,
                "size",
                "button",
                "faster")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    System.out.print(output);
    assertThat(output).matches(expected);
  }

  private boolean runs(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
