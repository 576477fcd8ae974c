package io.millrace.serving.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.learner.ModelKind;
import io.millrace.ranking.ServedFixture;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * Whatever a body holds, the answer is a 200 or a 4xx in JSON that tells nothing of our insides.
 */
class MalformedBodiesTest {
  private static final long SEED = 20_260_101;
  private static final int BODIES = 6000;

  private static final List<String> SEEDS =
      List.of(
          """
          {"context":{"user_id":"u1","hour":13},"candidates":[{"ad_id":"a1","price":2.5}]}""",
          """
          {"model":"clicks","features":{"user_id":"u1","ad_id":"a","history":["a1","a3"]}}""",
          """
          {"context":{"user_id":"u1"},"k":2,"log":false,"candidates":[
          {"id":"x","bid":2.5,"features":{"ad_id":"a"}},{"features":{"ad_id":"b"}}]}""");

  private static final List<String> TOKENS =
      List.of(
          "null",
          "true",
          "-1",
          "1e999",
          "-0",
          "99999999999999999999999",
          "\"\"",
          "\"\\ud800\"",
          "\"\\u0000\"",
          "{}",
          "[]",
          "[[]]",
          "{\"a\":{}}",
          "{",
          "]",
          ",",
          ":",
          "\"",
          "\u0000",
          "NaN",
          "1.5",
          "9223372036854775808",
          "\"k\":1,\"k\":2",
          "/*",
          "\\",
          "'",
          "\uFEFF");

  @Test
  void answersEveryBodyWithA4xxOrAnAnswer() {
    SplittableRandom random = new SplittableRandom(SEED);
    int rejected = 0;
    try (MillraceServer server =
        Fixture.withoutKafka(
            new ServedFixture.Source(ServedFixture.version("clicks", ModelKind.FM, 1)))) {
      Http http = Http.to(server);
      for (int i = 0; i < BODIES; i++) {
        byte[] body = mutated(random);
        String path = random.nextBoolean() ? "/v1/predict" : "/v1/rank";
        Http.Answer answer = http.post(path, body);
        String what =
            "seed %d, body %d: %s gives %s"
                .formatted(SEED, i, new String(body, StandardCharsets.UTF_8), answer.body());
        assertThat(answer.status()).as(what).isIn(200, 400, 404, 413);
        assertThat(answer.headers().firstValue("content-type").orElse(""))
            .startsWith("application/json");
        assertThat(answer.body())
            .as(what)
            .doesNotContain("Exception", "java.", "io.millrace", "com.fasterxml", "\tat ");
        if (answer.status() != 200) {
          assertThat(answer.json().at("/error/message").asText()).as(what).isNotEmpty();
          rejected++;
        }
      }
      assertThat(rejected).isGreaterThan(BODIES / 2);
    }
  }

  @Test
  void answersDeepNestingWithA400() {
    try (MillraceServer server =
        Fixture.withoutKafka(
            new ServedFixture.Source(ServedFixture.version("clicks", ModelKind.FM, 1)))) {
      Http http = Http.to(server);
      assertThat(http.post("/v1/predict", "[".repeat(500_000)).status()).isEqualTo(400);
      assertThat(http.post("/v1/predict", "{\"a\":".repeat(100_000)).status()).isEqualTo(400);
      assertThat(http.post("/v1/predict", "").status()).isEqualTo(400);
      assertThat(http.post("/v1/predict", "9".repeat(900_000)).status()).isEqualTo(400);
    }
  }

  private static byte[] mutated(SplittableRandom random) {
    byte[] body = SEEDS.get(random.nextInt(SEEDS.size())).getBytes(StandardCharsets.UTF_8);
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      int at = random.nextInt(body.length + 1);
      body =
          switch (random.nextInt(5)) {
            case 0 -> spliced(body, at, at, new byte[] {(byte) random.nextInt(256)});
            case 1 ->
                spliced(body, at, Math.min(body.length, at + 1 + random.nextInt(9)), new byte[0]);
            case 2 -> {
              String token = TOKENS.get(random.nextInt(TOKENS.size()));
              yield spliced(body, at, at, token.getBytes(StandardCharsets.UTF_8));
            }
            case 3 -> replacedValue(body, random);
            default -> Arrays.copyOf(body, at);
          };
    }
    return body;
  }

  /** Replaces what follows some colon up to the next delimiter: stays near valid JSON. */
  private static byte[] replacedValue(byte[] body, SplittableRandom random) {
    String text = new String(body, StandardCharsets.ISO_8859_1);
    int colon = text.indexOf(':', random.nextInt(text.length() + 1));
    if (colon < 0) {
      return body;
    }
    int end = colon + 1;
    while (end < text.length() && ",}]".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    String token = TOKENS.get(random.nextInt(TOKENS.size()));
    return spliced(body, colon + 1, end, token.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] spliced(byte[] body, int from, int to, byte[] middle) {
    byte[] result = new byte[from + middle.length + body.length - to];
    System.arraycopy(body, 0, result, 0, from);
    System.arraycopy(middle, 0, result, from, middle.length);
    System.arraycopy(body, to, result, from + middle.length, body.length - to);
    return result;
  }
}
