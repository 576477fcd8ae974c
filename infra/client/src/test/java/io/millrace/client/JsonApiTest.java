package io.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonApiTest {
  private static final ApiDescription SHOP =
      new ApiDescription(
          "shop", "expected one that is open", "application/json", Duration.ofSeconds(20));

  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String at() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  private JsonApi api(ApiDescription description) {
    return new JsonApi(
        URI.create("http://ann:secret@" + at() + "/"), description, IllegalStateException::new);
  }

  private void answers(String path, int status, String body) {
    server.createContext(path, exchange -> answer(exchange, status, body));
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Test
  void givesAnAnswerAsAValue() throws Exception {
    answers("/price", 200, "{\"cents\":250}");
    JsonApi api = api(SHOP);
    int cents = api.get("/price").as("a price", json -> json.required("cents").asInt());
    assertThat(cents).isEqualTo(250);
    assertThat(api.getLater("/price").get().json().at("/cents").asInt()).isEqualTo(250);
    assertThatThrownBy(() -> api.get("/price").as("a name", json -> json.required("name").asText()))
        .hasMessageStartingWith("the shop at http://" + at() + "/ answered what cannot be read: ")
        .hasMessageEndingWith(", expected a name");
  }

  @Test
  void sendsBodyTypeAndCredentials() throws Exception {
    server.createContext(
        "/order",
        exchange ->
            answer(
                exchange,
                200,
                "[\"%s\",\"%s\",%s]"
                    .formatted(
                        exchange.getRequestHeaders().getFirst("content-type"),
                        exchange.getRequestHeaders().getFirst("authorization"),
                        new String(
                            exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8))));
    assertThat(api(SHOP).post("/order", "{\"a\":1}").text())
        .isEqualTo("[\"application/json\",\"Basic YW5uOnNlY3JldA==\",{\"a\":1}]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          {"error":{"field":"k","message":"k: 0, expected 1 to 500"}} | k: 0, expected 1 to 500
          {"error_code":40401,"message":"Subject 's' not found."}     | Subject 's' not found.
          {"errors":[]}                                               | {"errors":[]}
          <h1>Bad gateway</h1>                                        | <h1>Bad gateway</h1>
          """)
  void aRefusalIsToldInTheWordsOfTheApi(String body, String words) throws Exception {
    answers("/no", 404, body);
    JsonApi.Answer answer = api(SHOP).get("/no");
    assertThat(answer.status()).isEqualTo(404);
    assertThatThrownBy(answer::expectOk)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the shop at http://%s/ answered 404: %s".formatted(at(), words));
  }

  @ParameterizedTest
  @CsvSource({"'',''", "closed,closed"})
  void whatIsNoJsonIsShown(String body, String shown) throws Exception {
    answers("/text", 200, body);
    assertThatThrownBy(() -> api(SHOP).get("/text").json())
        .hasMessage(
            "the shop at http://%s/ answered 200 with '%s', expected JSON".formatted(at(), shown));
  }

  @Test
  void whereNobodyAnswersTheSentenceSaysWhatIsExpectedAndNoPassword() {
    JsonApi api = api(SHOP);
    String nobody = "no shop answers at http://%s/, expected one that is open".formatted(at());
    server.stop(0);
    assertThatThrownBy(() -> api.get("/")).hasMessage(nobody);
    assertThatThrownBy(() -> api.postLater("/", "{}").join()).hasRootCauseMessage(nobody);
  }

  @Test
  void anAnswerThatDoesNotComeInTimeIsToldSo() {
    CountDownLatch end = new CountDownLatch(1);
    server.createContext(
        "/slow",
        exchange -> {
          try {
            end.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    JsonApi hasty =
        api(new ApiDescription("shop", "expected one", "application/json", Duration.ofSeconds(1)));
    try {
      assertThatThrownBy(() -> hasty.get("/slow"))
          .hasMessage("the shop at http://%s/ has not answered within 1 s".formatted(at()));
    } finally {
      end.countDown();
    }
  }
}
