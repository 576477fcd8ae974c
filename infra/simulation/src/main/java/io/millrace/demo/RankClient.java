package io.millrace.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.world.Ad;
import io.millrace.world.AdRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Asks a server over HTTP. Safe for use by many threads. */
final class RankClient {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** The best candidate: what a click has to name, and its index in the request. */
  record Ranked(String impressionId, int candidate, double probability, long version) {}

  /** A probability and the version that gave it. */
  record Predicted(double probability, long version) {}

  /** The server answered with something else than 200, for example 503 before it is ready. */
  static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }
  }

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final URI server;
  private final String model;

  RankClient(URI server, String model) {
    this.server = server;
    this.model = model;
  }

  /** The best candidate, logged as an impression; fails with {@link RefusedException}. */
  CompletableFuture<Ranked> rank(AdRequest request) {
    ObjectNode body = body(request);
    body.put("k", 1).put("log", true);
    ArrayNode candidates = body.putArray("candidates");
    for (Ad ad : request.candidates()) {
      ObjectNode candidate = candidates.addObject();
      candidate.put("id", ad.id()).put("bid", ad.bid());
      candidate.set("features", features(ad));
    }
    return post("/v1/rank", body)
        .thenApply(
            answer -> {
              JsonNode best = answer.required("results").required(0);
              return new Ranked(
                  best.required("impressionId").asText(),
                  best.required("index").asInt(),
                  best.required("probability").asDouble(),
                  answer.required("version").asLong());
            });
  }

  /** The probability of one candidate; nothing is logged. */
  CompletableFuture<Predicted> predict(AdRequest request, int candidate) {
    ObjectNode body = body(request);
    body.putArray("candidates").add(features(request.candidates().get(candidate)));
    return post("/v1/predict", body)
        .thenApply(
            answer ->
                new Predicted(
                    answer.required("predictions").required(0).required("probability").asDouble(),
                    answer.required("version").asLong()));
  }

  /** The server's status. */
  CompletableFuture<PlatformStatus> status() {
    HttpRequest get =
        HttpRequest.newBuilder(server.resolve("/v1/status")).timeout(TIMEOUT).GET().build();
    return send(get).thenApply(answer -> PlatformStatus.of(answer, model));
  }

  private ObjectNode body(AdRequest request) {
    ObjectNode body = MAPPER.createObjectNode().put("model", model);
    body.set("context", MAPPER.valueToTree(request.contextFeatures()));
    return body;
  }

  private static ObjectNode features(Ad ad) {
    return MAPPER.valueToTree(AdRequest.adFeatures(ad));
  }

  private CompletableFuture<JsonNode> post(String path, ObjectNode body) {
    return send(
        HttpRequest.newBuilder(server.resolve(path))
            .timeout(TIMEOUT)
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build());
  }

  private CompletableFuture<JsonNode> send(HttpRequest request) {
    return http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray())
        .thenApply(
            response -> {
              JsonNode answer = parsed(response.body());
              if (response.statusCode() != 200 || answer == null) {
                throw new RefusedException(
                    "%s: %d %s".formatted(request.uri(), response.statusCode(), answer));
              }
              return answer;
            });
  }

  private static @Nullable JsonNode parsed(byte[] body) {
    try {
      return MAPPER.readTree(body);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory failed", e);
    }
  }
}
