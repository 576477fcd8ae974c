package io.millrace.registry.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A client of a registry under test. */
final class Http {
  static final String TYPE = "application/vnd.schemaregistry.v1+json";
  static final ObjectMapper MAPPER = new ObjectMapper();

  private final String base;
  private final HttpClient client;
  private final @Nullable String authorization;

  /** A status and a body. */
  record Answer(int status, String body, HttpHeaders headers) {
    JsonNode json() {
      try {
        return MAPPER.readTree(body);
      } catch (JsonProcessingException e) {
        throw new AssertionError("not JSON: " + body, e);
      }
    }

    @Override
    public String toString() {
      return status + " " + body;
    }
  }

  Http(int port) {
    this(
        "http://127.0.0.1:" + port,
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(),
        null);
  }

  Http(String base, HttpClient client, @Nullable String authorization) {
    this.base = base;
    this.client = client;
    this.authorization = authorization;
  }

  Http as(String user, String password) {
    String credentials =
        java.util.Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    return new Http(base, client, "Basic " + credentials);
  }

  Answer get(String path) {
    return send("GET", path, null, TYPE);
  }

  Answer delete(String path) {
    return send("DELETE", path, null, TYPE);
  }

  Answer post(String path, String body) {
    return send("POST", path, body.getBytes(StandardCharsets.UTF_8), TYPE);
  }

  Answer put(String path, String body) {
    return send("PUT", path, body.getBytes(StandardCharsets.UTF_8), TYPE);
  }

  Answer register(String subject, String schema) {
    return post("/subjects/" + subject + "/versions", schemaBody(schema));
  }

  /** A body that holds a schema. */
  static String schemaBody(String schema) {
    return MAPPER.createObjectNode().put("schema", schema).toString();
  }

  Answer send(String method, String path, byte @Nullable [] body, String contentType) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path))
            .timeout(Duration.ofSeconds(60))
            .method(
                method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    if (body != null) {
      request.header("Content-Type", contentType);
    }
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return send(request.build());
  }

  Answer send(HttpRequest request) {
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body(), response.headers());
    } catch (IOException e) {
      throw new AssertionError("no answer to " + request, e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }
}
