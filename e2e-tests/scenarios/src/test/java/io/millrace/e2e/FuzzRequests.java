package io.millrace.e2e;

import static io.millrace.e2e.RawHttp.join;
import static io.millrace.e2e.RawHttp.post;
import static io.millrace.e2e.RawHttp.request;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.zip.GZIPOutputStream;

/**
 * Requests of every kind of nonsense, and good ones among them. Each kind says which statuses are
 * right for it; status 0 is a connection closed without an answer.
 */
final class FuzzRequests {
  private static final String PREDICT = "/v1/predict";
  private static final String RANK = "/v1/rank";
  private static final String JSON = "Content-Type: application/json\r\n";

  /** Features without braces, of nobody whom the good events know. */
  private static final String FEATURES =
      "\"user\":\"nobody\",\"ad\":\"none\",\"device\":\"TV\",\"hour\":3,\"quality\":0.5,"
          + "\"price\":9.5,\"views\":10,\"age\":30,\"history\":[\"a\",\"b\"]";

  private static final String GOOD = "{\"features\":{" + FEATURES + "}}";

  private static final List<String> FIELDS =
      List.of(
          "impression_id",
          "event_time",
          "user",
          "ad",
          "device",
          "hour",
          "quality",
          "price",
          "views",
          "age",
          "history");
  private static final List<String> NUMBERS = List.of("hour", "quality", "price", "views", "age");

  private static final List<String> NOT_NUMBERS =
      List.of(
          "NaN",
          "-NaN",
          "nan",
          "NAN",
          "Infinity",
          "-Infinity",
          "+Infinity",
          "inf",
          "-inf",
          "INF",
          "\"NaN\"",
          "\"Infinity\"",
          "\"-inf\"",
          "1e400",
          "-1e999",
          "1e2147483648",
          "0x1p3",
          "1d",
          "+1",
          ".5",
          "5.",
          "01",
          "1e",
          "--1",
          "1_000",
          "1,5");

  private static final List<String> MAGNITUDES =
      List.of(
          "1e308",
          "-1e308",
          "1.7976931348623157e308",
          "3.4028235e38",
          "-3.4028235e38",
          "3.5e38",
          "1e39",
          "1e30",
          "1e17",
          "1.0000001e16",
          "1e16",
          "9.9e15",
          "1e12",
          "-1e12",
          "9223372036854775807",
          "-9223372036854775808",
          "9223372036854775808",
          "9007199254740993",
          "2147483648",
          "-1",
          "-0.0",
          "1e-320",
          "4.9e-324",
          "1e-45",
          "1e-30",
          "1e-999",
          "0.1",
          "9".repeat(300),
          "9".repeat(999),
          "9".repeat(1_001),
          "0." + "0".repeat(900) + "1",
          "1" + "0".repeat(400) + "e-400");

  private static final List<String> VALUES =
      List.of("null", "true", "\"x\"", "\"\"", "1", "1.5", "[]", "{}", "[[]]", "[null]", "[1]");

  private FuzzRequests() {}

  /** Makes the bytes of a request. */
  @FunctionalInterface
  interface Make {
    byte[] of(SplittableRandom random);
  }

  /**
   * A kind.
   *
   * @param right statuses
   * @param raw whether what is sent may be no HTTP, and so gets a connection of its own
   * @param every how rare it is: one turn in so many
   */
  record Kind(String name, Set<Integer> right, boolean raw, int every, Make make) {}

  private static Kind kind(String name, Set<Integer> right, Make make) {
    return new Kind(name, right, false, 1, make);
  }

  private static Kind raw(String name, Set<Integer> right, Make make) {
    return new Kind(name, right, true, 1, make);
  }

  private static Kind rare(int every, Kind kind) {
    return new Kind(kind.name, kind.right, kind.raw, every, kind.make);
  }

  private static final Set<Integer> OK = Set.of(200);
  private static final Set<Integer> BAD = Set.of(400);
  private static final Set<Integer> EITHER = Set.of(200, 400);

  /** All kinds. */
  static List<Kind> all() {
    String many = repeated("{}", 10_000);
    byte[] bomb = gzip(new byte[200 << 20]);
    return List.of(
        kind("good predict", OK, r -> post(PREDICT, GOOD)),
        kind("good rank, not logged", OK, r -> post(RANK, rank(FEATURES, "\"log\":false"))),
        kind("good rank, logged", OK, r -> post(RANK, rank(FEATURES, "\"k\":1"))),
        kind("explained", OK, r -> post(PREDICT, with(GOOD, "\"explain\":true"))),
        // not JSON
        kind("empty body", BAD, r -> post(PREDICT, "")),
        kind("cut short", BAD, r -> post(PREDICT, GOOD.substring(0, r.nextInt(GOOD.length())))),
        kind("bytes changed", EITHER, r -> request("POST", PREDICT, JSON, changed(r))),
        kind("garbage body", BAD, r -> request("POST", PREDICT, JSON, garbage(r, 2_000))),
        kind("no object", BAD, r -> post(PREDICT, one(r, VALUES.subList(0, 7)))),
        kind("something after it", BAD, r -> post(PREDICT, GOOD + one(r, VALUES))),
        kind("comment", BAD, r -> post(PREDICT, "/* x */" + GOOD)),
        kind("single quotes", BAD, r -> post(PREDICT, GOOD.replace('"', '\''))),
        kind("invalid UTF-8", BAD, r -> request("POST", PREDICT, JSON, invalidUtf8())),
        kind("UTF-16", EITHER, r -> request("POST", PREDICT, JSON, GOOD.getBytes(UTF_16))),
        kind("byte order mark", EITHER, r -> post(PREDICT, "\uFEFF" + GOOD)),
        kind("control characters", BAD, r -> post(PREDICT, GOOD.replace("nobody", "a\u0001\n"))),
        kind(
            "escapes",
            OK,
            r -> post(PREDICT, GOOD.replace("nobody", "\\u0000\\ud83d\\ude00\\uffff"))),
        kind("half letters", BAD, r -> post(PREDICT, GOOD.replace("nobody", "a\\ud800"))),
        // nesting
        kind("deep arrays", BAD, r -> post(PREDICT, "[".repeat(1 + r.nextInt(500_000)))),
        kind("deep objects", BAD, r -> post(PREDICT, "{\"features\":".repeat(40_000))),
        kind("deep feature", BAD, r -> post(PREDICT, feature("user", nested(33 + r.nextInt(999))))),
        kind("nested feature", BAD, r -> post(PREDICT, feature(one(r, FIELDS), nested(20)))),
        // sizes
        rare(20, kind("10,000 candidates", Set.of(200, 503), r -> post(PREDICT, share("", many)))),
        rare(
            20,
            kind(
                "10,000 candidates and a long history",
                Set.of(200, 503),
                r -> post(PREDICT, share(history(60_000), many)))),
        rare(
            20,
            kind(
                "10,000 candidates and a context of 50,000 keys",
                Set.of(400, 503),
                r -> post(PREDICT, share(keys(50_000), many)))),
        rare(
            20, kind("rank 10,000", Set.of(200, 503), r -> post(RANK, share("", many, "\"k\":1")))),
        rare(20, kind("10,001 candidates", BAD, r -> post(PREDICT, share("", many + ",{}")))),
        rare(
            20,
            kind(
                "100,000 candidates that are no objects",
                BAD,
                r -> post(PREDICT, share("", repeated("1", 100_000))))),
        rare(10, kind("string of 1 MB", Set.of(400, 503), r -> post(PREDICT, longText(900_000)))),
        rare(
            10,
            kind(
                "rank a string of 1 MB",
                Set.of(200, 400, 503),
                r -> post(RANK, rankText(900_000 + r.nextInt(140_000))))),
        rare(
            10,
            kind(
                "key of 1 MB",
                Set.of(400, 503),
                r -> post(PREDICT, feature("x".repeat(900_000), "1")))),
        rare(10, raw("body of 2 MB", Set.of(413, 503, 0), r -> post(PREDICT, longText(2 << 20)))),
        rare(
            10,
            kind("array of 400,000", Set.of(200, 503), r -> post(PREDICT, longHistory(99_000)))),
        // numbers
        kind("no number", BAD, r -> post(PREDICT, feature(one(r, NUMBERS), one(r, NOT_NUMBERS)))),
        kind("magnitude", EITHER, r -> post(PREDICT, feature(one(r, NUMBERS), one(r, MAGNITUDES)))),
        kind("magnitudes all over", EITHER, r -> post(PREDICT, allMagnitudes(r))),
        kind(
            "magnitude ranked and logged",
            EITHER,
            r -> post(RANK, rank(replaced(one(r, NUMBERS), one(r, MAGNITUDES)), "\"k\":1"))),
        // what is asked
        kind("wrong type", EITHER, r -> post(PREDICT, feature(one(r, FIELDS), one(r, VALUES)))),
        kind("field left out", EITHER, r -> post(PREDICT, without(one(r, FIELDS)))),
        kind("unknown key", BAD, r -> post(PREDICT, with(GOOD, "\"candidate\":1"))),
        kind(
            "unknown feature", BAD, r -> post(PREDICT, feature("user\\u0000" + r.nextInt(9), "1"))),
        kind("key twice", BAD, r -> post(PREDICT, with(GOOD, "\"features\":{}"))),
        kind("feature twice", BAD, r -> post(PREDICT, GOOD.replace("{\"user", "{\"ad\":1,\"user"))),
        kind("features and candidates", BAD, r -> post(PREDICT, with(GOOD, "\"candidates\":[{}]"))),
        kind("nothing asked", BAD, r -> post(PREDICT, "{}")),
        kind("no candidates", BAD, r -> post(RANK, "{\"candidates\":" + one(r, VALUES) + "}")),
        kind("context and candidate", BAD, r -> post(RANK, twice())),
        kind("context of a wrong type", EITHER, r -> post(PREDICT, contextOf(one(r, VALUES)))),
        kind(
            "unknown model",
            Set.of(404, 400),
            r -> post(PREDICT, with(GOOD, "\"model\":\"" + "m".repeat(r.nextInt(2_000)) + "\""))),
        kind("model of a wrong type", Set.of(400, 404, 200), r -> post(PREDICT, modelOf(r))),
        kind("k", EITHER, r -> post(RANK, rank(FEATURES, "\"log\":false,\"k\":" + any(r)))),
        kind("log", EITHER, r -> post(RANK, rank(FEATURES, "\"log\":" + one(r, VALUES)))),
        kind("bid", EITHER, r -> post(RANK, bid(any(r)))),
        kind("candidate id", EITHER, r -> post(RANK, candidateId(any(r)))),
        kind("explain", EITHER, r -> post(PREDICT, with(GOOD, "\"explain\":" + any(r)))),
        kind(
            "explainTop",
            EITHER,
            r -> post(PREDICT, with(GOOD, "\"explain\":true,\"explainTop\":" + any(r)))),
        kind(
            "impression id",
            EITHER,
            r -> post(RANK, rank("\"impression_id\":" + id(r) + "," + FEATURES, "\"k\":1"))),
        kind("same impression id", BAD, r -> post(RANK, sameIds())),
        kind(
            "event time",
            EITHER,
            r -> post(RANK, rank("\"event_time\":" + anyTime(r) + "," + FEATURES, "\"k\":1"))),
        // HTTP
        kind(
            "content type",
            Set.of(200, 400, 415),
            r ->
                request(
                    "POST",
                    PREDICT,
                    "Content-Type: " + one(r, TYPES) + "\r\n",
                    GOOD.getBytes(UTF_8))),
        kind(
            "content encoding",
            Set.of(400, 415),
            r ->
                request(
                    "POST",
                    PREDICT,
                    JSON + "Content-Encoding: " + one(r, ENCODINGS) + "\r\n",
                    GOOD.getBytes(UTF_8))),
        kind("gzip", OK, r -> packed(gzip(GOOD.getBytes(UTF_8)))),
        kind("gzip cut short", BAD, r -> packed(cut(r, gzip(GOOD.getBytes(UTF_8))))),
        kind("gzip of garbage", BAD, r -> packed(gzip(garbage(r, 1_000)))),
        rare(10, kind("gzip bomb", Set.of(413, 503), r -> packed(bomb))),
        kind("method", Set.of(400, 404, 405, 200), r -> method(r)),
        raw(
            "unknown method",
            Set.of(400, 404, 405, 0),
            r -> head(one(r, ODD_METHODS) + " / HTTP/1.1\r\nHost: x\r\n\r\n")),
        raw("path", Set.of(200, 400, 404, 405, 414, 0), r -> get(one(r, PATHS))),
        raw(
            "long path",
            Set.of(400, 404, 414, 431, 0),
            r -> get("/" + "a".repeat(5_000 + r.nextInt(60_000)))),
        kind(
            "since of the history",
            Set.of(200, 400),
            r -> getRequest("/v1/history?since=" + one(r, MAGNITUDES))),
        kind("views", Set.of(200, 503), r -> getRequest(one(r, VIEWS))),
        raw("header flood", Set.of(400, 431, 0), r -> get("/health", headers(2_000))),
        raw("long header", Set.of(400, 431, 0), r -> get("/health", "X: " + "y".repeat(99_999))),
        raw("header without a colon", Set.of(200, 400, 0), r -> get("/health", "nonsense")),
        raw("header of control characters", Set.of(200, 400, 0), r -> get("/", "a\u0000\u0007: b")),
        raw(
            "content length",
            Set.of(200, 400, 413, 0),
            r -> head("POST /v1/predict HTTP/1.1\r\n" + one(r, LENGTHS) + "\r\n\r\n" + GOOD)),
        raw(
            "chunks",
            Set.of(200, 400, 413, 0),
            r ->
                head(
                    "POST /v1/predict HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + one(r, CHUNKS))),
        raw("no HTTP", Set.of(400, 405, 404, 431, 0), r -> garbage(r, 5_000)),
        raw("other versions", Set.of(200, 400, 404, 0), r -> bytes(one(r, VERSIONS))),
        raw(
            "connection closed in the body",
            Set.of(400, 408, 0),
            r -> Arrays.copyOf(post(PREDICT, GOOD), 120)),
        kind(
            "foreign page",
            Set.of(403),
            r -> request("POST", PREDICT, JSON + "Origin: http://evil.example\r\n", bytes(GOOD))),
        kind(
            "nonsense of a page",
            Set.of(200, 400, 403),
            r ->
                request(
                    "POST", PREDICT, JSON + "Origin: " + one(r, ORIGINS) + "\r\n", bytes(GOOD))));
  }

  private static final List<String> TYPES =
      List.of(
          "text/plain",
          "application/xml",
          "application/json;charset=utf-16",
          "multipart/form-data; boundary=x",
          "nonsense",
          "application/x-www-form-urlencoded",
          ";;;",
          "application/json; charset=klingon");
  private static final List<String> ENCODINGS =
      List.of("br", "deflate", "zstd", "gzip, gzip", "gzip", "chunked", "nonsense", "*");
  private static final List<String> ODD_METHODS =
      List.of("FOO", "get", "TRACE", "CONNECT", "PRI", "PROPFIND", "G\u00e4T", "G".repeat(9_000));
  private static final List<String> METHODS =
      List.of("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "POST");
  private static final List<String> VIEWS =
      List.of("/", "/health", "/v1/status", "/v1/models", "/v1/history", "/metrics");
  private static final List<String> PATHS =
      List.of(
          "/../../etc/passwd",
          "/%2e%2e/%2e%2e/etc/passwd",
          "/%00",
          "/%",
          "/%zz",
          "//",
          "//v1//predict",
          "/v1/predict/",
          "/v1/predict?x=%",
          "/v1/history?since=NaN",
          "/v1/history?since=" + "9".repeat(400),
          "/v1/history?since=-1",
          "/v1/history?since=",
          "/v1/history?x=y",
          "/console/..%2f..%2fsecret",
          "http://elsewhere.example/v1/status",
          "*",
          "/\u00e4\u00f6",
          "/;a=b",
          "/v1/status#x",
          "/a\\b");
  private static final List<String> LENGTHS =
      List.of(
          "Content-Length: -1",
          "Content-Length: abc",
          "Content-Length: 999999999999999999",
          "Content-Length: 99999999999999999999999",
          "Content-Length: 5\r\nContent-Length: 6",
          "Content-Length: 5\r\nTransfer-Encoding: chunked",
          "Content-Length: 0",
          "Transfer-Encoding: nonsense",
          "Transfer-Encoding: gzip, chunked",
          "Content-Length: 2000000");
  private static final List<String> CHUNKS =
      List.of(
          "zz\r\n" + GOOD,
          "-1\r\n" + GOOD,
          "FFFFFFFFFFFFFFFF\r\n" + GOOD,
          "7fffffff\r\n" + GOOD,
          Integer.toHexString(GOOD.length()) + "\r\n" + GOOD + "\r\n0\r\n\r\n",
          "1\r\n{\r\n".repeat(1_000) + "0\r\n\r\n",
          "1;" + "x".repeat(20_000) + "\r\n{\r\n0\r\n\r\n",
          "0\r\n" + "a: b\r\n".repeat(5_000) + "\r\n");
  private static final List<String> VERSIONS =
      List.of(
          "GET /health HTTP/9.9\r\n\r\n",
          "GET /health HTTP/1.0\r\n\r\n",
          "GET /health HTTP/1.1\r\n\r\n",
          "GET /health\r\n\r\n",
          "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
          "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\u00ff".repeat(100),
          "GET /health HTTP/1.1\r\nUpgrade: h2c\r\nHTTP2-Settings: x\r\n"
              + "Connection: Upgrade, HTTP2-Settings\r\n\r\n",
          "GET /health HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
          "GET /health HTTP/1.1\nHost: x\n\n",
          "\r\n\r\n\r\nGET /health HTTP/1.1\r\n\r\n");
  private static final List<String> ORIGINS =
      List.of("null", "*", "http://", "http://127.0.0.1", "://", "file:///x", "http://[::1", "%");

  private static String one(SplittableRandom random, List<String> of) {
    return of.get(random.nextInt(of.size()));
  }

  private static String any(SplittableRandom random) {
    return random.nextBoolean() ? one(random, VALUES) : one(random, MAGNITUDES);
  }

  private static String anyTime(SplittableRandom random) {
    return random.nextInt(4) == 0
        ? String.valueOf(random.nextLong())
        : one(random, random.nextBoolean() ? VALUES : MAGNITUDES);
  }

  private static String id(SplittableRandom random) {
    return switch (random.nextInt(5)) {
      case 0 -> "\"" + "i".repeat(1_024 + random.nextInt(3)) + "\"";
      case 1 -> "\"" + "i".repeat(700_000) + "\"";
      case 2 -> "\"\\u0000\\n" + random.nextInt() + "\"";
      default -> one(random, VALUES);
    };
  }

  private static String feature(String name, String value) {
    return "{\"features\":{" + replaced(name, value) + "}}";
  }

  /** The features with one of them replaced, or added. */
  private static String replaced(String name, String value) {
    StringBuilder features = new StringBuilder("\"" + name + "\":" + value);
    for (String feature : FEATURES.split(",(?=\"[a-z]+\":)")) {
      if (!feature.startsWith("\"" + name + "\":")) {
        features.append(',').append(feature);
      }
    }
    return features.toString();
  }

  private static String without(String name) {
    String features = replaced(name, "0");
    return "{\"features\":{" + features.substring(features.indexOf(",\"") + 1) + "}}";
  }

  private static String allMagnitudes(SplittableRandom random) {
    return "{\"features\":{\"user\":\"nobody\",\"ad\":\"none\",\"device\":\"TV\",\"hour\":3,"
        + "\"quality\":%s,\"price\":%s,\"views\":%s,\"age\":%s}}"
            .formatted(
                one(random, MAGNITUDES),
                one(random, MAGNITUDES),
                one(random, MAGNITUDES),
                random.nextInt());
  }

  private static String nested(int depth) {
    return "{\"a\":[".repeat(depth / 2) + "1" + "]}".repeat(depth / 2);
  }

  /** A JSON object with one more member. */
  private static String with(String object, String member) {
    return object.substring(0, object.length() - 1) + "," + member + "}";
  }

  private static String rank(String features, String more) {
    return "{\"candidates\":[{\"features\":{" + features + "}}]," + more + "}";
  }

  private static String bid(String bid) {
    return "{\"log\":false,\"candidates\":[{\"bid\":" + bid + ",\"features\":{" + FEATURES + "}}]}";
  }

  private static String candidateId(String id) {
    return "{\"log\":false,\"candidates\":[{\"id\":" + id + ",\"features\":{" + FEATURES + "}}]}";
  }

  private static String modelOf(SplittableRandom random) {
    return with(GOOD, "\"model\":" + any(random));
  }

  private static String contextOf(String context) {
    return "{\"context\":" + context + ",\"candidates\":[{" + FEATURES + "}]}";
  }

  private static String twice() {
    return "{\"context\":{\"user\":\"u\"},\"candidates\":[{\"features\":{" + FEATURES + "}}]}";
  }

  private static String sameIds() {
    String one = "{\"features\":{\"impression_id\":\"same\"," + FEATURES + "}}";
    return "{\"k\":2,\"candidates\":[" + one + "," + one + "]}";
  }

  private static String share(String context, String candidates) {
    return share(context, candidates, "");
  }

  private static String share(String context, String candidates, String more) {
    return "{\"context\":{"
        + FEATURES.replace(",\"history\":[\"a\",\"b\"]", "")
        + context
        + "},"
        + (more.isEmpty() ? "" : more + ",")
        + "\"candidates\":["
        + candidates
        + "]}";
  }

  private static String history(int items) {
    return ",\"history\":[" + repeated("\"a\"", items) + "]";
  }

  private static String longHistory(int items) {
    return feature("history", "[" + repeated("\"ab" + items + "\"", items) + "]");
  }

  private static String keys(int number) {
    StringBuilder keys = new StringBuilder();
    for (int i = 0; i < number; i++) {
      keys.append(",\"k").append(i).append("\":1");
    }
    return keys.toString();
  }

  private static String longText(int characters) {
    return feature("user", "\"" + "u".repeat(characters) + "\"");
  }

  private static String rankText(int characters) {
    return rank(replaced("user", "\"" + "u".repeat(characters) + "\""), "\"k\":1");
  }

  private static String repeated(String item, int times) {
    return (item + ",").repeat(times - 1) + item;
  }

  private static byte[] changed(SplittableRandom random) {
    byte[] body = bytes(GOOD);
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      body[random.nextInt(body.length)] = (byte) random.nextInt();
    }
    return body;
  }

  private static byte[] garbage(SplittableRandom random, int most) {
    byte[] bytes = new byte[1 + random.nextInt(most)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] invalidUtf8() {
    return GOOD.replace("nobody", "\u00c3\u0028\u00ff").getBytes(ISO_8859_1);
  }

  private static byte[] cut(SplittableRandom random, byte[] whole) {
    return Arrays.copyOf(whole, random.nextInt(whole.length - 8));
  }

  private static byte[] packed(byte[] body) {
    return request("POST", PREDICT, JSON + "Content-Encoding: gzip\r\n", body);
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("a byte array does not fail", e);
    }
    return packed.toByteArray();
  }

  private static byte[] method(SplittableRandom random) {
    String path = random.nextBoolean() ? PREDICT : one(random, VIEWS);
    return request(one(random, METHODS), path, JSON, new byte[0]);
  }

  private static byte[] getRequest(String path) {
    return request("GET", path, "", new byte[0]);
  }

  private static byte[] get(String path) {
    return get(path, "X: y");
  }

  private static byte[] get(String path, String header) {
    return head("GET " + path + " HTTP/1.1\r\n" + header + "\r\nHost: 127.0.0.1\r\n\r\n");
  }

  private static String headers(int number) {
    StringBuilder headers = new StringBuilder();
    for (int i = 0; i < number; i++) {
      headers.append("X-").append(i).append(": some value\r\n");
    }
    return headers.append("X: y").toString();
  }

  private static byte[] head(String text) {
    return join(bytes(text), new byte[0]);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }
}
