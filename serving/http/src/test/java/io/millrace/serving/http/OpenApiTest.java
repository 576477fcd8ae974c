package io.millrace.serving.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import io.millrace.experiment.readout.ExperimentReadout;
import io.millrace.learner.ModelKind;
import io.millrace.ranking.ServedFixture;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /openapi.json} says what is served, no more and no less. */
@SuppressWarnings("NullAway.Init") // set before all tests
class OpenApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SchemaRegistry SCHEMAS = SchemaRegistry.withDialect(Dialects.getOpenApi30());

  private static MillraceServer server;
  private static Http http;
  private static JsonNode described;

  @BeforeAll
  static void start() {
    server =
        Fixture.withoutKafka(
            source("fm", ModelKind.FM),
            source("autoint", ModelKind.AUTOINT),
            source("armnet", ModelKind.ARMNET));
    http = Http.to(server);
    described = http.get("/openapi.json").json();
  }

  private static ServedFixture.Source source(String name, ModelKind kind) {
    return new ServedFixture.Source(ServedFixture.version(name, kind, 42));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void isWellFormed() {
    ParseOptions options = new ParseOptions();
    options.setResolve(true);
    assertThat(
            new OpenAPIV3Parser().readContents(described.toString(), null, options).getMessages())
        .isEmpty();
    Set<String> ids = new TreeSet<>();
    int operations = 0;
    for (JsonNode path : described.get("paths")) {
      for (JsonNode operation : path) {
        operations++;
        ids.add(operation.get("operationId").asText());
        assertThat(operation.get("summary").asText()).endsWith(".");
        assertThat(operation.get("responses").has("200")).isTrue();
      }
    }
    assertThat(ids).hasSize(operations);
  }

  @Test
  void eachComponentIsUsed() {
    Set<String> used = new TreeSet<>();
    described.findValuesAsText("$ref").forEach(used::add);
    Set<String> there = new TreeSet<>();
    for (String kind : List.of("schemas", "responses")) {
      described
          .at("/components/" + kind)
          .fieldNames()
          .forEachRemaining(name -> there.add("#/components/" + kind + "/" + name));
    }
    assertThat(used).isEqualTo(there);
  }

  @Test
  void describesEachRouteAndNothingElse() {
    Set<String> served =
        server.routes().all().stream()
            .filter(route -> !route.path().startsWith("/console/"))
            .map(route -> route.method() + " " + route.path())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> inDescription = new TreeSet<>();
    described
        .get("paths")
        .fields()
        .forEachRemaining(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        method ->
                            inDescription.add(
                                method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
    assertThat(inDescription).isEqualTo(served);
  }

  @Test
  void whoHasToBeKnownIsSaid() {
    for (Route route : server.routes().all()) {
      JsonNode operation =
          described
              .get("paths")
              .path(route.path())
              .path(route.method().name().toLowerCase(Locale.ROOT));
      if (!operation.isMissingNode()) {
        boolean open = route.role() == null;
        assertThat(operation.has("security")).as(route.path()).isEqualTo(open);
        assertThat(operation.get("responses").has("401")).as(route.path()).isNotEqualTo(open);
      }
    }
  }

  @Test
  void describesTheParametersOfEachRoute() {
    for (Route route : server.routes().all()) {
      List<String> names = new ArrayList<>();
      described
          .path("paths")
          .path(route.path())
          .path(route.method().name().toLowerCase(Locale.ROOT))
          .path("parameters")
          .forEach(
              parameter -> {
                if (parameter.get("in").asText().equals("query")) {
                  names.add(parameter.get("name").asText());
                }
              });
      assertThat(names).as(route.path()).containsExactlyInAnyOrderElementsOf(route.parameters());
    }
  }

  /** What is described beside what the server says that it knows. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /v1/rank | {"?":1} | RankRequest
          /v1/rank | {"candidates":[{"?":1}]} | RankCandidate
          /v1/predict | {"features":{},"?":1} | PredictRequest
          /v1/events | {"events":[],"?":1} | Events
          /v1/models | {"?":1} | NewModel
          /v1/models/state | {"?":1} | ModelState
          /v1/aliases | {"?":1} | AliasChange
          /v1/experiments | {"?":1} | NewExperiment
          /v1/experiments/state | {"?":1} | ExperimentState
          /v1/experiments/ramp | {"?":1} | ExperimentRamp
          /v1/experiments/exposures | {"exposures":[],"?":1} | Exposures
          """)
  void requestsHaveTheKeysThatTheServerKnows(String path, String body, String schema) {
    String answer =
        http.post(path, body).json().at("/error/message").asText().replaceAll(".*known are ", "");
    assertThat(Arrays.asList(answer.split(", "))).containsExactlyInAnyOrderElementsOf(keys(schema));
  }

  @Test
  void readOutsOfExperimentsAreAsDescribed() throws Exception {
    JsonNode schema = described.at("/components/schemas/ExperimentReadout");
    for (int clicks : new int[] {0, 50, 100, 150}) {
      ExperimentReadout readout =
          ExperimentReadout.of(
              ExperimentResultsTest.experiment(),
              List.of(
                  ExperimentResultsTest.arm("old", 1000, 100),
                  ExperimentResultsTest.arm("new", clicks == 50 ? 100 : 1000, clicks)));
      JsonNode json = JSON.readTree(JsonAnswers.bytes(readout));
      assertThat(errors(schema, json)).as(json.toString()).isEmpty();
    }
    JsonNode empty =
        JSON.readTree(
            JsonAnswers.bytes(ExperimentReadout.of(ExperimentResultsTest.experiment(), List.of())));
    assertThat(errors(schema, empty)).isEmpty();
  }

  @Test
  void eventsHaveTheKeysThatTheServerKnows() {
    assertThat(keys("ImpressionEvent"))
        .containsExactlyInAnyOrderElementsOf(EventsEndpoint.IMPRESSION_KEYS);
    assertThat(keys("OutcomeEvent"))
        .containsExactlyInAnyOrderElementsOf(EventsEndpoint.OUTCOME_KEYS);
    assertThat(keys("Exposure")).containsExactlyInAnyOrderElementsOf(EventsEndpoint.EXPOSURE_KEYS);
  }

  private static List<String> keys(String schema) {
    List<String> keys = new ArrayList<>();
    described
        .at("/components/schemas/%s/properties".formatted(schema))
        .fieldNames()
        .forEachRemaining(keys::add);
    return keys;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/status",
        "/v1/models",
        "/v1/deployments",
        "/v1/experiments",
        "/v1/experiments?key=nope",
        "/v1/history",
        "/v1/history?since=x",
        "/v1/experiments/results",
        "/v1/experiments/results?key=nope",
        "/v1/rejected",
        "/v1/rejected?limit=x",
        "/v1/status?x=1",
        "/health?x=1",
        "/health",
        "/ready",
        "/openapi.json"
      })
  void viewsAreAsDescribed(String path) {
    assertAsDescribed("get", path, http.get(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"fm", "autoint", "armnet"})
  void answersAreAsDescribed(String model) {
    assertAsDescribed(
        "post",
        "/v1/rank",
        http.post(
            "/v1/rank",
            """
            {"model":"%s","context":{"user_id":"u"},"log":false,
             "candidates":[{"id":"x","bid":2,"features":{"ad_id":"a"}},{"features":{"ad_id":"b"}}]}
            """
                .formatted(model)));
    assertAsDescribed(
        "post",
        "/v1/predict",
        http.post(
            "/v1/predict",
            """
            {"model":"%s","features":{"user_id":"u","ad_id":"a"},"explain":true}
            """
                .formatted(model)));
    assertAsDescribed("get", "/v1/status", http.get("/v1/status"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /v1/rank | {"candidates":[]} | 400
          /v1/rank | {"model":"nope","candidates":[{}]} | 404
          /v1/predict | nonsense | 400
          /v1/predict | {"model":"nope","features":{}} | 404
          /v1/events | {"events":3} | 400
          /v1/experiments/exposures | {"exposures":3} | 400
          /v1/models | {"name":"x"} | 400
          /v1/models | {"name":"x","kind":"lr"} | 409
          /v1/models | {"name":"a b","cloneOf":"live"} | 400
          /v1/models | {"name":"","cloneOf":"live"} | 400
          /v1/models | {"name":"x","cloneOf":"live","set":{"rowOptimizer":null}} | 400
          /v1/models | {"name":"x","cloneOf":"live","set":{"subject":"other"}} | 409
          /v1/models/state | {"model":"nope","state":"frozen"} | 409
          /v1/models/state | {"model":"fm","state":"gone"} | 400
          /v1/aliases | {"rollback":true} | 409
          /v1/experiments | {"key":"x"} | 400
          /v1/experiments/state | {"key":"nope","state":"running"} | 409
          /v1/experiments/ramp | {"key":"nope","traffic":0.5} | 409
          """)
  void errorsAreAsDescribed(String path, String body, int status) {
    Http.Answer answer = http.post(path, body);
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertAsDescribed("post", path, answer);
  }

  @Test
  void changesOfModelsAreAsDescribed() {
    String clone =
        """
        {"name":"fast","cloneOf":"live","set":{"rowOptimizer":{"learningRate":0.3}},"by":"ann",
         "dryRun":true}
        """;
    assertAsDescribed("post", "/v1/models", http.post("/v1/models", clone));
    assertAsDescribed(
        "post",
        "/v1/models/state",
        http.post("/v1/models/state", "{\"model\":\"autoint\",\"state\":\"shadow\"}"));
    assertAsDescribed(
        "post", "/v1/aliases", http.post("/v1/aliases", "{\"model\":\"fm\",\"dryRun\":true}"));
    assertAsDescribed("get", "/v1/deployments", http.get("/v1/deployments"));
  }

  @Test
  void changesOfExperimentsAreAsDescribed() {
    String draft =
        """
        {"key":"page","unit":{"kind":"user","attribute":"user_id"},"layer":{"name":"top","from":0,"to":1},
         "arms":[{"name":"a","weight":1,"value":{"x":[1,null]}},{"name":"b","weight":2,"value":null}],
         "holdout":{"name":"out","share":0.1},"sticky":{"version":1,"minVersion":0},"plannedUnits":9,
         "guardRails":[{"name":"click","kind":"rate","better":"up","margin":0.05}],"by":"ann"}
        """;
    assertAsDescribed("post", "/v1/experiments", http.post("/v1/experiments", draft));
    assertAsDescribed(
        "post",
        "/v1/experiments/state",
        http.post("/v1/experiments/state", "{\"key\":\"page\",\"state\":\"running\"}"));
    assertAsDescribed(
        "post",
        "/v1/experiments/ramp",
        http.post("/v1/experiments/ramp", "{\"key\":\"page\",\"weights\":{\"a\":2}}"));
    assertAsDescribed("get", "/v1/experiments", http.get("/v1/experiments?key=page"));
    http.post(
        "/v1/experiments",
        """
        {"key":"plain","unit":{"kind":"user","attribute":"user_id"},
         "arms":[{"name":"a","weight":1,"model":"live"},{"name":"b","weight":1,"model":"fm"}]}
        """);
    assertAsDescribed("get", "/v1/experiments", http.get("/v1/experiments?key=plain"));
    assertFlagsAreAsDescribed();
    for (String path : List.of("/v1/rank", "/v1/predict")) {
      Http.Answer answer =
          http.post(
              path,
              path.equals("/v1/rank")
                  ? """
                  {"context":{"user_id":"u"},"log":false,"experiments":["page"],
                   "candidates":[{"features":{"ad_id":"a"}}]}
                  """
                  : """
                  {"features":{"user_id":"u","ad_id":"a"},"experiments":["page"]}
                  """);
      assertThat(answer.json().at("/experiments/page/why").asText()).isNotEmpty();
      assertAsDescribed("post", path, answer);
    }
  }

  private static void assertFlagsAreAsDescribed() {
    String flags = "/ofrep/v1/evaluate/flags";
    String one = flags + "/{key}";
    String user = "{\"context\":{\"targetingKey\":\"u\"}}";
    assertAsDescribed("post", flags, http.post(flags, user));
    assertAsDescribed("post", flags, http.post(flags, "{}"));
    assertAsDescribed("post", flags, http.post(flags, "nonsense"));
    assertAsDescribed("post", flags, http.post(flags + "?x=1", user));
    assertAsDescribed("post", one, http.post(flags + "/page", user));
    assertAsDescribed("post", one, http.post(flags + "/plain", user));
    assertAsDescribed("post", one, http.post(flags + "/page", "{}"));
    assertAsDescribed("post", one, http.post(flags + "/nope", user));
  }

  @Test
  void examplesAreRequestsAsDescribed() {
    for (String path :
        List.of(
            "/v1/rank",
            "/v1/predict",
            "/v1/events",
            "/v1/models",
            "/v1/models/state",
            "/v1/aliases",
            "/v1/experiments",
            "/v1/experiments/state",
            "/v1/experiments/ramp",
            "/v1/experiments/exposures",
            "/ofrep/v1/evaluate/flags",
            "/ofrep/v1/evaluate/flags/{key}")) {
      JsonNode content =
          described.at("/paths").get(path).at("/post/requestBody/content/application~1json");
      for (JsonNode example : content.get("examples")) {
        assertThat(errors(content.get("schema"), example.get("value"))).as(path).isEmpty();
      }
    }
  }

  private static void assertAsDescribed(String method, String pathAndQuery, Http.Answer answer) {
    String path = pathAndQuery.replaceAll("\\?.*", "");
    JsonNode response =
        described
            .get("paths")
            .get(path)
            .get(method)
            .get("responses")
            .path(String.valueOf(answer.status()));
    if (response.has("$ref")) {
      response = described.at(response.get("$ref").asText().substring(1));
    }
    String where = "%s %s: %s".formatted(method, pathAndQuery, answer.body());
    assertThat(response.isMissingNode()).as(where).isFalse();
    assertThat(errors(response.at("/content/application~1json/schema"), answer.json()))
        .as(where)
        .isEmpty();
  }

  private static List<String> errors(JsonNode schema, JsonNode value) {
    ObjectNode whole = JSON.createObjectNode();
    whole.set("allOf", JSON.createArrayNode().add(schema));
    whole.set("components", described.get("components"));
    List<String> errors = new ArrayList<>();
    for (Error error : SCHEMAS.getSchema(whole).validate(value)) {
      errors.add(error.toString());
    }
    return errors;
  }
}
