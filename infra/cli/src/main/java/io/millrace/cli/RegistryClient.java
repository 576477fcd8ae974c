package io.millrace.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.standalone.UserError;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/** Requests to a schema registry that speaks Confluent's REST API. */
final class RegistryClient {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TYPE = "application/vnd.schemaregistry.v1+json";
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int UNPROCESSABLE = 422;

  private final URI registry;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  /**
   * @param registry address, with {@code user:password@} where it asks for basic authentication
   */
  RegistryClient(URI registry) {
    this.registry = registry;
  }

  /** What the registry says of a schema. */
  record Answer(boolean accepted, List<String> messages) {}

  /** The newest version of a subject, or empty if there is none. */
  Optional<Schema> latest(String subject) throws InterruptedException {
    HttpResponse<String> response =
        send(request("/subjects/%s/versions/latest".formatted(path(subject))).GET());
    if (response.statusCode() == NOT_FOUND) {
      return Optional.empty();
    }
    return Optional.of(new Schema.Parser().parse(json(expectOk(response)).path("schema").asText()));
  }

  /** Whether a schema may become the subject's next version. */
  Answer check(String subject, Schema schema) throws InterruptedException {
    HttpResponse<String> response =
        send(
            post(
                "/compatibility/subjects/%s/versions/latest?verbose=true".formatted(path(subject)),
                schema));
    if (response.statusCode() == NOT_FOUND) {
      return new Answer(true, List.of());
    } else if (response.statusCode() == UNPROCESSABLE) {
      return refusal(response);
    }
    JsonNode body = json(expectOk(response));
    List<String> messages = new ArrayList<>();
    body.path("messages").forEach(message -> messages.add(message.asText()));
    return new Answer(body.path("is_compatible").asBoolean(), messages);
  }

  /** Registers a schema; the message of an accepted one is its id. */
  Answer register(String subject, Schema schema) throws InterruptedException {
    HttpResponse<String> response =
        send(post("/subjects/%s/versions".formatted(path(subject)), schema));
    if (response.statusCode() == CONFLICT || response.statusCode() == UNPROCESSABLE) {
      return refusal(response);
    }
    return new Answer(true, List.of(json(expectOk(response)).path("id").asText()));
  }

  private Answer refusal(HttpResponse<String> response) {
    return new Answer(false, List.of(json(response).path("message").asText()));
  }

  private static String path(String subject) {
    return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private HttpRequest.Builder post(String path, Schema schema) {
    String body = JSON.createObjectNode().put("schema", schema.toString()).toString();
    return request(path)
        .header("content-type", TYPE)
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private HttpRequest.Builder request(String path) {
    String base = registry.toString().replaceFirst("://[^/@]*@", "://").replaceFirst("/+$", "");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(Duration.ofSeconds(30))
            .header("accept", TYPE);
    String user = registry.getUserInfo();
    if (user != null) {
      byte[] credentials = user.getBytes(StandardCharsets.UTF_8);
      request.header("authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
    }
    return request;
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws InterruptedException {
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UserError("no schema registry answers at %s: %s".formatted(shown(), e));
    }
  }

  private HttpResponse<String> expectOk(HttpResponse<String> response) {
    if (response.statusCode() != 200) {
      throw new UserError(
          "the schema registry at %s answered %d: %s"
              .formatted(shown(), response.statusCode(), response.body()));
    }
    return response;
  }

  private JsonNode json(HttpResponse<String> response) {
    try {
      return JSON.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw new UserError(
          "the schema registry at %s answered %d with '%s', expected JSON"
              .formatted(shown(), response.statusCode(), response.body()));
    }
  }

  /** The address without a password. */
  private String shown() {
    return registry.toString().replaceFirst("://[^/@]*@", "://");
  }
}
