package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code millrace send} makes of lines; the server here takes every event that it is sent. */
@SuppressWarnings("NullAway.Init") // set before each test
class SendCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CLICK = "{\"type\":\"click\",\"impressionId\":\"%s\"}";

  @TempDir Path folder;
  private final List<String> taken = Collections.synchronizedList(new ArrayList<>());
  private final List<Long> times = Collections.synchronizedList(new ArrayList<>());
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/events",
        exchange -> {
          JsonNode events = JSON.readTree(exchange.getRequestBody()).get("events");
          events.forEach(event -> taken.add(event.get("impressionId").asText()));
          events.forEach(event -> times.add(event.path("time").asLong()));
          byte[] answer =
              "{\"accepted\":%d,\"rejected\":0,\"errors\":[]}"
                  .formatted(events.size())
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

  private String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private Ran send(byte[] bytes, Object... more) throws IOException {
    Path file = Files.write(folder.resolve("events"), bytes);
    List<Object> words = new ArrayList<>();
    words.addAll(List.of("send", "--server", address()));
    words.addAll(List.of(more));
    words.add(file);
    return Ran.of(words.toArray());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void eachLineIsAnEventAndABadOneIsCountedWhileTheOthersGoOn() throws IOException {
    String good = CLICK.formatted("a");
    Ran ran =
        send(
            bytes(
                "\uFEFF%s\r\n\n%s,%s\n{'type':'click'}\n[]\n{\"type\":NaN}\n%s,\n%s\n"
                    .formatted(good, good, good, good, CLICK.formatted("b"))));
    assertThat(taken).containsExactly("a", "b");
    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.out())
        .contains("5 rejected: malformed_json")
        .contains("  line 3: no JSON at column ")
        .contains("  line 5: no JSON object, expected an event as one JSON object: []")
        .endsWith("2 accepted, 5 rejected\n");
  }

  @Test
  void batchesHoldAsManyAsIsSaidAndKeepTheOrder() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 7; i++) {
      lines.append(CLICK.formatted(i)).append('\n');
    }
    Ran ran = send(bytes(lines.toString()), "--batch", 3);
    assertThat(ran.status()).as(ran.err()).isZero();
    assertThat(taken).containsExactly("0", "1", "2", "3", "4", "5", "6");
    assertThat(ran.out()).isEqualTo("7 accepted, 0 rejected\n");
  }

  @Test
  void lettersOfAnotherEncodingAreNotChanged() throws IOException {
    byte[] line = CLICK.formatted("caf\u00e9").getBytes(StandardCharsets.ISO_8859_1);
    Ran ran = send(line);
    assertThat(ran.status()).isEqualTo(1);
    assertThat(ran.out()).contains("line 1: not a text in UTF-8");
    assertThat(taken).isEmpty();
  }

  @Test
  void gzipIsUnpacked() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes(CLICK.formatted("z")));
    }
    assertThat(send(packed.toByteArray()).status()).isZero();
    assertThat(taken).containsExactly("z");
  }

  @Test
  void aClickHasATimeInEitherForm() {
    for (String time : List.of("1769860805000", "2026-01-31T12:00:05Z")) {
      Ran ran = Ran.of("click", "--server", address(), "--time", time, "i-1", "i-2");
      assertThat(ran.status()).as(ran.err()).isZero();
    }
    assertThat(times).hasSize(4).containsOnly(1_769_860_805_000L);
    Ran wrong = Ran.of("click", "--server", address(), "--time", "noon", "i-1");
    assertThat(wrong.status()).isEqualTo(Millrace.USER_ERROR);
    assertThat(wrong.err())
        .isEqualTo(
            "millrace: --time noon, expected milliseconds since 1970, or a text such as"
                + " 2026-01-31T12:00:00Z\n");
  }

  @Test
  void whatCannotBeSentIsSaid() throws IOException {
    assertThat(send(bytes("\n\n")).err()).contains("holds no events");
    assertThat(Ran.of("send", folder).err()).contains("no file at " + folder);
    assertThat(Ran.of("send", "--server", "foo", folder).err())
        .contains("'foo' is no address of a server, expected one such as http://127.0.0.1:8080");
    assertThat(send(bytes("x"), "--batch", 0).err()).contains("--batch 0, expected 1 to 10000");
  }
}
