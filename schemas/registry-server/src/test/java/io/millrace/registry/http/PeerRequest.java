package io.millrace.registry.http;

import java.util.ArrayList;
import java.util.List;

/**
 * One of the requests that this registry and a peer are asked, both fresh.
 *
 * @param path below the address of the API
 * @param body empty for none
 */
record PeerRequest(String method, String path, String body) {
  private static final List<String> LEVELS =
      List.of(
          "NONE",
          "BACKWARD",
          "BACKWARD_TRANSITIVE",
          "FORWARD",
          "FORWARD_TRANSITIVE",
          "FULL",
          "FULL_TRANSITIVE");

  private static String record(String fields) {
    String schema =
        "{'type':'record','name':'R','fields':[%s]}".formatted(fields).replace('\'', '"');
    return schemaBody(schema);
  }

  private static String schemaBody(String schema) {
    return Http.schemaBody(schema);
  }

  /** The requests in their order; each builds on those before it. */
  static List<PeerRequest> all() {
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
    List<PeerRequest> asks = new ArrayList<>();
    asks.add(new PeerRequest("PUT", "/config", "{\"compatibility\":\"BACKWARD\"}"));
    get(asks, "/subjects", "/schemas/types", "/config", "/mode", "/schemas/ids/1");
    get(asks, "/subjects/none/versions", "/subjects/none/versions/1", "/schemas/ids/77/versions");
    for (int i = 0; i < shapes.size(); i++) {
      String subject = "own" + i;
      String versions = "/subjects/" + subject + "/versions";
      asks.add(new PeerRequest("POST", versions, shapes.get(i)));
      asks.add(new PeerRequest("POST", versions, shapes.get(i)));
      asks.add(new PeerRequest("POST", "/subjects/" + subject, shapes.get(i)));
      asks.add(
          new PeerRequest("POST", "/subjects/" + subject, shapes.get((i + 1) % shapes.size())));
      get(asks, versions, versions + "/1", versions + "/latest", versions + "/1/schema");
      get(asks, versions + "/2", versions + "/0", versions + "/x", versions + "/1/referencedby");
    }
    for (String level : LEVELS) {
      String subject = "level-" + level;
      String versions = "/subjects/" + subject + "/versions";
      asks.add(new PeerRequest("POST", versions, shapes.get(0)));
      asks.add(
          new PeerRequest("PUT", "/config/" + subject, "{\"compatibility\":\"" + level + "\"}"));
      get(asks, "/config/" + subject);
      for (String shape : shapes) {
        asks.add(new PeerRequest("POST", "/compatibility" + versions + "/latest", shape));
        asks.add(new PeerRequest("POST", "/compatibility" + versions + "/1", shape));
        asks.add(new PeerRequest("POST", versions, shape));
      }
      get(asks, versions, versions + "/latest");
      asks.add(new PeerRequest("DELETE", "/config/" + subject, ""));
      get(asks, "/config/" + subject, "/config/" + subject + "?defaultToGlobal=true");
    }
    for (String bad :
        List.of("{", "{}", "[]", "{\"schema\":5}", schemaBody("{\"type\":\"rec\"}"))) {
      asks.add(new PeerRequest("POST", "/subjects/bad/versions", bad));
    }
    asks.add(new PeerRequest("PUT", "/config", "{\"compatibility\":\"SOMEHOW\"}"));
    asks.add(new PeerRequest("PUT", "/config", "{\"compatibility\":\"FULL\"}"));
    get(asks, "/config");
    asks.add(new PeerRequest("PUT", "/mode", "{\"mode\":\"ODD\"}"));
    asks.add(new PeerRequest("DELETE", "/subjects/own0/versions/1?permanent=true", ""));
    asks.add(new PeerRequest("DELETE", "/subjects/own0/versions/1", ""));
    get(asks, "/subjects/own0/versions", "/subjects", "/subjects?deleted=true", "/schemas/ids/1");
    asks.add(new PeerRequest("DELETE", "/subjects/own0/versions/1?permanent=true", ""));
    asks.add(new PeerRequest("DELETE", "/subjects/own1", ""));
    asks.add(new PeerRequest("DELETE", "/subjects/own1", ""));
    get(asks, "/subjects/own1/versions?deleted=true", "/subjects/own1/versions/1?deleted=true");
    asks.add(new PeerRequest("DELETE", "/subjects/own1?permanent=true", ""));
    asks.add(new PeerRequest("DELETE", "/subjects/none", ""));
    asks.add(new PeerRequest("POST", "/subjects/own1/versions", shapes.get(1)));
    get(asks, "/subjects/own1/versions/1", "/subjects/own1/versions");
    return asks;
  }

  private static void get(List<PeerRequest> asks, String... paths) {
    for (String path : paths) {
      asks.add(new PeerRequest("GET", path, ""));
    }
  }
}
