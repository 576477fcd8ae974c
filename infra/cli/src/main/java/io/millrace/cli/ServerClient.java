package io.millrace.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.LiveModel;
import io.millrace.standalone.UserError;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/** Requests to a running server. */
final class ServerClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI server;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  ServerClient(URI server) {
    this.server = server;
  }

  String get(String path) throws InterruptedException {
    return send(HttpRequest.newBuilder(server.resolve(path)).GET());
  }

  /** What {@code /v1/status} says. */
  JsonNode status() throws InterruptedException {
    try {
      return JSON.readTree(get("/v1/status"));
    } catch (JsonProcessingException e) {
      throw new UserError(
          "%s/v1/status: %s, expected JSON".formatted(server, e.getOriginalMessage()));
    }
  }

  String post(String path, String json) throws InterruptedException {
    return send(
        HttpRequest.newBuilder(server.resolve(path))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  /** The models that the server runs. */
  List<LiveModel> models() throws InterruptedException {
    String json = get("/v1/models");
    try {
      List<LiveModel> models = new ArrayList<>();
      for (JsonNode model : JSON.readTree(json)) {
        models.add(
            new LiveModel(
                model.path("name").asText(),
                model.path("kind").asText(),
                model.path("takesNewFeatures").asBoolean(),
                FeatureSchema.parse(
                    new Schema.Parser().parse(model.path("featureSchema").asText()))));
      }
      return models;
    } catch (JsonProcessingException | RuntimeException e) {
      throw new UserError(
          "%s/v1/models: %s, expected a list of models".formatted(server, e.getMessage()));
    }
  }

  private String send(HttpRequest.Builder request) throws InterruptedException {
    try {
      HttpResponse<String> response =
          http.send(
              request.timeout(Duration.ofSeconds(10)).build(),
              HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new UserError(
            "the server answered %d: %s".formatted(response.statusCode(), response.body()));
      }
      return response.body();
    } catch (IOException e) {
      throw new UserError(
          "no server answers at %s, expected one started by 'millrace up' or 'millrace demo'"
              .formatted(server));
    }
  }
}
