package io.millrace.serving.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.learner.ModelKind;
import io.millrace.ranking.ServedFixture;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Experiments by HTTP, and what they do to rankings and predictions. */
@SuppressWarnings("NullAway.Init") // set before all tests
class ExperimentsApiTest {
  private static final String OF_MODELS =
      """
      {"key":"%s","unit":{"kind":"user","attribute":"user_id"},"forced":{"vip":"fast"},%s
       "arms":[{"name":"old","weight":1,"model":"live"},{"name":"fast","weight":1,"model":"%s"}]}
      """;

  private static final String OF_VALUES =
      """
      {"key":"%s","unit":{"kind":"user","attribute":"user_id"},"targeting":{"hour":{"$gte":12}},
       "arms":[{"name":"blue","weight":0,"value":"#00f"},{"name":"red","weight":1,"value":{"c":"#f00"}}]}
      """;

  private static MillraceServer server;
  private static Http http;

  @BeforeAll
  static void start() {
    server =
        Fixture.withoutKafka(
            source("ads"), source("fast"), source("spare"), new ServedFixture.Source("empty"));
    http = Http.to(server);
  }

  private static ServedFixture.Source source(String model) {
    return new ServedFixture.Source(ServedFixture.version(model, ModelKind.LR, 7));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @AfterEach
  void stopExperiments() {
    for (JsonNode experiment : http.get("/v1/experiments").json().get("experiments")) {
      if (experiment.get("state").asText().equals("running")) {
        says("/v1/experiments/state", state(experiment.get("key").asText(), "stopped"));
      }
    }
  }

  @Test
  void anExperimentIsPlannedStartedRampedAndStopped() {
    assertThat(says("/v1/experiments", ofModels("faster", "fast")))
        .isEqualTo(
            "experiment faster is a draft: user by user_id, 100 % of the units, of these 50 % old,"
                + " 50 % fast; nobody is in it before it is started");
    assertThat(rank("u1").has("experiments")).isFalse();

    assertThat(says("/v1/experiments/state", state("faster", "running")))
        .isEqualTo("experiment faster runs: 100 % of the units, of these 50 % old, 50 % fast");
    int answeredByFast = 0;
    for (int i = 0; i < 200; i++) {
      JsonNode answer = rank("u" + i);
      String arm = answer.at("/experiments/faster/arm").asText();
      assertThat(answer.get("model").asText()).isEqualTo(arm.equals("fast") ? "fast" : "ads");
      assertThat(answer.at("/experiments/faster/why").asText()).isEqualTo("assigned");
      assertThat(rank("u" + i).at("/experiments/faster/arm").asText()).isEqualTo(arm);
      assertThat(predict("u" + i).get("model")).isEqualTo(answer.get("model"));
      answeredByFast += arm.equals("fast") ? 1 : 0;
    }
    assertThat(answeredByFast).isBetween(70, 130); // of 200 by 4 deviations

    assertThat(says("/v1/experiments/ramp", "{\"key\":\"faster\",\"weights\":{\"old\":0}}"))
        .isEqualTo("experiment faster, running: 100 % of the units, of these 0 % old, 100 % fast");
    assertThat(rank("u1").get("model").asText()).isEqualTo("fast");

    assertThat(says("/v1/experiments/state", state("faster", "stopped")))
        .isEqualTo("experiment faster is over: the live model answers its units");
    assertThat(rank("u1").get("model").asText()).isEqualTo("ads");
    JsonNode one = http.get("/v1/experiments?key=faster").json();
    assertThat(one.at("/experiments/0/state").asText()).isEqualTo("stopped");
    assertThat(one.at("/experiments/0/changed/by").asText()).isEqualTo("ann");
    assertRefused(
        409,
        "/v1/experiments/state",
        state("faster", "running"),
        "experiment faster: state stopped, expected draft");
  }

  @Test
  void aDryRunChangesNothing() {
    String draft = ofModels("dry", "fast").replaceFirst("}\\s*$", ",\"dryRun\":true}");
    assertThat(says("/v1/experiments", draft)).contains("is a draft");
    assertThat(http.get("/v1/experiments?key=dry").status()).isEqualTo(404);
  }

  @Test
  void anArmNeedsAModelThatThereIsAndThatCanAnswerOnceItStarts() {
    assertRefused(
        409,
        "/v1/experiments",
        ofModels("typo", "fsat"),
        "experiment typo: arm fast: model fsat is no model or alias, did you mean 'fast'?");
    says("/v1/experiments", ofModels("early", "empty"));
    assertRefused(
        409,
        "/v1/experiments/state",
        state("early", "running"),
        "experiment early: arm fast: model empty cannot answer yet: Model empty has no version yet:"
            + " nothing has been published for it.");
    assertRefused(
        400,
        "/v1/experiments",
        ofModels("typo", "fast").replace("\"model\":\"live\"", "\"value\":1"),
        "experiment typo: arms: 1 of 2 are models, expected all or none of them");
    assertRefused(
        400,
        "/v1/experiments",
        ofModels("typo", "fast")
            .replaceFirst("\\{", "{\"data\":\"own\",")
            .replace("\"model\":\"live\"", "\"value\":1")
            .replace("\"model\":\"fast\"", "\"value\":2"),
        "experiment typo: data: own, expected shared: its arms are values, and no model learns by"
            + " them");
  }

  @Test
  void twoExperimentsOfModelsShareNoUnit() {
    run(ofModels("first", "fast"), "first");
    says("/v1/experiments", ofModels("second", "fast"));
    assertRefused(
        409,
        "/v1/experiments/state",
        state("second", "running"),
        "experiment second: layer: none, expected that no other experiment of models runs:"
            + " experiment first runs, chooses the model too, and has units in common with it");
    says("/v1/experiments/state", state("first", "stopped"));
    run(ofModels("low", "fast", "\"layer\":{\"name\":\"l\",\"from\":0,\"to\":0.5},"), "low");
    run(ofModels("high", "fast", "\"layer\":{\"name\":\"l\",\"from\":0.5,\"to\":1},"), "high");
    for (int i = 0; i < 50; i++) {
      JsonNode experiments = rank("u" + i).get("experiments");
      assertThat(experiments.at("/low").has("arm"))
          .isNotEqualTo(experiments.at("/high").has("arm"));
    }
    assertRefused(
        409,
        "/v1/experiments/state",
        state("second", "running"),
        "experiment second: layer: none, expected another part of layer l: experiment low runs,"
            + " chooses the model too, and has units in common with it");
  }

  @Test
  void whoIsInNoArmIsAnsweredByTheLiveModelAndToldWhy() {
    run(ofModels("some", "fast"), "some");
    assertThat(rank("vip").at("/experiments/some").toString())
        .isEqualTo("{\"arm\":\"fast\",\"value\":\"fast\",\"why\":\"forced\"}");
    JsonNode strangers =
        http.post(
                "/v1/rank",
                """
                {"log":false,"candidates":[{"features":{"user_id":"u1","ad_id":"a"}},
                 {"features":{"user_id":"u2","ad_id":"a"}}]}
                """)
            .json();
    assertThat(strangers.get("experiments").toString())
        .isEqualTo("{\"some\":{\"why\":\"no_unit\"}}");
    assertThat(strangers.get("model").asText()).isEqualTo("ads");
    JsonNode alike =
        http.post(
                "/v1/rank",
                """
                {"log":false,"candidates":[{"features":{"user_id":"vip","ad_id":"a"}},
                 {"features":{"user_id":"vip","ad_id":"b"}}]}
                """)
            .json();
    assertThat(alike.at("/model").asText()).isEqualTo("fast");
    JsonNode named = rank("vip", "\"model\":\"ads\",");
    assertThat(named.get("model").asText()).isEqualTo("ads");
    assertThat(named.has("experiments")).isFalse();
  }

  @Test
  void valuesAreAnsweredToWhoAsksForThem() {
    run(OF_VALUES.formatted("button"), "button");
    says("/v1/experiments", OF_VALUES.formatted("later"));
    assertThat(rank("u1").has("experiments")).isFalse();
    JsonNode noon = rank("u1", "\"experiments\":[\"button\",\"later\"],", ",\"hour\":13");
    assertThat(noon.get("experiments").toString())
        .isEqualTo(
            "{\"button\":{\"arm\":\"red\",\"value\":{\"c\":\"#f00\"},\"why\":\"assigned\"},"
                + "\"later\":{\"why\":\"not_running\"}}");
    JsonNode morning = rank("u1", "\"experiments\":[\"button\"],", ",\"hour\":8");
    assertThat(morning.at("/experiments/button/why").asText()).isEqualTo("not_targeted");
  }

  @Test
  void whatIsAskedForHasToBeThere() {
    run(ofModels("asked", "fast"), "asked");
    assertRefused(
        400,
        "/v1/rank",
        ranking("u1", "\"experiments\":[\"askd\"],", ""),
        "experiments[0]: \"askd\", expected the key of an experiment, did you mean 'asked'?");
    assertRefused(
        400,
        "/v1/rank",
        ranking("u1", "\"model\":\"ads\",\"experiments\":[\"asked\"],", ""),
        "experiments[0]: \"asked\", expected an experiment of values, or no model beside it: this"
            + " one chooses the model, and the request names ads");
    assertRefused(
        400,
        "/v1/rank",
        ranking("u1", "\"experiments\":[1],", ""),
        "experiments[0]: 1, expected a string");
  }

  @Test
  @Timeout(60)
  void growthBooksSdkIsToldOfEachChange() throws Exception {
    Http.Answer features = http.get("/api/features/sdk-1");
    assertThat(features.headers().firstValue("x-sse-support")).hasValue("enabled");
    assertThat(features.json().get("features").has("told")).isFalse();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/sub/sdk-1"))
            .header("accept-encoding", "gzip")
            .build();
    try (Stream<String> lines =
        http.client().send(request, HttpResponse.BodyHandlers.ofLines()).body()) {
      Iterator<String> events = lines.filter(line -> !line.isEmpty()).iterator();
      assertThat(events.next()).isEqualTo("event:features");
      assertThat(events.next()).isEqualTo("data:" + features.body());
      says("/v1/experiments", OF_VALUES.formatted("told"));
      assertThat(events.next()).isEqualTo("event:features");
      assertThat(events.next())
          .isEqualTo("data:" + http.get("/api/features/sdk-1").body())
          .contains("\"told\"");
    }
    assertThat(http.post("/sub/sdk-1", "{}").json().at("/error/message").asText())
        .isEqualTo("This path does not take this method, expected GET, HEAD.");
  }

  @Test
  void aModelThatAnExperimentNeedsIsNotRetired() {
    run(ofModels("needs", "spare"), "needs");
    assertRefused(
        409,
        "/v1/models/state",
        "{\"model\":\"spare\",\"state\":\"retired\"}",
        "model spare: experiment needs runs and has it in an arm, expected a model that none has;"
            + " stop the experiment first");
    says("/v1/experiments/state", state("needs", "stopped"));
    assertThat(says("/v1/models/state", "{\"model\":\"spare\",\"state\":\"retired\"}"))
        .startsWith("model spare is gone");
  }

  private static void run(String draft, String key) {
    says("/v1/experiments", draft);
    says("/v1/experiments/state", state(key, "running"));
  }

  private static String says(String path, String body) {
    Http.Answer answer = http.post(path, body);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().get("says").asText();
  }

  private static void assertRefused(int status, String path, String body, String words) {
    Http.Answer answer = http.post(path, body);
    assertThat(answer.json().at("/error/message").asText()).isEqualTo(words);
    assertThat(answer.status()).isEqualTo(status);
  }

  private static String ofModels(String key, String second) {
    return ofModels(key, second, "");
  }

  private static String ofModels(String key, String second, String more) {
    return OF_MODELS.formatted(key, more, second);
  }

  private static String state(String key, String state) {
    return "{\"key\":\"%s\",\"state\":\"%s\",\"by\":\"ann\"}".formatted(key, state);
  }

  private static JsonNode rank(String user) {
    return rank(user, "");
  }

  private static JsonNode rank(String user, String more) {
    return rank(user, more, "");
  }

  private static JsonNode rank(String user, String more, String features) {
    return http.post("/v1/rank", ranking(user, more, features)).json();
  }

  private static String ranking(String user, String more, String features) {
    return """
    {%s"context":{"user_id":"%s"%s},"log":false,"candidates":[{"features":{"ad_id":"a"}}]}
    """
        .formatted(more, user, features);
  }

  private static JsonNode predict(String user) {
    return http.post(
            "/v1/predict", "{\"features\":{\"user_id\":\"%s\",\"ad_id\":\"a\"}}".formatted(user))
        .json();
  }
}
