package io.millrace.registry.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.registry.RegistryService;
import io.millrace.registry.SchemaRules;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Asks this registry, in memory and fresh, and a fresh peer that speaks the same API the same
 * requests, and prints where status or body differ. Ids are compared by the order of their first
 * appearance, errors by their code; nothing, null and an empty list are taken for the same.
 *
 * <p>Argument: the peer's address, for example {@code http://127.0.0.1:8095/apis/ccompat/v7}.
 */
final class PeerComparison {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TYPE = "application/vnd.schemaregistry.v1+json";
  private static final List<String> LEVELS =
      List.of(
          "NONE",
          "BACKWARD",
          "BACKWARD_TRANSITIVE",
          "FORWARD",
          "FORWARD_TRANSITIVE",
          "FULL",
          "FULL_TRANSITIVE");

  private record Ask(String method, String path, String body) {}

  private PeerComparison() {}

  private static String record(String fields) {
    String schema =
        "{'type':'record','name':'R','fields':[%s]}".formatted(fields).replace('\'', '"');
    return schemaBody(schema);
  }

  private static String schemaBody(String schema) {
    ObjectNode body = JSON.createObjectNode();
    body.put("schema", schema);
    return body.toString();
  }

  private static List<Ask> asks() {
    String x = "{'name':'x','type':'long'}";
    List<String> shapes =
        List.of(
            record(x),
            record(x + ",{'name':'y','type':'int','default':0}"),
            record(x + ",{'name':'z','type':'string'}"),
            record("{'name':'x','type':'string'}"),
            record("{'name':'x','type':'double'}"),
            record("{'name':'y','type':['null','int'],'default':null}"),
            schemaBody("\"string\""),
            schemaBody("\"bytes\""));
    List<Ask> asks = new ArrayList<>();
    asks.add(new Ask("PUT", "/config", "{\"compatibility\":\"BACKWARD\"}"));
    get(asks, "/subjects", "/schemas/types", "/config", "/mode", "/schemas/ids/1");
    get(asks, "/subjects/none/versions", "/subjects/none/versions/1", "/schemas/ids/77/versions");
    for (int i = 0; i < shapes.size(); i++) {
      String subject = "own" + i;
      String versions = "/subjects/" + subject + "/versions";
      asks.add(new Ask("POST", versions, shapes.get(i)));
      asks.add(new Ask("POST", versions, shapes.get(i)));
      asks.add(new Ask("POST", "/subjects/" + subject, shapes.get(i)));
      asks.add(new Ask("POST", "/subjects/" + subject, shapes.get((i + 1) % shapes.size())));
      get(asks, versions, versions + "/1", versions + "/latest", versions + "/1/schema");
      get(asks, versions + "/2", versions + "/0", versions + "/x", versions + "/1/referencedby");
    }
    for (String level : LEVELS) {
      String subject = "level-" + level;
      String versions = "/subjects/" + subject + "/versions";
      asks.add(new Ask("POST", versions, shapes.get(0)));
      asks.add(new Ask("PUT", "/config/" + subject, "{\"compatibility\":\"" + level + "\"}"));
      get(asks, "/config/" + subject);
      for (String shape : shapes) {
        asks.add(new Ask("POST", "/compatibility" + versions + "/latest", shape));
        asks.add(new Ask("POST", "/compatibility" + versions + "/1", shape));
        asks.add(new Ask("POST", versions, shape));
      }
      get(asks, versions, versions + "/latest");
      asks.add(new Ask("DELETE", "/config/" + subject, ""));
      get(asks, "/config/" + subject, "/config/" + subject + "?defaultToGlobal=true");
    }
    for (String bad :
        List.of("{", "{}", "[]", "{\"schema\":5}", schemaBody("{\"type\":\"rec\"}"))) {
      asks.add(new Ask("POST", "/subjects/bad/versions", bad));
    }
    asks.add(new Ask("PUT", "/config", "{\"compatibility\":\"SOMEHOW\"}"));
    asks.add(new Ask("PUT", "/config", "{\"compatibility\":\"FULL\"}"));
    get(asks, "/config");
    asks.add(new Ask("PUT", "/mode", "{\"mode\":\"ODD\"}"));
    asks.add(new Ask("DELETE", "/subjects/own0/versions/1?permanent=true", ""));
    asks.add(new Ask("DELETE", "/subjects/own0/versions/1", ""));
    get(asks, "/subjects/own0/versions", "/subjects", "/subjects?deleted=true", "/schemas/ids/1");
    asks.add(new Ask("DELETE", "/subjects/own0/versions/1?permanent=true", ""));
    asks.add(new Ask("DELETE", "/subjects/own1", ""));
    asks.add(new Ask("DELETE", "/subjects/own1", ""));
    get(asks, "/subjects/own1/versions?deleted=true", "/subjects/own1/versions/1?deleted=true");
    asks.add(new Ask("DELETE", "/subjects/own1?permanent=true", ""));
    asks.add(new Ask("DELETE", "/subjects/none", ""));
    asks.add(new Ask("POST", "/subjects/own1/versions", shapes.get(1)));
    get(asks, "/subjects/own1/versions/1", "/subjects/own1/versions");
    return asks;
  }

  private static void get(List<Ask> asks, String... paths) {
    for (String path : paths) {
      asks.add(new Ask("GET", path, ""));
    }
  }

  /** One side, with the ids that it has given so far. */
  private static final class Side {
    private final String address;
    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<Integer, Integer> ids = new HashMap<>();

    Side(String address) {
      this.address = address;
    }

    String answer(Ask ask) throws IOException, InterruptedException {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(address + ask.path()))
              .header("Content-Type", TYPE)
              .header("Accept", TYPE)
              .method(ask.method(), HttpRequest.BodyPublishers.ofString(ask.body()));
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return response.statusCode() + " " + plain(response);
    }

    private String plain(HttpResponse<String> response) {
      JsonNode body;
      try {
        body = JSON.readTree(response.body());
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

  public static void main(String[] args) throws IOException, InterruptedException {
    int agreed = 0;
    List<Ask> asks = asks();
    try (RegistryService registry = RegistryService.inMemory(SchemaRules.NONE);
        RegistryServer server = RegistryServer.start(RegistryServerConfig.local(0), registry)) {
      Side ours = new Side("http://127.0.0.1:" + server.port());
      Side theirs = new Side(args[0]);
      for (Ask ask : asks) {
        String own = ours.answer(ask);
        String other = theirs.answer(ask);
        if (own.equals(other)) {
          agreed++;
        } else {
          System.out.printf(
              "%s %s %s%n  here %s%n  peer %s%n", ask.method(), ask.path(), ask.body(), own, other);
        }
      }
    }
    System.out.printf("%d of %d requests answered alike%n", agreed, asks.size());
  }
}
