package io.millrace.registry.http;

import static io.millrace.registry.http.Http.schemaBody;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.registry.RegistryService;
import io.millrace.registry.http.Http.Answer;
import io.millrace.schema.SchemaRules;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What clients may rely on, path by path. */
class RestApiTest {
  private static final String A = record("a", "{'name':'x','type':'long'}");
  private static final String A_WIDER =
      record("a", "{'name':'x','type':'long'},{'name':'y','type':'int','default':0}");
  private static final String A_BROKEN = record("a", "{'name':'z','type':'long'}");

  private RegistryService registry;
  private RegistryServer server;
  private Http http;

  private static String record(String name, String fields) {
    return "{'type':'record','name':'%s','fields':[%s]}".formatted(name, fields).replace('\'', '"');
  }

  @BeforeEach
  void start() {
    registry = RegistryService.inMemory(SchemaRules.NONE);
    server = RegistryServer.start(RegistryServerConfig.local(0), registry);
    http = new Http(server.port());
  }

  @AfterEach
  void stop() {
    // nobody needs to wait until its acceptor is gone
    new Thread(server::close).start();
    registry.close();
  }

  private static void check(Answer answer, int status, String json) {
    assertThat(answer).hasToString(status + " " + json.replace('\'', '"'));
  }

  private static void refused(Answer answer, int status, int code) {
    assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
    assertThat(answer.json().path("error_code").asInt()).as(answer.toString()).isEqualTo(code);
    assertThat(answer.json().path("message").asText()).isNotEmpty();
    assertThat(answer.headers().firstValue("content-type")).contains(Http.TYPE);
  }

  @Test
  void registersAndAnswersForIdsAndVersions() {
    check(http.register("s", A), 200, "{'id':1}");
    check(http.register("s", A_WIDER), 200, "{'id':2}");
    check(http.register("t", A), 200, "{'id':1}");
    check(http.register("s", A), 200, "{'id':1}");
    assertThat(http.get("/schemas/ids/1").json().path("schema").asText()).isEqualTo(A);
    assertThat(http.get("/schemas/ids/1").json()).hasSize(1);
    check(http.get("/schemas/ids/1/schema"), 200, A);
    assertThat(http.get("/schemas/ids/1?fetchMaxId=true").json().path("maxId").asInt())
        .isEqualTo(2);
    check(http.get("/schemas/ids/1/subjects"), 200, "['s','t']");
    check(http.get("/schemas/ids/1/subjects?subject=t"), 200, "['t']");
    check(
        http.get("/schemas/ids/1/versions"),
        200,
        "[{'subject':'s','version':1},{'subject':'t','version':1}]");
    refused(http.get("/schemas/ids/3"), 404, 40403);
    refused(http.get("/schemas/ids/3/schema"), 404, 40403);
    refused(http.get("/schemas/ids/3/subjects"), 404, 40403);
    refused(http.get("/schemas/ids/3/versions"), 404, 40403);
    refused(http.get("/schemas/ids/x"), 404, 404);
    check(http.get("/subjects"), 200, "['s','t']");
    check(http.get("/subjects/s/versions"), 200, "[1,2]");
    Answer version = http.get("/subjects/s/versions/2");
    assertThat(version.json().path("subject").asText()).isEqualTo("s");
    assertThat(version.json().path("version").asInt()).isEqualTo(2);
    assertThat(version.json().path("id").asInt()).isEqualTo(2);
    assertThat(version.json().path("schema").asText()).isEqualTo(A_WIDER);
    assertThat(version.json()).hasSize(4);
    assertThat(http.get("/subjects/s/versions/latest").body()).isEqualTo(version.body());
    assertThat(http.get("/subjects/s/versions/-1").body()).isEqualTo(version.body());
    check(http.get("/subjects/s/versions/latest/schema"), 200, A_WIDER);
    refused(http.get("/subjects/u/versions"), 404, 40401);
    refused(http.get("/subjects/u/versions/1"), 404, 40401);
    refused(http.get("/subjects/u/versions/latest"), 404, 40401);
    refused(http.get("/subjects/s/versions/3"), 404, 40402);
    refused(http.get("/subjects/s/versions/0"), 422, 42202);
    refused(http.get("/subjects/s/versions/-2"), 422, 42202);
    refused(http.get("/subjects/s/versions/newest"), 422, 42202);
    assertThat(http.get("/schemas").json()).hasSize(3);
    assertThat(http.get("/schemas?latestOnly=true").json()).hasSize(2);
    assertThat(http.get("/schemas?subjectPrefix=t").json()).hasSize(1);
    assertThat(http.get("/schemas?offset=1&limit=1").json().at("/0/version").asInt()).isEqualTo(2);
  }

  @Test
  void findsARegisteredSchemaUnderItsSubject() {
    http.register("s", A);
    Answer found = http.post("/subjects/s", schemaBody(A.replace(",", " , ")));
    assertThat(found.status()).isEqualTo(200);
    assertThat(found.json().path("version").asInt()).isEqualTo(1);
    refused(http.post("/subjects/s", schemaBody(A_WIDER)), 404, 40403);
    refused(http.post("/subjects/u", schemaBody(A)), 404, 40401);
    http.delete("/subjects/s");
    refused(http.post("/subjects/s", schemaBody(A)), 404, 40401);
    assertThat(http.post("/subjects/s?deleted=true", schemaBody(A)).status()).isEqualTo(200);
  }

  @Test
  void softAndHardDeletion() {
    http.register("s", A);
    http.register("s", A_WIDER);
    http.register("t", A);
    refused(http.delete("/subjects/s/versions/1?permanent=true"), 404, 40407);
    check(http.delete("/subjects/s/versions/1"), 200, "1");
    refused(http.delete("/subjects/s/versions/1"), 404, 40406);
    refused(http.get("/subjects/s/versions/1"), 404, 40402);
    assertThat(http.get("/subjects/s/versions/1?deleted=true").json().path("deleted").asBoolean())
        .isTrue();
    check(http.get("/subjects/s/versions?deleted=true"), 200, "[1,2]");
    check(http.get("/subjects/s/versions?deletedOnly=true"), 200, "[1]");
    check(http.get("/schemas/ids/1/subjects"), 200, "['t']");
    check(http.get("/schemas/ids/1/subjects?deleted=true"), 200, "['s','t']");
    assertThat(http.get("/schemas/ids/1").status()).isEqualTo(200);
    refused(http.delete("/subjects/s?permanent=true"), 404, 40405);
    check(http.delete("/subjects/s"), 200, "[2]");
    refused(http.delete("/subjects/s"), 404, 40404);
    check(http.get("/subjects"), 200, "['t']");
    check(http.get("/subjects?deleted=true"), 200, "['s','t']");
    check(http.get("/subjects?deletedOnly=true"), 200, "['s']");
    assertThat(http.get("/schemas/ids/2").status()).isEqualTo(200);
    check(http.delete("/subjects/s?permanent=true"), 200, "[1,2]");
    refused(http.delete("/subjects/s"), 404, 40401);
    refused(http.get("/schemas/ids/2"), 404, 40403);
    assertThat(http.get("/schemas/ids/1").status()).isEqualTo(200);
    check(http.register("u", A_BROKEN), 200, "{'id':3}");
    check(http.register("u2", A_WIDER), 200, "{'id':2}");
    check(http.delete("/subjects/u/versions/latest"), 200, "1");
    check(http.delete("/subjects/u/versions/1?permanent=true"), 200, "1");
    refused(http.delete("/subjects/u/versions/1"), 404, 40401);
  }

  @Test
  void aDeletedSchemaRegisteredAgainIsANewVersionWithItsOldId() {
    http.register("s", A);
    http.delete("/subjects/s");
    check(http.register("s", A), 200, "{'id':1}");
    check(http.get("/subjects/s/versions"), 200, "[2]");
  }

  @Test
  void refusesWhatIsIncompatible() {
    http.register("s", A);
    Answer refusal = http.register("s", A_BROKEN);
    refused(refusal, 409, 409);
    assertThat(refusal.body()).contains("READER_FIELD_MISSING_DEFAULT_VALUE at /fields/0");
    check(
        http.put("/config/s", "{'compatibility':'NONE'}".replace('\'', '"')),
        200,
        "{'compatibility':'NONE'}");
    check(http.register("s", A_BROKEN), 200, "{'id':2}");
  }

  @Test
  void testsCompatibilityWithoutRegistering() {
    String versions = "/compatibility/subjects/s/versions";
    check(http.post(versions, schemaBody(A)), 200, "{'is_compatible':true}");
    check(http.post(versions + "/latest", schemaBody(A)), 200, "{'is_compatible':true}");
    refused(http.post(versions + "/1", schemaBody(A)), 404, 40401);
    http.register("s", A);
    check(http.post(versions + "/latest", schemaBody(A_BROKEN)), 200, "{'is_compatible':false}");
    Answer verbose = http.post(versions + "?verbose=true", schemaBody(A_BROKEN));
    assertThat(verbose.json().path("messages").get(0).asText()).contains("field z has no default");
    check(
        http.post(versions + "/1?verbose=true", schemaBody(A_WIDER)),
        200,
        "{'is_compatible':true,'messages':[]}");
    refused(http.post(versions + "/2", schemaBody(A)), 404, 40402);
    refused(http.post(versions + "/0", schemaBody(A)), 422, 42202);
    refused(http.post(versions + "/1", schemaBody("{")), 422, 42201);
    check(http.get("/subjects/s/versions"), 200, "[1]");
  }

  @Test
  void transitiveLevelsLookAtEveryVersion() {
    http.register("s", A_BROKEN);
    http.put("/config/s", "{\"compatibility\":\"NONE\"}");
    http.register("s", A);
    http.put("/config/s", "{\"compatibility\":\"BACKWARD\"}");
    String versions = "/compatibility/subjects/s/versions";
    check(http.post(versions, schemaBody(A_WIDER)), 200, "{'is_compatible':true}");
    http.put("/config/s", "{\"compatibility\":\"BACKWARD_TRANSITIVE\"}");
    check(http.post(versions, schemaBody(A_WIDER)), 200, "{'is_compatible':false}");
    refused(http.register("s", A_WIDER), 409, 409);
  }

  @Test
  void settings() {
    check(http.get("/config"), 200, "{'compatibilityLevel':'BACKWARD'}");
    refused(http.get("/config/s"), 404, 40408);
    check(http.get("/config/s?defaultToGlobal=true"), 200, "{'compatibilityLevel':'BACKWARD'}");
    check(http.put("/config", "{\"compatibility\":\"full\"}"), 200, "{'compatibility':'FULL'}");
    check(http.put("/config/s", "{\"normalize\":true}"), 200, "{'normalize':true}");
    check(http.get("/config/s"), 200, "{'normalize':true}");
    check(
        http.get("/config/s?defaultToGlobal=true"),
        200,
        "{'compatibilityLevel':'FULL','normalize':true}");
    check(http.delete("/config/s"), 200, "{'normalize':true}");
    refused(http.delete("/config/s"), 404, 40408);
    check(http.delete("/config"), 200, "{'compatibilityLevel':'FULL'}");
    check(http.get("/config"), 200, "{'compatibilityLevel':'BACKWARD'}");
    refused(http.put("/config", "{\"compatibility\":\"SIDEWAYS\"}"), 422, 42203);
    refused(http.put("/config", "{}"), 422, 42203);
  }

  @Test
  void modes() {
    check(http.get("/mode"), 200, "{'mode':'READWRITE'}");
    refused(http.get("/mode/s"), 404, 40409);
    check(http.get("/mode/s?defaultToGlobal=true"), 200, "{'mode':'READWRITE'}");
    http.register("s", A);
    check(http.put("/mode/s", "{\"mode\":\"READONLY\"}"), 200, "{'mode':'READONLY'}");
    refused(http.register("s", A_WIDER), 422, 42205);
    refused(http.delete("/subjects/s"), 422, 42205);
    refused(http.put("/config/s", "{\"compatibility\":\"NONE\"}"), 422, 42205);
    check(http.register("t", A_WIDER), 200, "{'id':2}");
    check(http.delete("/mode/s"), 200, "{'mode':'READONLY'}");
    refused(http.delete("/mode/s"), 404, 40409);
    refused(http.put("/mode", "{\"mode\":\"SIDEWAYS\"}"), 422, 42204);
    refused(http.put("/mode", "{}"), 422, 42204);
    refused(http.put("/mode/s", "{\"mode\":\"IMPORT\"}"), 422, 42205);
    check(http.put("/mode/s?force=true", "{\"mode\":\"IMPORT\"}"), 200, "{'mode':'IMPORT'}");
  }

  @Test
  void importGivesIdsAndVersions() {
    String withId = "{\"schema\":\"\\\"int\\\"\",\"id\":100,\"version\":7}";
    refused(http.post("/subjects/i/versions", withId.replace(",\"version\":7", "")), 422, 42205);
    http.put("/mode/i", "{\"mode\":\"IMPORT\"}");
    check(http.post("/subjects/i/versions", withId), 200, "{'id':100}");
    check(http.get("/subjects/i/versions"), 200, "[7]");
    refused(http.post("/subjects/i/versions", withId.replace("int", "long")), 422, 42201);
    refused(
        http.post("/subjects/i/versions", withId.replace("int", "long").replace("7", "8")),
        422,
        42205);
    check(http.register("s", "\"string\""), 200, "{'id':101}");
  }

  @Test
  void referencesAreResolvedAndProtected() {
    http.register("a", A);
    String body =
        "{\"schema\":\"{\\\"type\\\":\\\"array\\\",\\\"items\\\":\\\"a\\\"}\",\"references\":"
            + "[{\"name\":\"a\",\"subject\":\"a\",\"version\":1}]}";
    check(http.post("/subjects/list/versions", body), 200, "{'id':2}");
    check(
        http.get("/schemas/ids/2"),
        200,
        "{'schema':'{\\'type\\':\\'array\\',\\'items\\':\\'a\\'}','references':"
            + "[{'name':'a','subject':'a','version':1}]}");
    check(http.get("/subjects/a/versions/1/referencedby"), 200, "[2]");
    refused(http.delete("/subjects/a/versions/1"), 422, 42206);
    refused(http.delete("/subjects/a"), 422, 42206);
    refused(http.post("/subjects/list/versions", body.replace(":1}", ":2}")), 422, 42201);
    http.delete("/subjects/list");
    check(http.get("/subjects/a/versions/1/referencedby"), 200, "[]");
    check(http.delete("/subjects/a"), 200, "[1]");
    refused(http.delete("/subjects/a?permanent=true"), 422, 42206);
  }

  @Test
  void normalizeMakesOneOfSchemasThatDifferInTheOrderOfProperties() {
    String one = "{'type':'long','p':1,'q':{'b':1,'a':2}}".replace('\'', '"');
    String other = "{'q':{'a':2,'b':1},'p':1,'type':'long'}".replace('\'', '"');
    check(http.register("plain", one), 200, "{'id':1}");
    check(http.register("plain", other), 200, "{'id':2}");
    String id = http.post("/subjects/n/versions?normalize=true", schemaBody(one)).body();
    assertThat(http.post("/subjects/n/versions?normalize=true", schemaBody(other)).body())
        .isEqualTo(id);
    http.put("/config/m", "{\"normalize\":true}");
    assertThat(http.register("m", other).body()).isEqualTo(id);
    check(http.get("/subjects/n/versions"), 200, "[1]");
  }

  @Test
  void refusesWhatIsNoAvroSchema() {
    refused(http.register("s", "{"), 422, 42201);
    refused(http.register("s", "{\"type\":\"nothing\"}"), 422, 42201);
    refused(http.register("s", "\"int\" 1"), 422, 42201);
    refused(http.register("s", "{\"type\":\"int\",\"type\":\"int\"}"), 422, 42201);
    refused(http.register("s", ""), 422, 42201);
    refused(http.post("/subjects/s/versions", "{}"), 422, 42201);
    for (String type : new String[] {"JSON", "PROTOBUF", "XML"}) {
      Answer refusal =
          http.post("/subjects/s/versions", "{\"schema\":\"{}\",\"schemaType\":\"" + type + "\"}");
      refused(refusal, 422, 42201);
      assertThat(refusal.body()).contains("AVRO alone");
    }
    refused(
        http.post("/subjects/s/versions", "{\"schema\":\"\\\"int\\\"\",\"ruleSet\":{}}"),
        422,
        42201);
    String body = "{\"schema\":\"\\\"int\\\"\",\"version\":%s}";
    refused(http.post("/subjects/s/versions", body.formatted("\"1\"")), 400, 400);
    String deep = "[".repeat(60) + "]".repeat(60);
    refused(http.post("/subjects/s", body.formatted("null,\"x\":" + deep)), 400, 400);
    refused(http.post("/subjects/s/versions", "{"), 400, 400);
    refused(http.post("/subjects/s/versions", "[]"), 400, 400);
    refused(http.post("/subjects/s/versions", ""), 400, 400);
    refused(http.register(":.other:s", A), 422, 42208);
    refused(http.register("x".repeat(1001), A), 422, 42208);
    check(http.get("/subjects"), 200, "[]");
  }

  @Test
  void subjectsMayHoldAnyCharacter() {
    String subject = "a%2Fb%20c%3Fd%25";
    check(http.register(subject, A), 200, "{'id':1}");
    check(http.get("/subjects"), 200, "['a/b c?d%']");
    check(http.get("/subjects/" + subject + "/versions"), 200, "[1]");
  }

  @Test
  void speaksTheMediaTypesOfItsClients() {
    assertThat(accepting("*/*")).isEqualTo("200 " + Http.TYPE);
    assertThat(accepting("application/json")).startsWith("200 application/json");
    assertThat(accepting("application/vnd.schemaregistry+json, application/json; q=0.5"))
        .isEqualTo("200 application/vnd.schemaregistry+json");
    assertThat(
            accepting(
                "application/vnd.schemaregistry.v1+json, application/vnd.schemaregistry+json,"
                    + " application/json"))
        .isEqualTo("200 " + Http.TYPE);
    assertThat(accepting("text/html")).startsWith("406");
    byte[] body = schemaBody(A).getBytes(StandardCharsets.UTF_8);
    String path = "/subjects/s/versions";
    for (String type :
        new String[] {
          "application/json; charset=utf-8",
          "application/octet-stream",
          "application/vnd.schemaregistry+json"
        }) {
      assertThat(http.send("POST", path, body, type).status()).isEqualTo(200);
    }
    refused(http.send("POST", path, body, "text/plain"), 415, 415);
  }

  private String accepting(String types) {
    Answer answer =
        http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/subjects"))
                .header("Accept", types)
                .build());
    return answer.status() + " " + answer.headers().firstValue("content-type").orElse("");
  }

  @Test
  void saysWhatItIs() {
    check(http.get("/"), 200, "{}");
    check(http.get("/schemas/types"), 200, "['AVRO']");
    check(http.get("/contexts"), 200, "['.']");
    assertThat(http.get("/v1/metadata/id").json().at("/scope/clusters").size()).isEqualTo(2);
    assertThat(http.get("/v1/metadata/version").json().path("version").asText()).isNotEmpty();
    refused(http.get("/nothing"), 404, 404);
    refused(http.put("/subjects", "{}"), 405, 405);
  }
}
