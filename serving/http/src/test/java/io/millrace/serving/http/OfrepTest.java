package io.millrace.serving.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.learner.ModelKind;
import io.millrace.ranking.ServedFixture;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Experiments by OFREP, word by word. */
@SuppressWarnings("NullAway.Init") // set before all tests
class OfrepTest {
  private static final String FLAGS = "/ofrep/v1/evaluate/flags";
  private static final String ARMS =
      "\"unit\":{\"kind\":\"user\",\"attribute\":\"user_id\"},\"arms\":[{\"name\":\"off\",\"weight\":%s,\"value\":false},{\"name\":\"on\",\"weight\":%s,\"value\":true}]";

  private static MillraceServer server;
  private static Http http;

  @BeforeAll
  static void start() {
    server =
        Fixture.withoutKafka(
            new ServedFixture.Source(ServedFixture.version("ads", ModelKind.LR, 7)),
            new ServedFixture.Source("empty"));
    http = Http.to(server);
    plan("split", ARMS.formatted(1, 1) + ",\"forced\":{\"vip\":\"on\"}");
    plan("all", ARMS.formatted(0, 1));
    plan("some", ARMS.formatted(0, 1) + ",\"targeting\":{\"country\":\"DE\"}");
    plan("draft", ARMS.formatted(0, 1));
    plan("default", ARMS.formatted(1, 0).replace("\"value\":false", "\"value\":null"));
    for (String key : new String[] {"split", "all", "some", "default"}) {
      assertThat(
              http.post(
                      "/v1/experiments/state",
                      "{\"key\":\"%s\",\"state\":\"running\"}".formatted(key))
                  .status())
          .isEqualTo(200);
    }
  }

  private static void plan(String key, String rest) {
    Http.Answer answer = http.post("/v1/experiments", "{\"key\":\"%s\",%s}".formatted(key, rest));
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          split | {"targetingKey":"vip"} | {"key":"split","value":true,"reason":"TARGETING_MATCH","variant":"on","metadata":{"why":"forced"}}
          split | {"user_id":"vip","targetingKey":"u1"} | {"key":"split","value":true,"reason":"TARGETING_MATCH","variant":"on","metadata":{"why":"forced"}}
          split | {"targetingKey":"u1"} | {"key":"split","value":true,"reason":"SPLIT","variant":"on","metadata":{"why":"assigned"}}
          all | {"targetingKey":"u1"} | {"key":"all","value":true,"reason":"STATIC","variant":"on","metadata":{"why":"assigned"}}
          some | {"targetingKey":"u1","country":"DE"} | {"key":"some","value":true,"reason":"TARGETING_MATCH","variant":"on","metadata":{"why":"assigned"}}
          some | {"targetingKey":"u1"} | {"key":"some","value":false,"reason":"DEFAULT","metadata":{"why":"not_targeted"}}
          draft | {} | {"key":"draft","value":false,"reason":"DISABLED","metadata":{"why":"not_running"}}
          default | {"targetingKey":"u1"} | {"key":"default","reason":"STATIC","variant":"off","metadata":{"why":"assigned"}}
          """)
  void aFlagIsTheArmOfItsExperiment(String key, String context, String expected) {
    Http.Answer answer = one(key, context);
    assertThat(answer.body()).isEqualTo(expected);
    assertThat(answer.status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          spilt | {"context":{"targetingKey":"u1"}} | 404 | {"key":"spilt","errorCode":"FLAG_NOT_FOUND","errorDetails":"flag spilt: there is no experiment of this key, did you mean 'split'?"}
          split | {"context":{}} | 400 | {"key":"split","errorCode":"TARGETING_KEY_MISSING","errorDetails":"flag split: the context has neither user_id nor targetingKey, expected the user in one of them"}
          split | {"context":{"targetingKey":""}} | 400 | {"key":"split","errorCode":"TARGETING_KEY_MISSING","errorDetails":"flag split: the context has neither user_id nor targetingKey, expected the user in one of them"}
          split | {"context":[]} | 400 | {"key":"split","errorCode":"INVALID_CONTEXT","errorDetails":"context: [], expected a JSON object"}
          split | {"context":{"targetingKey":7}} | 400 | {"key":"split","errorCode":"INVALID_CONTEXT","errorDetails":"context.targetingKey: 7, expected a string"}
          split | {"contexts":{}} | 400 | {"key":"split","errorCode":"PARSE_ERROR","errorDetails":"contexts: {}, expected no such key; known are context"}
          split | nonsense | 400 | {"key":"split","errorCode":"PARSE_ERROR","errorDetails":"the body is not JSON at line 1, column 9: Unrecognized token 'nonsense': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')"}
          """)
  void whatCannotBeAnsweredIsSaidInTheProtocolsWords(
      String key, String body, int status, String expected) {
    Http.Answer answer = http.post(FLAGS + "/" + key, body);
    assertThat(answer.body()).isEqualTo(expected);
    assertThat(answer.status()).isEqualTo(status);
  }

  @Test
  void allFlagsComeTogetherEachWithItsValueOrItsFailure() {
    Http.Answer answer = all("{\"country\":\"DE\",\"targetingKey\":\"u1\"}", "");
    assertThat(answer.json().at("/flags").findValuesAsText("key"))
        .containsExactly("split", "all", "some", "draft", "default");
    assertThat(answer.json().at("/flags/0"))
        .isEqualTo(one("split", "{\"targetingKey\":\"u1\"}").json());
    assertThat(answer.json().at("/eventStreams").toString())
        .isEqualTo("[{\"type\":\"sse\",\"endpoint\":{\"requestUri\":\"/ofrep/v1/events\"}}]");
    assertThat(all("{}", "").json().at("/flags").findValuesAsText("errorCode"))
        .containsOnly("TARGETING_KEY_MISSING")
        .hasSize(4);
    assertThat(http.post(FLAGS, "{\"context\":3}").body())
        .isEqualTo(
            "{\"errorCode\":\"INVALID_CONTEXT\",\"errorDetails\":\"context: 3, expected a JSON object\"}");
  }

  @Test
  void aTagIsOfTheFlagsAndOfTheContext() {
    plan("tagged", ARMS.formatted(1, 1));
    String tag = tag(all("{\"targetingKey\":\"u1\",\"x\":{\"a\":1,\"b\":2}}", ""));
    Http.Answer same = all("{\"x\":{\"b\":2,\"a\":1},\"targetingKey\":\"u1\"}", tag);
    assertThat(same.status()).isEqualTo(304);
    assertThat(same.body()).isEmpty();
    assertThat(tag(same)).isEqualTo(tag);
    assertThat(all("{\"targetingKey\":\"u1\",\"x\":{\"a\":1,\"b\":2}}", "\"x\", W/" + tag).status())
        .isEqualTo(304);
    // of the same flags
    Http.Answer other = all("{\"targetingKey\":\"u1\",\"x\":{\"a\":1,\"b\":3}}", tag);
    assertThat(other.status()).isEqualTo(200);
    assertThat(tag(other)).isNotEqualTo(tag);
    assertThat(
            http.post("/v1/experiments/state", "{\"key\":\"tagged\",\"state\":\"running\"}")
                .status())
        .isEqualTo(200);
    assertThat(all("{\"targetingKey\":\"u1\",\"x\":{\"a\":1,\"b\":2}}", tag).status())
        .isEqualTo(200);
  }

  @Test
  @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void eachChangeIsToldAndWhatWasMissedAtOnce() throws Exception {
    Iterator<String> events = events("");
    String id = events.next();
    assertThat(id).matches("id:\\d+");
    long revision = Long.parseLong(id.substring(3));
    assertThat(events.next())
        .isEqualTo(
            "data:{\"type\":\"refetchEvaluation\",\"etag\":\"\\\"%d\\\"\"}".formatted(revision));
    Iterator<String> upToDate = events("" + revision);
    assertThat(upToDate.next()).isEqualTo(":nothing new");
    plan("told", ARMS.formatted(1, 1));
    assertThat(events.next()).isEqualTo("id:" + (revision + 1));
    assertThat(upToDate.next()).isEqualTo("id:" + (revision + 1));
    assertThat(http.post(FLAGS + "?flagConfigEtag=%22" + (revision + 1) + "%22", "{}").status())
        .isEqualTo(200);
    assertThat(http.post(FLAGS + "?flagConfigEtag=x", "{}").json().at("/errorDetails").asText())
        .isEqualTo("flagConfigEtag: \"x\", expected the etag of an event of this API");
  }

  private static Iterator<String> events(String last) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/ofrep/v1/events"))
            .header("last-event-id", last)
            .build();
    Stream<String> lines = http.client().send(request, HttpResponse.BodyHandlers.ofLines()).body();
    return lines.filter(line -> !line.isEmpty()).iterator();
  }

  private static Http.Answer one(String key, String context) {
    return http.post(FLAGS + "/" + key, "{\"context\":%s}".formatted(context));
  }

  private static Http.Answer all(String context, String tag) {
    return http.post(FLAGS, "{\"context\":%s}".formatted(context), "if-none-match", tag);
  }

  private static String tag(Http.Answer answer) {
    return answer.headers().firstValue("etag").orElseThrow();
  }
}
