package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the commands of experiments send, and show; the server here keeps what it is sent. */
@SuppressWarnings("NullAway.Init") // set before each test
class ExperimentsCommandTest {
  private final List<String> sent = Collections.synchronizedList(new ArrayList<>());
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/experiments",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          sent.add(exchange.getRequestURI() + " " + body);
          byte[] answer =
              """
              {"says":"it is so","experiments":[
               {"key":"button","state":"running","traffic":0.125,"changed":{"by":"ann","at":0},
                "unit":{"kind":"user","attribute":"user_id"},"reason":"spring",
                "arms":[{"name":"blue","weight":1},{"name":"red","weight":2}]}]}
              """
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private Ran run(Object... words) {
    List<Object> all = new ArrayList<>(List.of("experiments"));
    all.addAll(List.of(words));
    all.addAll(List.of("--server", "http://127.0.0.1:" + server.getAddress().getPort()));
    return Ran.of(all.toArray());
  }

  @Test
  void aDraftHasItsArmsInTheOrderInWhichTheyAreGiven() {
    Ran ran =
        run(
            "create",
            "faster",
            "--unit",
            "user_id",
            "--model",
            "live",
            "--model",
            "new=fast",
            "--weight",
            "new=3",
            "--traffic",
            "0.5",
            "--set",
            "{\"forced\":{\"u\":\"new\"}}",
            "--by",
            "ann");
    assertThat(ran.out()).isEqualTo("it is so\n");
    assertThat(sent)
        .containsExactly(
            "/v1/experiments {\"key\":\"faster\",\"unit\":{\"kind\":\"user\",\"attribute\":\"user_id\"},"
                + "\"traffic\":0.5,\"arms\":[{\"name\":\"live\",\"weight\":1.0,\"model\":\"live\"},"
                + "{\"name\":\"new\",\"weight\":3.0,\"model\":\"fast\"}],\"forced\":{\"u\":\"new\"},"
                + "\"by\":\"ann\"}");
  }

  @Test
  void aValueIsJsonOrPlainText() {
    Ran ran =
        run(
            "create",
            "button",
            "--unit",
            "visit",
            "--unit-kind",
            "session",
            "--value",
            "a=#00f",
            "--value",
            "b={\"x\":[1]}",
            "--by",
            "ann",
            "--dry-run");
    assertThat(ran.out()).isEqualTo("would be: it is so\n");
    assertThat(sent.get(0))
        .contains("\"kind\":\"session\"", "\"value\":\"#00f\"", "\"value\":{\"x\":[1]}")
        .endsWith("\"by\":\"ann\",\"dryRun\":true}");
  }

  @Test
  void whatIsWrongIsSaidBeforeAnythingIsSent() {
    assertThat(run("create", "x", "--unit", "u", "--model", "a", "--weight", "b=2").err())
        .isEqualTo(
            "millrace: --weight b: no such arm, expected one that --model or --value names\n");
    assertThat(run("create", "x", "--unit", "u", "--set", "{\"unit\":1}").err())
        .isEqualTo("millrace: --set: unit is said by an option too, expected it once\n");
    assertThat(run("create", "x", "--unit", "u", "--value", "a={").err())
        .isEqualTo("millrace: --value {: not JSON, expected some\n");
    assertThat(run("create", "x", "--unit", "u", "--value", "a=1", "--value", "a=2").err())
        .isEqualTo("millrace: --value a=2: arm a has 1 already, expected one of an arm\n");
    assertThat(run("create", "x", "--unit", "u", "--value", "1").err())
        .isEqualTo("millrace: --value 1: expected ARM=…\n");
    assertThat(run("ramp", "x", "--weight", "a=much").err())
        .isEqualTo("millrace: --weight a=much: expected a number\n");
    assertThat(sent).isEmpty();
  }

  @Test
  void aChangeSaysWhatAndWhy() {
    run("start", "button", "--reason", "spring", "--by", "ann");
    run("ramp", "button", "--traffic", "1", "--weight", "red=2", "--by", "ann");
    run("stop", "button", "--by", "ann");
    assertThat(sent)
        .containsExactly(
            "/v1/experiments/state {\"key\":\"button\",\"reason\":\"spring\",\"state\":\"running\","
                + "\"by\":\"ann\"}",
            "/v1/experiments/ramp {\"key\":\"button\",\"traffic\":1.0,\"weights\":{\"red\":2.0},"
                + "\"by\":\"ann\"}",
            "/v1/experiments/state {\"key\":\"button\",\"state\":\"stopped\",\"by\":\"ann\"}");
  }

  @Test
  void experimentsAreShown() {
    assertThat(run("list").out())
        .isEqualTo(
            """
            experiment  state    unit     traffic  arms                       by
            button      running  user_id  12.5 %   blue 33.33 %, red 66.67 %  ann
            """);
    assertThat(run("show", "button").out())
        .startsWith("button running since 1970-01-01T00:00:00Z, by ann: spring\n{");
    assertThat(sent.get(1)).isEqualTo("/v1/experiments?key=button ");
  }
}
