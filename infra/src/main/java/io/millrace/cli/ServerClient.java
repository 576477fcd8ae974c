package io.millrace.cli;

import io.millrace.standalone.UserError;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Requests to a running server. */
final class ServerClient {
  private final URI server;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  ServerClient(URI server) {
    this.server = server;
  }

  String get(String path) throws InterruptedException {
    return send(HttpRequest.newBuilder(server.resolve(path)).GET());
  }

  String post(String path, String json) throws InterruptedException {
    return send(
        HttpRequest.newBuilder(server.resolve(path))
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
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
