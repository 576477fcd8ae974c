package io.millrace.serving.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.learner.ModelKind;
import io.millrace.ranking.Allocation;
import io.millrace.ranking.ServedFixture;
import io.millrace.registry.InMemorySchemaRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets in, and how those who do not are told. */
class DoorsTest {
  private static final String PREDICT = "{\"features\":{\"user_id\":\"u\",\"ad_id\":\"a\"}}";
  private static MillraceServer server;
  private static Http http;

  @BeforeAll
  static void start() {
    server = start(RequestLimits.defaults());
    http = Http.to(server);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static MillraceServer start(RequestLimits limits) {
    ServedFixture.Source source =
        new ServedFixture.Source(ServedFixture.version("clicks", ModelKind.FM, 1));
    ServerConfig config =
        Fixture.config(
                Map.of("bootstrap.servers", "127.0.0.1:1"), new InMemorySchemaRegistry(), source)
            .withSettings(s -> s.withLimits(limits).withAllowedOrigins(Set.of("shop.example")));
    return MillraceServer.start(config, List.of(source));
  }

  /** More than there are event loops, so that each has one to answer. */
  @ParameterizedTest
  @CsvSource({"4", "16", "64"})
  void malformedRequestsAtTheSameMomentAreEachAnswered(int connections) throws Exception {
    MillraceServer own = start(RequestLimits.defaults());
    List<RawHttp> all = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      all.add(new RawHttp(own));
    }
    for (RawHttp one : all) {
      one.send("hello\r\n\r\n");
    }
    for (RawHttp one : all) {
      assertThat(one.answer()).startsWith("HTTP/1.1 400 ").contains("{\"error\":{\"message\":");
      one.close();
    }
    for (int i = 0; i < 8; i++) {
      assertThat(Http.to(own).get("/health").status()).isEqualTo(200);
    }
    assertThat(Http.to(own).get("/metrics").body())
        .contains(
            "millrace_requests_total{endpoint=\"other\",status=\"400\"} " + connections + ".0\n");
    long start = System.nanoTime();
    own.close();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void aRefusedMethodIsToldTheRightOnes() {
    assertThat(http.get("/v1/predict").headers().firstValue("allow")).hasValue("POST");
    Http.Answer post = http.post("/health", "");
    assertThat(post.status()).isEqualTo(405);
    assertThat(post.headers().firstValue("allow")).hasValue("GET, HEAD");
    assertThat(post.json().at("/error/message").asText()).contains("GET, HEAD");
  }

  @Test
  void refusalsAreCounted() throws Exception {
    http.get("/nope");
    http.get("/v1/rank");
    send("content-encoding", "br", PREDICT.getBytes(UTF_8));
    http.post("/v1/rank", "[" + " ".repeat(1 << 20) + "]");
    assertThat(http.get("/metrics").body())
        .contains(
            "{endpoint=\"other\",status=\"404\"} ",
            "{endpoint=\"rank\",status=\"405\"} ",
            "{endpoint=\"predict\",status=\"415\"} ",
            "{endpoint=\"rank\",status=\"413\"} 1.0\n");
  }

  @Test
  void aGzippedBodyIsReadAsItIs() throws Exception {
    HttpResponse<String> packed = send("content-encoding", "gzip", gzip(PREDICT.getBytes(UTF_8)));
    assertThat(packed.statusCode()).as(packed.body()).isEqualTo(200);
    assertThat(packed.body()).contains(probability(http.post("/v1/predict", PREDICT).body()));
  }

  private static String probability(String answer) {
    return answer.substring(answer.indexOf("\"predictions\""));
  }

  @Test
  void aBodyThatUnpacksWithoutEndIsRefused() throws Exception {
    HttpResponse<String> bomb = send("content-encoding", "gzip", gzip(new byte[100_000_000]));
    assertThat(bomb.statusCode()).isEqualTo(413);
    assertThat(bomb.body()).contains("too large when unpacked, expected at most 1048576 bytes");
  }

  @Test
  void unpackingABombTakesNoMoreThanItsBound() throws Exception {
    byte[] bomb = gzip(new byte[100_000_000]);
    long before = Allocation.ofThisThread();
    try {
      BodyEncoding.GZIP.unpack(bomb, 1 << 20);
    } catch (RequestException e) {
      assertThat(Allocation.ofThisThread() - before).isLessThan(8 << 20);
      return;
    }
    throw new AssertionError("not refused");
  }

  @Test
  void otherEncodingsAndFalseOnesAreRefused() throws Exception {
    HttpResponse<String> brotli = send("content-encoding", "br", PREDICT.getBytes(UTF_8));
    assertThat(brotli.statusCode()).isEqualTo(415);
    assertThat(brotli.headers().firstValue("accept-encoding")).hasValue("gzip, identity");
    HttpResponse<String> plain = send("content-encoding", "gzip", PREDICT.getBytes(UTF_8));
    assertThat(plain.statusCode()).isEqualTo(400);
    assertThat(plain.body()).contains("the body is not gzip");
  }

  @ParameterizedTest
  @CsvSource({
    "http://evil.example,            403",
    "null,                           403",
    "http://127.0.0.1.evil.example,  403",
    "http://localhost:3000,          200",
    "http://127.0.0.1:8080,          200",
    "http://[::1]:8080,              200",
    "https://shop.example,           200"
  })
  void pagesOfOtherSitesCannotAsk(String origin, int status) throws Exception {
    byte[] body = PREDICT.getBytes(UTF_8);
    HttpResponse<String> answer = send(body, "origin", origin, "content-type", "application/json");
    assertThat(answer.statusCode()).isEqualTo(status);
    if (status == 403) {
      assertThat(answer.body()).contains(origin, "expected a page of this machine");
    }
  }

  /** A form can be sent to any site; JSON makes a browser ask first. */
  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data"})
  void aPageMustSendJson(String type) throws Exception {
    byte[] body = PREDICT.getBytes(UTF_8);
    HttpResponse<String> answer =
        send(body, "origin", "http://localhost:3000", "content-type", type);
    assertThat(answer.statusCode()).isEqualTo(415);
    assertThat(answer.body()).contains(type, "expected application/json from a page");
  }

  @Test
  void aProgramMaySendAnyContentType() throws Exception {
    byte[] body = PREDICT.getBytes(UTF_8);
    assertThat(send("content-type", "application/x-www-form-urlencoded", body).statusCode())
        .isEqualTo(200);
  }

  @Test
  void slowHeadersEndTheConnection() throws Exception {
    RequestLimits limits =
        RequestLimits.defaults()
            .withConnections(256, Duration.ofMillis(300), Duration.ofSeconds(60));
    try (MillraceServer own = start(limits);
        RawHttp slow = new RawHttp(own);
        RawHttp quick = new RawHttp(own)) {
      // Two requests on one connection: the second begins when the first was answered.
      for (int i = 0; i < 2; i++) {
        quick.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
        assertThat(quick.answer()).startsWith("HTTP/1.1 200 ");
      }
      slow.send("POST /v1/predict HTTP/1.1\r\nHost: x\r\nX-A: a");
      assertThat(slow.ends()).isTrue();
      quick.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(quick.answer()).startsWith("HTTP/1.1 200 ");
    }
  }

  @Test
  void aBodyThatDoesNotComeEndsByTheDeadlineAndItsBytesAreGivenBack() throws Exception {
    RequestLimits limits = RequestLimits.defaults().withDeadline(Duration.ofSeconds(3));
    try (MillraceServer own = start(limits);
        RawHttp slow = new RawHttp(own)) {
      slow.post("/v1/predict", "Content-Length: 1000\r\n", "{");
      await().until(() -> inFlight(own).equals("1000 bytes, 1 requests"));
      assertThat(slow.answer())
          .startsWith("HTTP/1.1 408 ")
          .contains("The request's body did not arrive within 3000 ms.");
      assertThat(slow.ends()).isTrue();
      await().until(() -> inFlight(own).equals("0 bytes, 0 requests"));
      assertThat(Http.to(own).get("/metrics").body())
          .contains("millrace_requests_total{endpoint=\"predict\",status=\"408\"} 1.0\n");
    }
  }

  @Test
  void aClientThatIsGoneGivesItsBytesBack() throws Exception {
    try (MillraceServer own = start(RequestLimits.defaults())) {
      try (RawHttp gone = new RawHttp(own)) {
        gone.post("/v1/predict", "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n");
        // How long it will be is not known, so it counts as the longest.
        await().until(() -> inFlight(own).equals("1048576 bytes, 1 requests"));
      }
      await().until(() -> inFlight(own).equals("0 bytes, 0 requests"));
    }
  }

  /** What the status says to be in flight. */
  static String inFlight(MillraceServer server) {
    var admission = Http.to(server).get("/v1/status").json().get("admission");
    return "%d bytes, %d requests"
        .formatted(
            admission.get("bytesInFlight").asLong(), admission.get("requestsInFlight").asInt());
  }

  private static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(plain);
    }
    return packed.toByteArray();
  }

  private static HttpResponse<String> send(String header, String value, byte[] body)
      throws Exception {
    return send(body, header, value);
  }

  private static HttpResponse<String> send(byte[] body, String... headers) throws Exception {
    return http.client()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/v1/predict"))
                .headers(headers)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
