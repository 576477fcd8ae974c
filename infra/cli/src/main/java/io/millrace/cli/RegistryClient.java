package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.client.ApiDescription;
import io.millrace.client.JsonApi;
import io.millrace.standalone.UserError;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/** Requests to a schema registry that speaks Confluent's REST API. */
final class RegistryClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ApiDescription API =
      new ApiDescription(
          "schema registry",
          "expected one started by 'millrace up' or 'millrace registry', or another that speaks"
              + " Confluent's API",
          "application/vnd.schemaregistry.v1+json",
          Duration.ofSeconds(30));
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int UNPROCESSABLE = 422;

  private final JsonApi api;

  /**
   * @param registry address, with {@code user:password@} where it asks for basic authentication
   */
  RegistryClient(URI registry) {
    this.api = new JsonApi(registry, API, UserError::new);
  }

  /** What the registry says of a schema. */
  record Answer(boolean accepted, List<String> messages) {}

  /** The newest version of a subject, or empty if there is none. */
  Optional<Schema> latest(String subject) throws InterruptedException {
    JsonApi.Answer answer = api.get("/subjects/%s/versions/latest".formatted(path(subject)));
    return answer.status() == NOT_FOUND
        ? Optional.empty()
        : Optional.of(
            answer.as(
                "a version of a subject",
                body -> new Schema.Parser().parse(body.path("schema").asText())));
  }

  /** Whether a schema may become the subject's next version. */
  Answer check(String subject, Schema schema) throws InterruptedException {
    JsonApi.Answer answer =
        post(
            "/compatibility/subjects/%s/versions/latest?verbose=true".formatted(path(subject)),
            schema);
    if (answer.status() == NOT_FOUND) {
      return new Answer(true, List.of());
    }
    if (answer.status() == UNPROCESSABLE) {
      return new Answer(false, List.of(answer.error()));
    }
    JsonNode body = answer.expectOk().json();
    List<String> messages = new ArrayList<>();
    body.path("messages").forEach(message -> messages.add(message.asText()));
    return new Answer(body.path("is_compatible").asBoolean(), messages);
  }

  /** Registers a schema; the message of an accepted one is its id. */
  Answer register(String subject, Schema schema) throws InterruptedException {
    JsonApi.Answer answer = post("/subjects/%s/versions".formatted(path(subject)), schema);
    if (answer.status() == CONFLICT || answer.status() == UNPROCESSABLE) {
      return new Answer(false, List.of(answer.error()));
    }
    return new Answer(true, List.of(answer.expectOk().json().path("id").asText()));
  }

  private JsonApi.Answer post(String path, Schema schema) throws InterruptedException {
    return api.post(path, JSON.createObjectNode().put("schema", schema.toString()).toString());
  }

  private static String path(String subject) {
    return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
