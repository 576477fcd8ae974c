package io.millrace.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.registry.RegistryService;
import io.millrace.registry.http.Http.Answer;
import io.millrace.schema.SchemaRules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Whatever a request holds, the answer is a 200 or a 4xx in JSON that tells nothing of our insides,
 * and no memory, buffer or connection is left behind. {@code -Dmillrace.bodies=10000} is the long
 * form.
 */
class MalformedRequestsTest {
  private static final long SEED = 20_260_101;
  private static final int BODIES = Integer.getInteger("millrace.bodies", 1_000);

  /** Less than a tenth of what a round of 1,000 bodies holds. */
  private static final long MAX_GROWTH_BYTES = 512 << 10;

  private static final int MOST_ROUNDS = 12;

  private static final List<String> SEEDS =
      List.of(
          "{\"schema\":\"{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"a.R\\\",\\\"fields\\\":["
              + "{\\\"name\\\":\\\"x\\\",\\\"type\\\":[\\\"null\\\",\\\"int\\\"],\\\"default\\\":null},"
              + "{\\\"name\\\":\\\"e\\\",\\\"type\\\":{\\\"type\\\":\\\"enum\\\",\\\"name\\\":\\\"E\\\","
              + "\\\"symbols\\\":[\\\"A\\\"],\\\"default\\\":\\\"A\\\"},\\\"aliases\\\":[\\\"f\\\"]},"
              + "{\\\"name\\\":\\\"d\\\",\\\"type\\\":{\\\"type\\\":\\\"bytes\\\",\\\"logicalType\\\":"
              + "\\\"decimal\\\",\\\"precision\\\":4,\\\"scale\\\":2},\\\"feature\\\":{\\\"kind\\\":1}}]}\","
              + "\"schemaType\":\"AVRO\",\"references\":[]}",
          "{\"schema\":\"\\\"a.R\\\"\",\"references\":[{\"name\":\"a.R\",\"subject\":\"s\",\"version\":1}]}",
          "{\"schema\":\"{\\\"type\\\":\\\"fixed\\\",\\\"name\\\":\\\"F\\\",\\\"size\\\":4}\",\"id\":7,\"version\":2}",
          "{\"compatibility\":\"FULL\",\"normalize\":true,\"mode\":\"IMPORT\"}",
          "{\"artifactId\":\"s\",\"artifactType\":\"AVRO\",\"firstVersion\":{\"version\":\"2\","
              + "\"content\":{\"content\":\"{\\\"type\\\":\\\"fixed\\\",\\\"name\\\":\\\"F\\\","
              + "\\\"size\\\":4}\",\"references\":[{\"artifactId\":\"s\",\"version\":\"1\","
              + "\"name\":\"F\"}]}}}");

  private static final List<String> TOKENS =
      List.of(
          "null",
          "true",
          "-1",
          "0",
          "1e999",
          "9999999999999999999",
          "2147483648",
          "\"\"",
          "[]",
          "{}",
          "\"\\u0000\"",
          "[[]]",
          "{\"a\":{}}",
          "\"AVRO\"",
          "\"PROTOBUF\"",
          "\"\\ud800\"",
          "\\\"int\\\"",
          "\\\"\\\"",
          "\\\"a..b\\\"",
          "[\\\"null\\\",\\\"null\\\"]");

  private static final List<String> PATHS =
      List.of(
          "POST /subjects/s/versions",
          "POST /subjects/s/versions?normalize=true",
          "POST /subjects/s",
          "POST /compatibility/subjects/s/versions?verbose=true",
          "POST /compatibility/subjects/s/versions/latest",
          "PUT /config/s",
          "PUT /config",
          "PUT /mode/t?force=true",
          "POST /apis/registry/v2/groups/default/artifacts/s/meta",
          "POST /apis/registry/v3/groups/default/artifacts?ifExists=UPDATE",
          "POST /apis/registry/v3/search/versions?artifactId=s");

  @Test
  void noBodyIsAnErrorOfOursNorLeavesAnythingBehind() throws Exception {
    Leftovers leftovers = new Leftovers();
    try (RegistryService registry = RegistryService.inMemory(SchemaRules.NONE);
        RegistryServer server = RegistryServer.start(RegistryServerConfig.local(0), registry)) {
      Http http = new Http(server.port());
      // what is accepted is registered in the first round and known in the second
      assertThat(send(http, server.port())).isGreaterThan(BODIES / 2);
      // what requests leave behind is there after every round, what else grows in this JVM is not
      long growth = Long.MAX_VALUE;
      for (int round = 0; round < MOST_ROUNDS && growth >= MAX_GROWTH_BYTES; round++) {
        long heap = Leftovers.heapBytes();
        send(http, server.port());
        Awaitility.await().until(() -> server.connections() <= 1);
        growth = Math.min(growth, Leftovers.heapBytes() - heap);
      }
      assertThat(growth).as("bytes of heap").isLessThan(MAX_GROWTH_BYTES);
      assertThat(http.get("/subjects").status()).isEqualTo(200);
      assertThat(leftovers.leaks()).as("buffers that nobody released").isEmpty();
    }
  }

  @Test
  void manyConnectionsThatSpeakNoHttpAtOnceAreAllAnswered() throws Exception {
    try (RegistryService registry = RegistryService.inMemory(SchemaRules.NONE);
        RegistryServer server = RegistryServer.start(RegistryServerConfig.local(0), registry)) {
      for (int n : new int[] {4, 16, 64}) {
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < n; i++) {
          Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
          socket.setSoTimeout(20_000);
          sockets.add(socket);
        }
        for (Socket socket : sockets) {
          socket.getOutputStream().write("hello\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        for (Socket socket : sockets) {
          byte[] start = socket.getInputStream().readNBytes(12);
          assertThat(new String(start, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 400");
          socket.close();
        }
      }
      assertThat(new Http(server.port()).get("/subjects").status()).isEqualTo(200);
    }
  }

  /** Sends all bodies, some on connections that break, and says how many were refused. */
  private static int send(Http http, int port) throws IOException {
    SplittableRandom random = new SplittableRandom(SEED);
    int refused = 0;
    for (int i = 0; i < BODIES; i++) {
      String[] path = PATHS.get(i % PATHS.size()).split(" ");
      byte[] body = body(random);
      String request = "seed %d body %d: %s %s".formatted(SEED, i, path[1], text(body));
      if (i % 20 == 0) {
        BrokenConnection.Kind[] kinds = BrokenConnection.Kind.values();
        String answer = kinds[i / 20 % kinds.length].send(port, path[1], body);
        assertThat(answer).as(request).doesNotStartWith("HTTP/1.1 5");
      } else {
        Answer answer = http.send(path[0], path[1], body, Http.TYPE);
        check(answer, request);
        refused += answer.status() == 200 ? 0 : 1;
      }
    }
    return refused;
  }

  private static void check(Answer answer, String request) {
    if (answer.status() == 200) {
      return;
    }
    assertThat(answer.status()).as(request + " -> " + answer).isBetween(400, 499);
    assertThat(
            answer.json().path("error_code").asInt()
                / (answer.json().path("error_code").asInt() > 999 ? 100 : 1))
        .as(request + " -> " + answer)
        .isEqualTo(answer.status());
    // Apicurio's clients know the kinds of refusals by such names
    assertThat(answer.body().replaceFirst(",\"name\":\"[A-Za-z]+Exception\",", ","))
        .as(request)
        .doesNotContain("Exception")
        .doesNotContain("io.millrace")
        .doesNotContain("org.apache")
        .doesNotContain("\\tat ");
  }

  private static String text(byte[] body) {
    return Request.abbreviated(new String(body, StandardCharsets.ISO_8859_1));
  }

  /** A seed with one to three things wrong. */
  private static byte[] body(SplittableRandom random) {
    byte[] body = SEEDS.get(random.nextInt(SEEDS.size())).getBytes(StandardCharsets.UTF_8);
    for (int n = random.nextInt(3); n >= 0; n--) {
      body =
          switch (random.nextInt(5)) {
            case 0 -> Arrays.copyOf(body, random.nextInt(body.length + 1));
            case 1 -> withByte(body, random);
            case 2 -> spliced(body, random, new byte[0]);
            case 3 -> spliced(body, random, token(random));
            default -> withValue(body, random);
          };
    }
    return body;
  }

  private static byte[] token(SplittableRandom random) {
    return TOKENS.get(random.nextInt(TOKENS.size())).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] withByte(byte[] body, SplittableRandom random) {
    byte[] changed = body.clone();
    if (changed.length > 0) {
      changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
    }
    return changed;
  }

  private static byte[] spliced(byte[] body, SplittableRandom random, byte[] middle) {
    int from = random.nextInt(body.length + 1);
    int to = Math.min(body.length, from + random.nextInt(20));
    return spliced(body, from, to, middle);
  }

  private static byte[] withValue(byte[] body, SplittableRandom random) {
    String text = new String(body, StandardCharsets.ISO_8859_1);
    int colon = text.indexOf(':', random.nextInt(text.length() + 1));
    if (colon < 0) {
      return body;
    }
    int end = colon + 1;
    while (end < text.length() && ",}]".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return spliced(body, colon + 1, end, token(random));
  }

  private static byte[] spliced(byte[] body, int from, int to, byte[] middle) {
    byte[] result = new byte[from + middle.length + body.length - to];
    System.arraycopy(body, 0, result, 0, from);
    System.arraycopy(middle, 0, result, from, middle.length);
    System.arraycopy(body, to, result, from + middle.length, body.length - to);
    return result;
  }

  @Test
  void hugeAndDeepBodiesAreRefused() {
    try (RegistryService registry = RegistryService.inMemory(SchemaRules.NONE);
        RegistryServer server = RegistryServer.start(RegistryServerConfig.local(0), registry)) {
      Http http = new Http(server.port());
      String array = "{\"type\":\"array\",\"items\":";
      for (String schema :
          List.of(
              "[".repeat(500_000),
              array.repeat(5_000) + "\"int\"" + "}".repeat(5_000),
              "{\"a\":".repeat(50_000),
              "\"" + "x".repeat(1_100_000) + "\"",
              "[" + "\"int\",".repeat(150_000) + "\"int\"]",
              "{\"type\":\"int\",\"p\":" + "9".repeat(1_000_000) + "}",
              "{\"type\":\"record\",\"name\":\"r\",\"fields\":[{\"name\":\"x\",\"type\":\"bytes\",\"default\":\""
                  + "y".repeat(1_100_000)
                  + "\"}]}")) {
        Answer answer = http.register("s", schema);
        assertThat(answer.status()).as(Request.abbreviated(schema)).isEqualTo(422);
        check(answer, Request.abbreviated(schema));
      }
      check(http.post("/subjects/s/versions", "[".repeat(1_000_000)), "deep body");
      check(http.post("/subjects/s/versions", "x".repeat(3_000_000)), "huge body");
      assertThat(http.get("/subjects").body()).isEqualTo("[]");
    }
  }
}
