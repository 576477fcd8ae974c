package io.millrace.serving.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.learner.Learner;
import io.millrace.learner.ModelKind;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.ranking.ServedFixture;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a request may ask, beyond what a schema says of each value. */
class RequestRulesTest {
  private static MillraceServer server;
  private static Http http;

  @BeforeAll
  static void start() {
    server =
        Fixture.withoutKafka(
            new ServedFixture.Source(
                ServedFixture.version("raw", ModelKind.FM, 42, ServedFixture.RAW)),
            new ServedFixture.Source(ServedFixture.version("clicks", ModelKind.FM, 42)),
            new ServedFixture.Source(broken()));
    http = Http.to(server);
  }

  /** A version whose every logit is none. */
  private static ModelSnapshot broken() {
    ModelSnapshot sound = ServedFixture.version("broken", ModelKind.FM, 42, ServedFixture.RAW);
    Map<String, float[]> tensors = new HashMap<>(sound.tensors());
    tensors.replaceAll(
        (name, values) -> {
          float[] none = new float[values.length];
          Arrays.fill(none, name.equals(Learner.NUMERIC_SCALES) ? 1 : Float.NaN);
          return none;
        });
    return new ModelSnapshot(
        sound.model(), sound.version(), sound.manifest(), sound.table(), tensors, 42);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static JsonNode error(String path, String body) {
    Http.Answer answer = http.post(path, body);
    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    return answer.json().get("error");
  }

  /** 45 GB before the context was checked once: each candidate copied 120,000 keys. */
  @Test
  void aContextIsCheckedOnceWhateverTheNumberOfCandidates() {
    String context =
        IntStream.range(0, 100_000)
            .mapToObj(i -> "\"" + Integer.toString(i, 36) + "\":1")
            .collect(Collectors.joining(","));
    String body =
        "{\"model\":\"raw\",\"context\":{%s},\"candidates\":[%s]}"
            .formatted(context, "{},".repeat(9_999) + "{}");
    JsonNode error = error("/v1/predict", body);
    assertThat(error.get("field").asText()).isEqualTo("context.0");
    assertThat(error.get("expected").asText()).startsWith("a field of Raw, known: ad_id");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"context":{"at":0},"candidates":[{"features":{"ad_id":"a"}}]} | context.at | 2000-01-01
          {"context":{"at":946684799999},"candidates":[{"features":{"ad_id":"a"}}]} | context.at | 2000-01-01
          {"context":{"at":99999999999999},"candidates":[{"features":{"ad_id":"a"}}]} | context.at | a day from now
          {"candidates":[{"features":{"ad_id":"a"}},{"features":{"ad_id":"a","at":1}}]} | candidates[1].features.at | 2000-01-01
          """)
  void aTimeThatCouldNotBeLearnedIsRefused(String body, String field, String expected) {
    JsonNode error = error("/v1/rank", body);
    assertThat(error.get("field").asText()).isEqualTo(field);
    assertThat(error.get("expected").asText()).contains(expected);
    // Nothing is to be learned from what is not logged.
    assertThat(http.post("/v1/rank", body.replaceFirst("\\{", "{\"log\":false,")).status())
        .isEqualTo(200);
  }

  @Test
  void anIdThatClicksCouldNotNameIsRefused() {
    String body = "{\"candidates\":[{\"features\":{\"ad_id\":\"a\",\"impression_id\":\"%s\"}}]}";
    JsonNode error = error("/v1/rank", body.formatted("x".repeat(1025)));
    assertThat(error.get("field").asText()).isEqualTo("candidates[0].features.impression_id");
    assertThat(error.get("expected").asText()).isEqualTo("1 to 1024 characters");
    assertThat(http.post("/v1/rank", body.formatted("x".repeat(1024))).status()).isEqualTo(200);
  }

  /** Two bytes of JSON, eight of Avro. */
  @Test
  void anImpressionThatTheJoinWouldRefuseIsRefused() {
    String many = "1,".repeat(139_999) + "1";
    JsonNode error =
        error(
            "/v1/rank",
            "{\"candidates\":[{\"features\":{\"ad_id\":\"a\",\"carried\":[%s]}}]}".formatted(many));
    assertThat(error.get("field").asText()).isEqualTo("candidates[0]");
    assertThat(error.get("expected").asText()).contains("at most 1048576 bytes");
  }

  @Test
  void theImpressionsOfOneRankingAreBounded() {
    String body =
        "{\"context\":{\"carried\":[%s]},\"k\":500,\"candidates\":[%s]}"
            .formatted(
                "1,".repeat(99_999) + "1",
                "{\"features\":{\"ad_id\":\"a\"}},".repeat(499)
                    + "{\"features\":{\"ad_id\":\"a\"}}");
    JsonNode error = error("/v1/rank", body);
    assertThat(error.get("field").asText()).isEqualTo("k");
    assertThat(error.get("expected").asText()).contains("16777216 bytes in all");
  }

  @ParameterizedTest
  @CsvSource({"/v1/predict", "/v1/rank"})
  void aNumberForWhichThereIsNoProbabilityIsNamed(String path) {
    String candidate = "{\"ad_id\":\"a\",\"price\":1e30,\"weight\":5}";
    String body =
        "{\"candidates\":[{\"ad_id\":\"a\"},%s]}"
            .formatted(candidate)
            .replace("{\"ad_id", path.endsWith("rank") ? "{\"features\":{\"ad_id" : "{\"ad_id")
            .replaceAll("\"a\"}", path.endsWith("rank") ? "\"a\"}}" : "\"a\"}")
            .replace("5}", path.endsWith("rank") ? "5}}" : "5}");
    Http.Answer answer = http.post(path, body);
    assertThat(answer.body()).doesNotContain("NaN", "Infinity");
    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    JsonNode error = answer.json().get("error");
    assertThat(error.get("field").asText()).startsWith("candidates[1]").endsWith(".price");
    assertThat(error.get("value").asText()).isEqualTo("1.0E30");
    assertThat(error.get("expected").asText()).startsWith("a magnitude of at most 1.0E16");
  }

  @Test
  void whereAModelComputesNoProbabilityTheLargestNumberIsNamedOrTheModelIs() {
    String body = "{\"model\":\"broken\",\"features\":{\"ad_id\":\"a\",\"price\":%s}}";
    JsonNode error = error("/v1/predict", body.formatted("5000"));
    assertThat(error.get("field").asText()).isEqualTo("features.price");
    assertThat(error.get("expected").asText()).contains("small enough");

    Http.Answer answer = http.post("/v1/predict", body.formatted("5"));
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.body())
        .contains("Model broken, version 42, computes no finite probability for candidate 0.");
  }

  @Test
  void answersHoldNoNumberThatIsNone() throws Exception {
    String json =
        new String(
            JsonAnswers.of(
                    com.linecorp.armeria.common.HttpStatus.OK,
                    java.util.Map.of("a", Double.NaN, "b", Float.POSITIVE_INFINITY, "c", 1.5f))
                .aggregate()
                .join()
                .content()
                .array(),
            UTF_8);
    assertThat(json)
        .contains("\"a\":null", "\"b\":null", "\"c\":1.5")
        .doesNotContain("NaN", "Infinity");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"features":{"ad_id":"a","price":NaN}}      | Non-standard token 'NaN'
          {"features":{"ad_id":"a","price":Infinity}} | Non-standard token 'Infinity'
          {"features":{"ad_id":"a","price":+1}}       | plus sign
          /*x*/{"features":{"ad_id":"a"}}             | comment?
          {'features':{}}                             | double-quote
          {"features":{"ad_id":"a","price":.5}}       | '.'
          {"features":{"ad_id":"a","price":01}}       | Leading zeroes
          {"features":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]} | nested more than 32 levels deep
          """)
  void whatIsNotJsonIsToldWithoutTheParsersSettings(String body, String words) {
    String message = error("/v1/predict", body).get("message").asText();
    assertThat(message)
        .startsWith("the body is not JSON")
        .contains(words)
        .doesNotContain("enable", "Feature.", "Constraints", "`", "ALLOW_");
  }

  @Test
  void aNumberOfAThousandDigitsIsToldAsOne() {
    String body = "{\"features\":{\"ad_id\":\"a\",\"price\":%s}}";
    assertThat(error("/v1/predict", body.formatted("1".repeat(1001))).get("message").asText())
        .endsWith("a number of more than 1000 characters");
    assertThat(
            error("/v1/predict", "{\"%s\":1}".formatted("x".repeat(900_000)))
                .get("message")
                .asText())
        .contains("no such key");
  }
}
