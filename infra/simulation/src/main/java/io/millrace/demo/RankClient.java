package io.millrace.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.client.ApiDescription;
import io.millrace.client.JsonApi;
import io.millrace.world.Ad;
import io.millrace.world.AdRequest;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Asks a server over HTTP. Safe for use by many threads. */
final class RankClient {
  private static final JsonMapper MAPPER = new JsonMapper();
  private static final ApiDescription API =
      new ApiDescription(
          "server", "expected the platform's own", "application/json", Duration.ofSeconds(10));

  /** The best candidate: what a click has to name, and its index in the request. */
  record Ranked(String impressionId, int candidate, double probability, long version) {}

  /** A probability and the version that gave it. */
  record Predicted(double probability, long version) {}

  /** The server answered with something else than 200, or not at all. */
  static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }
  }

  private final JsonApi api;
  private final String model;

  RankClient(URI server, String model) {
    this.api = new JsonApi(server, API, RefusedException::new);
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
    return api.getLater("/v1/status")
        .thenApply(answer -> PlatformStatus.of(answer.expectOk().json(), model));
  }

  private ObjectNode body(AdRequest request) {
    ObjectNode body = MAPPER.createObjectNode();
    body.set("context", MAPPER.valueToTree(request.contextFeatures()));
    return body;
  }

  private static ObjectNode features(Ad ad) {
    return MAPPER.valueToTree(AdRequest.adFeatures(ad));
  }

  private CompletableFuture<JsonNode> post(String path, ObjectNode body) {
    return api.postLater(path, body.toString()).thenApply(answer -> answer.expectOk().json());
  }
}
