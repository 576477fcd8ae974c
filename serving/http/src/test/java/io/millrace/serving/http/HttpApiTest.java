package io.millrace.serving.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.common.HttpMethod;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureRecords;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelKind;
import io.millrace.model.CtrModel;
import io.millrace.model.Engine;
import io.millrace.model.Sigmoid;
import io.millrace.model.Tensors;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.ranking.ParameterViewSource;
import io.millrace.ranking.ServedFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpApiTest {
  private static final ModelSnapshot FM = ServedFixture.version("clicks", ModelKind.FM, 42);
  private static MillraceServer server;
  private static Http http;

  @BeforeAll
  static void start() {
    server =
        Fixture.withoutKafka(
            new ServedFixture.Source(FM),
            new ServedFixture.Source(ServedFixture.version("plain", ModelKind.LR, 7)),
            new ServedFixture.Source("empty"));
    http = Http.to(server);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void predictsWhatTheModelComputesStepByStep() {
    Http.Answer answer =
        http.post(
            "/v1/predict",
            """
            {"context":{"user_id":"u1","hour":13},
             "candidates":[{"ad_id":"a1","price":2.5},{"ad_id":"a2","history":["a1","a3"]}]}
            """);
    assertThat(answer.status()).isEqualTo(200);
    JsonNode json = answer.json();
    assertThat(json.get("model").asText()).isEqualTo("clicks");
    assertThat(json.get("version").asLong()).isEqualTo(42);
    assertThat(json.get("ageMillis").asLong()).isPositive();
    assertThat(json.get("predictions")).hasSize(2);
    assertThat(probability(json, 0))
        .isCloseTo(
            expected(Map.of("user_id", "u1", "hour", 13, "ad_id", "a1", "price", 2.5)),
            within(1e-6));
    assertThat(probability(json, 1))
        .isCloseTo(
            expected(
                Map.of("user_id", "u1", "hour", 13, "ad_id", "a2", "history", List.of("a1", "a3"))),
            within(1e-6));
  }

  @Test
  void predictsOneCandidateFromFeaturesAlone() {
    JsonNode json =
        http.post("/v1/predict", "{\"features\":{\"user_id\":\"u1\",\"ad_id\":\"a1\"}}").json();
    assertThat(json.get("predictions")).hasSize(1);
    assertThat(probability(json, 0))
        .isCloseTo(expected(Map.of("user_id", "u1", "ad_id", "a1")), within(1e-6));
  }

  @Test
  void predictsMoreCandidatesThanOneChunkAsItDoesEachAlone() {
    List<String> ads = IntStream.range(0, 1100).mapToObj(i -> "ad-" + i).toList();
    String candidates =
        ads.stream()
            .map(ad -> "{\"ad_id\":\"" + ad + "\"}")
            .collect(Collectors.joining(",", "[", "]"));
    JsonNode json =
        http.post(
                "/v1/predict",
                "{\"context\":{\"user_id\":\"u\"},\"candidates\":" + candidates + "}")
            .json();
    assertThat(json.get("predictions")).hasSize(1100);
    for (int i : new int[] {0, 511, 512, 1023, 1024, 1099}) {
      assertThat(probability(json, i))
          .isCloseTo(expected(Map.of("user_id", "u", "ad_id", ads.get(i))), within(1e-6));
    }
  }

  @Test
  void explainsAPredictionIfAsked() {
    String features = "\"features\":{\"user_id\":\"u1\",\"ad_id\":\"a1\",\"price\":2.5}";
    JsonNode json =
        http.post("/v1/predict", "{" + features + ",\"explain\":true,\"explainTop\":50}").json();
    JsonNode plain = http.post("/v1/predict", "{" + features + "}").json();

    assertThat(probability(json, 0)).isEqualTo(probability(plain, 0));
    assertThat(plain.at("/predictions/0").has("explanation")).isFalse();
    JsonNode explanation = json.at("/predictions/0/explanation");
    assertThat(explanation.get("kind").asText()).isEqualTo("fm");
    assertThat(explanation.get("probability").asDouble())
        .isCloseTo(probability(plain, 0), within(1e-6));
    assertThat(explanation.get("fields")).hasSize(5);
    double sum = explanation.get("rest").asDouble();
    List<String> values = new ArrayList<>();
    for (JsonNode field : explanation.get("fields")) {
      sum += field.get("linear").asDouble();
      values.add(field.get("field").asText() + "=" + field.path("value").asText());
    }
    for (JsonNode pair : explanation.get("pairs")) {
      sum += pair.get("product").asDouble();
    }
    assertThat(sum).isCloseTo(explanation.get("logit").asDouble(), within(1e-5));
    assertThat(values).contains("user_id=u1", "ad_id=a1", "price=2.5", "hour=");
  }

  @Test
  void explanationsAreShortUnlessAskedToBeLong() {
    String features = "\"features\":{\"user_id\":\"u1\",\"ad_id\":\"a1\"},\"explain\":true";
    JsonNode byDefault = http.post("/v1/predict", "{" + features + "}").json();
    JsonNode shorter = http.post("/v1/predict", "{" + features + ",\"explainTop\":3}").json();

    assertThat(byDefault.at("/predictions/0/explanation/pairs")).hasSize(10);
    assertThat(shorter.at("/predictions/0/explanation/pairs")).hasSize(3);
    assertThat(shorter.at("/predictions/0/explanation/leftOut/pairs").asInt()).isEqualTo(7);
  }

  @Test
  void explainsAHundredCandidatesAtATime() {
    String candidate = "{\"ad_id\":\"a\"}";
    String hundred = String.join(",", java.util.Collections.nCopies(100, candidate));
    String body = "{\"explain\":true,\"context\":{\"user_id\":\"u\"},\"candidates\":[%s]}";
    JsonNode json = http.post("/v1/predict", body.formatted(hundred)).json();
    assertThat(json.at("/predictions/99/explanation/fields")).isNotEmpty();

    Http.Answer refused = http.post("/v1/predict", body.formatted(hundred + "," + candidate));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().at("/error/message").asText())
        .isEqualTo("explain: \"101 of them\", expected at most 100 candidates with it");
  }

  @Test
  void ranksByProbabilityTimesBidAndKeepsTheRequestsOrderAmongEquals() {
    JsonNode json =
        http.post(
                "/v1/rank",
                """
                {"context":{"user_id":"u1"},"k":10,"log":false,"candidates":[
                 {"id":"same-1","features":{"ad_id":"x"}},
                 {"id":"dear","bid":1000,"features":{"ad_id":"y"}},
                 {"id":"free","bid":0,"features":{"ad_id":"z"}},
                 {"id":"same-2","features":{"ad_id":"x"}}]}
                """)
            .json();
    List<String> ids = new ArrayList<>();
    json.get("results").forEach(result -> ids.add(result.get("id").asText()));
    assertThat(ids).containsExactly("dear", "same-1", "same-2", "free");
    JsonNode best = json.get("results").get(0);
    assertThat(best.get("index").asInt()).isEqualTo(1);
    assertThat(best.get("score").asDouble())
        .isCloseTo(1000 * best.get("probability").asDouble(), within(1e-3));
    assertThat(best.get("impressionId").asText()).isNotEmpty();
    assertThat(json.get("logged").asBoolean()).isFalse();
  }

  @Test
  void answersARankingWithinTheWaitWhenKafkaIsAway() {
    long start = System.nanoTime();
    JsonNode json =
        http.post(
                "/v1/rank", "{\"candidates\":[{\"features\":{\"ad_id\":\"a\",\"user_id\":\"u\"}}]}")
            .json();
    assertThat((System.nanoTime() - start) / 1e6).isLessThan(2000);
    assertThat(json.get("results")).hasSize(1);
    assertThat(json.get("logged").asBoolean()).isFalse();
    assertThat(http.get("/v1/status").json().at("/impressions/unacknowledged").asLong())
        .isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"features":{"user_id":"u","ad_id":7}}                       | features.ad_id         | string
          {"features":{"user_id":"u","ad_id":"b","ad":"a"}}            | features.ad            | a field of shop.ads.AdImpression
          {"features":{"user_id":"u"}}                                 | features.ad_id         | a value
          {"context":{"user_id":[]},"candidates":[{"ad_id":"a"}]}      | context.user_id        | string
          {"candidates":[{"ad_id":"a","user_id":"u"},{"ad_id":null,"user_id":"u"}]} | candidates[1].ad_id | a value
          {"context":{"ad_id":"a"},"candidates":[{"ad_id":"b","user_id":"u"}]} | candidates[0].ad_id | not in both
          {"features":{"user_id":"u","ad_id":"a","price":1e999}}       | features.price         | finite
          {"features":{"user_id":"u","ad_id":"a","event_time":"now"}}  | features.event_time    | an integer of 64 bits
          {"candidates":[]}                                            | candidates             | 1 to 10000 objects
          {"candidates":[1]}                                           | candidates[0]          | a JSON object
          {"feature":{}}                                               | feature                | known are model, context
          {"features":{},"model":7}                                    | model                  | a string
          {"features":{},"explain":"yes"}                              | explain                | true or false
          {"features":{},"explain":true,"explainTop":0}                | explainTop             | an integer from 1 to 1000
          {"features":{},"explainTop":5}                               | explainTop             | "explain": true beside it
          """)
  void namesFieldExpectationAndValueOfABadRequest(String body, String field, String expected) {
    Http.Answer answer = http.post("/v1/predict", body);
    assertThat(answer.status()).isEqualTo(400);
    JsonNode error = answer.json().get("error");
    assertThat(error.get("field").asText()).isEqualTo(field);
    assertThat(error.get("expected").asText()).contains(expected);
    assertThat(error.has("value")).isTrue();
    assertThat(error.get("message").asText()).contains(field, error.get("expected").asText());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          "k":0       | k
          "k":501     | k
          "k":1.5     | k
          "k":"two"   | k
          "log":"yes" | log
          "kk":1      | kk
          """)
  void namesABadRankingOption(String option, String field) {
    Http.Answer answer =
        http.post(
            "/v1/rank",
            "{\"candidates\":[{\"features\":{\"user_id\":\"u\",\"ad_id\":\"a\"}}]," + option + "}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/error/field").asText()).isEqualTo(field);
  }

  @Test
  void namesANegativeBidAndAnIdGivenToTwoResults() {
    String features = "\"features\":{\"user_id\":\"u\",\"ad_id\":\"a\"}";
    Http.Answer bid = http.post("/v1/rank", "{\"candidates\":[{\"bid\":-1," + features + "}]}");
    assertThat(bid.json().at("/error/field").asText()).isEqualTo("candidates[0].bid");
    Http.Answer twice =
        http.post(
            "/v1/rank",
            """
            {"context":{"user_id":"u","impression_id":"i-1"},"k":2,
             "candidates":[{"features":{"ad_id":"a"}},{"features":{"ad_id":"b"}}]}
            """);
    assertThat(twice.status()).isEqualTo(400);
    assertThat(twice.json().at("/error/message").asText()).contains("i-1", "one each");
  }

  @Test
  void namesThePlaceOfMalformedJson() {
    Http.Answer answer = http.post("/v1/predict", "{\"features\":\n  {\"user_id\": u}}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/error/message").asText())
        .contains("not JSON", "line 2", "column 1");
  }

  @Test
  void repeatsValuesAsTheJsonThatTheyWere() {
    String given = "{\"a \\\"b\\\"\":[1,null,\"x\"]}";
    Http.Answer answer =
        http.post("/v1/predict", "{\"features\":{\"user_id\":" + given + ",\"ad_id\":\"a\"}}");
    assertThat(answer.json().at("/error/value").asText()).isEqualTo(given);
    assertThat(answer.json().at("/error/message").asText()).contains(given);
  }

  @Test
  void cutsLongValuesInMessages() {
    String longText = "x".repeat(50_000);
    Http.Answer answer =
        http.post(
            "/v1/predict",
            "{\"features\":{\"user_id\":{\"a\":\"" + longText + "\"},\"ad_id\":\"a\"}}");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).hasSizeLessThan(1000).contains("characters)");
  }

  @Test
  void limitsBodyAndCandidates() {
    Http.Answer large = http.post("/v1/predict", "[" + " ".repeat(1 << 20) + "]");
    assertThat(large.status()).isEqualTo(413);
    assertThat(large.json().at("/error/message").asText()).contains("1048576");
    String many = "{},".repeat(10_000) + "{}";
    Http.Answer crowded = http.post("/v1/rank", "{\"candidates\":[" + many + "]}");
    assertThat(crowded.status()).isEqualTo(400);
    assertThat(crowded.json().at("/error/message").asText()).contains("10001", "1 to 10000");
  }

  @Test
  void namesTheModelsThereAreAndTheReasonWhyOneIsNotReady() {
    Http.Answer unknown = http.post("/v1/predict", "{\"model\":\"nope\",\"features\":{}}");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.json().at("/error/message").asText())
        .isEqualTo("model: \"nope\", expected one of clicks, plain, empty, live");
    Http.Answer empty = http.post("/v1/predict", "{\"model\":\"empty\",\"features\":{}}");
    assertThat(empty.status()).isEqualTo(503);
    assertThat(empty.json().at("/error/message").asText()).contains("empty", "no version yet");
    // No alias means it, so it keeps nobody waiting.
    assertThat(http.get("/ready").json().get("reasons").toString()).doesNotContain("empty");
  }

  @Test
  void answersOtherPathsAndMethodsInJson() {
    assertThat(http.get("/nope").status()).isEqualTo(404);
    assertThat(http.get("/nope").json().at("/error/message").asText()).contains("/v1/predict");
    assertThat(http.get("/v1/predict").status()).isEqualTo(405);
    assertThat(http.get("/v1/history?since=x").status()).isEqualTo(400);
  }

  /** Whatever the route: nothing that is asked is passed over. */
  @Test
  void parametersThatARouteDoesNotHaveAreRefusedByName() {
    for (Route route : server.routes().all()) {
      Http.Answer answer = asked(route, "colour=red");
      assertThat(answer.status()).as(route.path()).isEqualTo(400);
      assertThat(answer.json().at("/error/message").asText())
          .startsWith("query: \"colour\", expected no parameter");
    }
    assertThat(http.get("/v1/rejected?limit=1&limit=2").json().at("/error/message").asText())
        .isEqualTo("query: \"1, 2\", expected limit once");
  }

  private static Http.Answer asked(Route route, String query) {
    String path = route.path().replaceAll("[{}]", "") + "?" + query;
    return route.method() == HttpMethod.GET ? http.get(path) : http.post(path, "{}");
  }

  @Test
  void servesTheConsoleFromItselfAlone() {
    Http.Answer page = http.get("/");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.headers().firstValue("content-type").orElse("")).startsWith("text/html");
    assertThat(page.headers().firstValue("content-security-policy").orElse(""))
        .contains("default-src 'none'");
    for (String file : List.of("console.css", "console.js", "chart.js", "icon.svg")) {
      Http.Answer asset = http.get("/console/" + file);
      assertThat(asset.status()).as(file).isEqualTo(200);
      assertThat(asset.body().replace("http://www.w3.org/2000/svg", ""))
          .as(file)
          .doesNotContain("http://", "https://");
    }
  }

  @Test
  void reportsStatusAndHistory() throws Exception {
    JsonNode status = http.get("/v1/status").json();
    for (int i = 0; i < 50 && status.at("/sample/values").isEmpty(); i++) {
      Thread.sleep(100);
      status = http.get("/v1/status").json();
    }
    assertThat(status.at("/models/0/name").asText()).isEqualTo("clicks");
    assertThat(status.at("/models/0/kind").asText()).isEqualTo("fm");
    assertThat(status.at("/models/0/version").asLong()).isEqualTo(42);
    assertThat(status.at("/models/0/metrics/total.auc").asDouble()).isEqualTo(0.75);
    assertThat(status.at("/models/0/metrics").has("total.logloss")).isFalse();
    assertThat(status.at("/models/0/freshness/p99Millis").asLong()).isEqualTo(400);
    assertThat(status.at("/models/2").has("version")).isFalse();
    assertThat(status.at("/extra/topAd").asText()).isEqualTo("ad-7");
    assertThat(status.at("/sample/values/extra.ceiling.auc").asDouble()).isEqualTo(0.8);
    JsonNode history = http.get("/v1/history").json();
    assertThat(history.get("time")).isNotEmpty();
    assertThat(history.at("/series/clicks.metric.total.auc")).hasSameSizeAs(history.get("time"));
    assertThat(history.get("series").has("clicks.metric.segments.0.auc")).isFalse();
    long last = history.get("time").get(history.get("time").size() - 1).asLong();
    assertThat(http.get("/v1/history?since=" + (last + 60_000)).json().get("time")).isEmpty();
  }

  /** One forward pass for all candidates of a request. */
  @Test
  void countsForwardPasses() {
    long before = forwardPasses();
    http.post("/v1/predict", "{");
    assertThat(forwardPasses()).isEqualTo(before);
    Http.Answer answer =
        http.post(
            "/v1/predict",
            "{\"context\":{\"user_id\":\"u\"},\"candidates\":[{\"ad_id\":\"a\"},{\"ad_id\":\"b\"}]}");
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    assertThat(forwardPasses()).isEqualTo(before + 1);
  }

  private static long forwardPasses() {
    String count = "millrace_forward_duration_seconds_count{model=\"clicks\"} ";
    return http.get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(count))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(count.length())))
        .sum();
  }

  @Test
  void exposesMetricsForPrometheus() {
    http.post("/v1/predict", "{");
    Http.Answer metrics = http.get("/metrics");
    assertThat(metrics.headers().firstValue("content-type").orElse(""))
        .startsWith("text/plain")
        .contains("version=0.0.4");
    assertThat(metrics.body())
        .contains(
            "millrace_requests_total{endpoint=\"predict\",status=\"400\"} ",
            "millrace_request_duration_seconds_bucket{endpoint=\"predict\",le=\"+Inf\"} ",
            "millrace_forward_duration_seconds_count{model=\"clicks\"} ",
            "millrace_model_version{model=\"clicks\"} 42.0\n",
            "millrace_freshness_seconds{model=\"clicks\",quantile=\"0.99\"} 0.4\n",
            "millrace_progressive{metric=\"total.auc\",model=\"clicks\"} 0.75\n",
            "millrace_impressions_total{logged=\"false\"} ",
            "millrace_part{part=\"Kafka at 127.0.0.1:1\",state=\"",
            "millrace_impressions_waiting ",
            "millrace_requests_refused_total{reason=\"bytes\"} 0.0\n",
            "millrace_in_flight_bytes 0.0\n",
            "millrace_heap_bytes{state=\"max\"} ",
            "millrace_threads ",
            "millrace_gc_seconds_total{collector=\"",
            "millrace_uptime_seconds ",
            "millrace_ready 0.0\n");
    assertThat(metrics.body().lines())
        .allMatch(line -> line.matches("#.*|[a-z_]+(\\{.*})? [-+0-9.eEInf]+"));
  }

  private static double probability(JsonNode json, int index) {
    return json.get("predictions").get(index).get("probability").asDouble();
  }

  /** One record, one forward pass, without the server's classes. */
  private static double expected(Map<String, Object> features) {
    Map<String, Object> all = new java.util.HashMap<>(features);
    all.put("impression_id", "");
    all.put("event_time", 0L);
    try (CompiledModel compiled = ParameterViewSource.compile(FM.manifest(), Engine.KERNELS);
        CtrModel.Workspace workspace = compiled.model().newWorkspace()) {
      EncodedBatch batch = compiled.encoder().newBatch();
      compiled.encoder().encode(FeatureRecords.fromMap(compiled.schema(), all), batch);
      float[] x = new float[compiled.model().fields() * compiled.model().dim()];
      float[] logit = new float[1];
      List<float[]> values =
          compiled.model().tensors().stream().map(spec -> FM.tensors().get(spec.name())).toList();
      Tensors weights = new Tensors(compiled.model().tensors(), values.toArray(new float[0][]));
      compiled.newFieldVectors().gather(batch, FM.table(), weights, x);
      workspace.infer(weights, x, 1, logit);
      return Sigmoid.of(logit[0]);
    }
  }
}
