package io.millrace.registry.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A registry that is compared with another one. Its answers are made plain: ids are counted by the
 * order of their first appearance, an error is its code alone; nothing, null and an empty list are
 * the same.
 */
final class PeerSide {
  private final String address;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<Integer, Integer> ids = new HashMap<>();

  PeerSide(String address) {
    this.address = address;
  }

  /** Status and body, the body in its plain form. */
  String answer(PeerRequest ask) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(address + ask.path()))
            .header("Content-Type", Http.TYPE)
            .header("Accept", Http.TYPE)
            .method(ask.method(), HttpRequest.BodyPublishers.ofString(ask.body()));
    HttpResponse<String> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return response.statusCode() + " " + plain(response);
  }

  private String plain(HttpResponse<String> response) {
    JsonNode body;
    try {
      body = Http.MAPPER.readTree(response.body());
    } catch (IOException e) {
      return response.body();
    }
    if (body.has("error_code")) {
      return "error " + body.get("error_code").asInt();
    }
    if (body instanceof ObjectNode object && object.path("id").isInt()) {
      object.put("id", ids.computeIfAbsent(object.get("id").asInt(), id -> ids.size() + 1));
    }
    return sorted(body);
  }

  private static String sorted(JsonNode body) {
    if (!(body instanceof ObjectNode object)) {
      return body.toString();
    }
    TreeMap<String, JsonNode> fields = new TreeMap<>();
    object
        .properties()
        .forEach(
            entry -> {
              JsonNode value = entry.getValue();
              if (!value.isNull() && !(value.isArray() && value.isEmpty())) {
                fields.put(entry.getKey(), value);
              }
            });
    return fields.toString();
  }
}
