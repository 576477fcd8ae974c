package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.client.JsonApi;
import io.millrace.client.MillraceClient;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.LiveModel;
import io.millrace.standalone.UserError;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/** Requests to a running server. */
final class ServerClient {
  private final JsonApi api;

  ServerClient(URI server) {
    this.api = new JsonApi(server, MillraceClient.API, UserError::new);
  }

  /** The answer as the server wrote it. */
  String get(String path) throws InterruptedException {
    return api.get(path).expectOk().text();
  }

  /** The answer, which is JSON. */
  JsonNode json(String path) throws InterruptedException {
    return api.get(path).expectOk().json();
  }

  /** What {@code /v1/status} says. */
  JsonNode status() throws InterruptedException {
    return json("/v1/status");
  }

  /** The answer as the server wrote it. */
  String post(String path, String json) throws InterruptedException {
    return api.post(path, json).expectOk().text();
  }

  /** The answer, which is JSON. */
  JsonNode posted(String path, String json) throws InterruptedException {
    return api.post(path, json).expectOk().json();
  }

  /** The models that the server runs. */
  List<LiveModel> models() throws InterruptedException {
    return api.get("/v1/models").as("a list of models", ServerClient::models);
  }

  private static List<LiveModel> models(JsonNode list) {
    List<LiveModel> models = new ArrayList<>();
    for (JsonNode model : list) {
      models.add(
          new LiveModel(
              model.path("name").asText(),
              model.path("kind").asText(),
              model.path("takesNewFeatures").asBoolean(),
              FeatureSchema.parse(
                  new Schema.Parser().parse(model.path("featureSchema").asText()))));
    }
    return models;
  }
}
