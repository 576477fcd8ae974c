package io.millrace.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.millrace.registry.RegistryService;
import io.millrace.registry.http.Http.Answer;
import io.millrace.schema.SchemaRules;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The parts of Apicurio's API that its serdes don't come by on their everyday ways. */
class ApicurioRoutesTest {
  private static final String V2 = "/apis/registry/v2";
  private static final String V3 = "/apis/registry/v3";
  private static final String PERSON =
      "{\"type\":\"record\",\"name\":\"Person\",\"namespace\":\"shop\","
          + "\"fields\":[{\"name\":\"name\",\"type\":\"string\"}]}";
  private static final String ORDER =
      "{\"type\":\"record\",\"name\":\"Order\",\"namespace\":\"shop\","
          + "\"fields\":[{\"name\":\"buyer\",\"type\":\"Person\"}]}";

  private RegistryService registry;
  private RegistryServer server;
  private Http http;

  @BeforeEach
  void start() {
    registry = RegistryService.inMemory(SchemaRules.NONE);
    server = RegistryServer.start(RegistryServerConfig.local(0), registry);
    http = new Http(server.port());
  }

  @AfterEach
  void stop() {
    server.close();
    registry.close();
  }

  private Answer create(String group, String artifact, String ifExists, String schema) {
    return http.post(
        V3
            + "/groups/"
            + group
            + "/artifacts"
            + (ifExists.isEmpty() ? "" : "?ifExists=" + ifExists),
        "{\"artifactId\":\"%s\",\"artifactType\":\"AVRO\",\"firstVersion\":{\"content\":%s}}"
            .formatted(artifact, schema));
  }

  private static String content(String schema, String references) {
    ObjectNode content = Http.MAPPER.createObjectNode().put("content", schema);
    content.putArray("references").addRawValue(new RawValue(references));
    return content.toString();
  }

  private static String plain(String schema) {
    return Http.MAPPER.createObjectNode().put("content", schema).toString();
  }

  @Test
  void anArtifactIsASubject() {
    Answer made = create("default", "people-value", "", plain(PERSON));
    assertThat(made.json().at("/version/version").asText()).isEqualTo("1");
    assertThat(made.json().at("/version/globalId").asInt()).isEqualTo(1);
    assertThat(made.json().at("/version/contentId").asInt()).isEqualTo(1);
    assertThat(http.get("/subjects/people-value/versions/1").json().path("schema").asText())
        .isEqualTo(PERSON);
    create("shop", "Person", "", plain(PERSON));
    assertThat(http.get("/subjects").body()).isEqualTo("[\"people-value\",\"shop:Person\"]");
    assertThat(http.get(V2 + "/groups/shop/artifacts/Person/meta").body())
        .isEqualTo(
            "{\"groupId\":\"shop\",\"id\":\"Person\",\"version\":\"1\",\"globalId\":1,"
                + "\"contentId\":1,\"type\":\"AVRO\",\"state\":\"ENABLED\",\"references\":[]}");
  }

  @ParameterizedTest
  @CsvSource({
    ", 409",
    "FAIL, 409",
    "RETURN, 200",
    "UPDATE, 200",
    "RETURN_OR_UPDATE, 200",
    "CREATE_VERSION, 200",
    "FIND_OR_CREATE_VERSION, 200",
    "SOMETIMES, 400"
  })
  void ifExistsSaysWhatBecomesOfIt(String ifExists, int status) {
    String wish = ifExists == null ? "" : ifExists;
    create("default", "a", wish.equals("SOMETIMES") ? "" : wish, plain("\"int\""));
    Answer again = create("default", "a", wish, plain("\"long\""));
    assertThat(again.status()).as(again.toString()).isEqualTo(status);
    if (status == 200) {
      assertThat(again.json().at("/version/version").asText())
          .isEqualTo(wish.equals("RETURN") ? "1" : "2");
    }
    if (status == 409) {
      assertThat(again.json().path("name").asText()).isEqualTo("ArtifactAlreadyExistsException");
    }
  }

  @Test
  void aSchemaCanBeHadWithWhatItRefersTo() {
    create("default", "shop.Person", "", plain(PERSON));
    String reference =
        "{\"groupId\":null,\"artifactId\":\"shop.Person\",\"version\":\"1\",\"name\":\"shop.Person\"}";
    int id =
        create("default", "orders-value", "", content(ORDER, reference))
            .json()
            .at("/version/contentId")
            .asInt();
    assertThat(http.get(V3 + "/ids/contentIds/" + id).body()).isEqualTo(ORDER);
    assertThat(http.get(V3 + "/ids/globalIds/" + id + "/references").body())
        .isEqualTo("[{\"artifactId\":\"shop.Person\",\"version\":\"1\",\"name\":\"shop.Person\"}]");
    String whole = ORDER.replace("\"Person\"", PERSON.replace(",\"namespace\":\"shop\"", ""));
    assertThat(http.get(V3 + "/ids/globalIds/" + id + "?references=DEREFERENCE").body())
        .isEqualTo(whole);
    assertThat(http.get(V2 + "/ids/globalIds/" + id + "?dereference=true").body()).isEqualTo(whole);
    // Confluent's clients see the same
    assertThat(http.get("/schemas/ids/" + id).json().at("/references/0/subject").asText())
        .isEqualTo("shop.Person");
  }

  @Test
  void refusalsHaveTheNamesThatClientsKnow() {
    create("default", "a", "", plain("\"int\""));
    assertThat(name(http.get(V2 + "/groups/default/artifacts/b/meta")))
        .isEqualTo("404 ArtifactNotFoundException");
    assertThat(name(http.get(V2 + "/groups/default/artifacts/a/versions/2/meta")))
        .isEqualTo("404 VersionNotFoundException");
    assertThat(name(http.get(V2 + "/ids/contentIds/7"))).isEqualTo("404 ArtifactNotFoundException");
    assertThat(name(create("default", "a", "UPDATE", plain("\"string\""))))
        .isEqualTo("409 RuleViolationException");
    assertThat(name(create("default", "b", "", plain("\"integer\""))))
        .isEqualTo("422 UnprocessableSchemaException");
    assertThat(name(http.post(V3 + "/groups/default/artifacts", "[")))
        .isEqualTo("400 BadRequestException");
    assertThat(
            name(
                http.post(
                    V3 + "/groups/default/artifacts",
                    "{\"artifactId\":\"p\",\"artifactType\":\"PROTOBUF\"}")))
        .isEqualTo("422 UnprocessableSchemaException");
    assertThat(name(http.post(V2 + "/groups/default/artifacts", "\"int\"")))
        .isEqualTo("400 BadRequestException");
  }

  private static String name(Answer answer) {
    return answer.status() + " " + answer.json().path("name").asText();
  }
}
