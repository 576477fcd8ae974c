package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A live model and its clone are compared on users, who are ranked for all the while. */
class ExperimentLifeTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int USERS = 400;
  private static final String RANKING =
      """
      {"context":{"user_id":"%s","user_segment":"student","device":"phone","hour":12},
       "candidates":[{"features":{"ad_id":"ad-1","advertiser":"a","category":"games","price":9.5}}]}
      """;

  @TempDir private Path folder;

  @Test
  void eachUserIsAnsweredByTheModelOfTheirArmUntilTheExperimentIsStopped() throws Exception {
    try (Scenario scenario = Scenario.start(folder)) {
      Api api = scenario.api();
      var unused = scenario.await("ready", status -> status.path("ready").asBoolean());
      assertThat(scenario.demo(200, Duration.ofSeconds(2)).impressions()).isPositive();
      changed(api, "/v1/models", "{\"name\":\"fast\",\"cloneOf\":\"live\"}");
      changed(
          api,
          "/v1/experiments",
          """
          {"key":"faster","data":"own","unit":{"kind":"user","attribute":"user_id"},
           "arms":[{"name":"old","weight":1,"model":"live"},{"name":"new","weight":1,"model":"fast"}]}
          """);
      await("fast can answer")
          .atMost(LIMIT)
          .until(
              () ->
                  api.post(
                              "/v1/experiments/state",
                              state("running").replace("}", ",\"dryRun\":true}"))
                          .status()
                      == 200);
      assertThat(rank(api, "user-1").has("experiments")).isFalse();

      changed(api, "/v1/experiments/state", state("running"));
      await("it is in force").atMost(LIMIT).until(() -> rank(api, "user-1").has("experiments"));
      Map<String, Integer> counts = new HashMap<>();
      Map<String, String> arms = new HashMap<>();
      for (int i = 0; i < USERS; i++) {
        String user = "user-" + i;
        JsonNode answer = rank(api, user);
        String arm = answer.at("/experiments/faster/arm").asText();
        assertThat(answer.path("model").asText()).isEqualTo(arm.equals("old") ? "ads" : "fast");
        arms.put(user, arm);
        counts.merge(arm, 1, Integer::sum);
      }
      assertThat(counts).containsOnlyKeys("old", "new");
      assertThat(counts.get("new")).isBetween(160, 240); // half of them by four deviations
      for (int i = 0; i < USERS; i++) {
        String user = "user-" + i;
        assertThat(rank(api, user).at("/experiments/faster/arm").asText())
            .isEqualTo(arms.get(user));
      }

      unused =
          scenario.await(
              "each model leaves out what the other answered",
              status -> otherArm(status, 0) > 0 && otherArm(status, 1) > 0);

      changed(api, "/v1/experiments/state", state("stopped"));
      await("it is over").atMost(LIMIT).until(() -> !rank(api, "user-1").has("experiments"));
      for (int i = 0; i < USERS; i++) {
        assertThat(rank(api, "user-" + i).path("model").asText()).isEqualTo("ads");
      }
      assertThat(scenario.platform().failure()).isEmpty();
    }
  }

  /**
   * Two of three users click, but those of the clone never do: its guard rail says so once their
   * labels are there.
   */
  @Test
  void aModelThatHarmsIsStoppedByItsGuardRail() throws Exception {
    try (Scenario scenario = Scenario.start(folder)) {
      Api api = scenario.api();
      var unused = scenario.await("ready", status -> status.path("ready").asBoolean());
      assertThat(scenario.demo(200, Duration.ofSeconds(2)).impressions()).isPositive();
      changed(api, "/v1/models", "{\"name\":\"harmed\",\"cloneOf\":\"live\"}");
      changed(
          api,
          "/v1/experiments",
          """
          {"key":"faster","unit":{"kind":"user","attribute":"user_id"},
           "arms":[{"name":"old","weight":1,"model":"live"},{"name":"new","weight":1,"model":"harmed"}],
           "guardRails":[{"name":"click","kind":"rate","better":"up","margin":0.1}]}
          """);
      await("the clone can answer")
          .atMost(LIMIT)
          .until(() -> api.post("/v1/experiments/state", state("running")).status() == 200);
      await("it is in force").atMost(LIMIT).until(() -> rank(api, "user-1").has("experiments"));
      for (int i = 0; i < 2 * USERS; i++) {
        JsonNode answer = rank(api, "user-" + i);
        if (answer.path("model").asText().equals("ads") && i % 3 > 0) {
          changed(
              api,
              "/v1/events",
              "{\"type\":\"click\",\"impressionId\":\"%s\"}"
                  .formatted(answer.at("/results/0/impressionId").asText()));
        }
      }
      long start = System.nanoTime();
      await("it is stopped").atMost(LIMIT).until(() -> !rank(api, "user-1").has("experiments"));
      System.out.printf(
          "stopped %d ms after the last event, of which the window is %d ms%n",
          (System.nanoTime() - start) / 1_000_000, Scenario.WINDOW.toMillis());
      JsonNode experiment = api.get("/v1/experiments?key=faster").body().at("/experiments/0");
      assertThat(experiment.path("state").asText()).isEqualTo("stopped");
      assertThat(experiment.at("/changed/by").asText()).isEqualTo("guard rail rate of click");
      JsonNode results = api.get("/v1/experiments/results?key=faster").body();
      assertThat(results.at("/verdict/conclusion").asText()).isEqualTo("HARMED");
      assertThat(results.at("/lastChange/reason").asText())
          .startsWith("arm new harms the rate of click: treatment is worse by at least ");
      assertThat(rank(api, "user-1").path("model").asText()).isEqualTo("ads");
      assertThat(scenario.platform().failure()).isEmpty();
    }
  }

  private static double otherArm(JsonNode status, int model) {
    return status.path("models").path(model).path("metrics").path("other_arm").asDouble();
  }

  private static String state(String state) {
    return "{\"key\":\"faster\",\"state\":\"%s\"}".formatted(state);
  }

  private static void changed(Api api, String path, String body)
      throws IOException, InterruptedException {
    Api.Answer answer = api.post(path, body);
    assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
  }

  private static JsonNode rank(Api api, String user) throws IOException, InterruptedException {
    return api.post("/v1/rank", RANKING.formatted(user)).body();
  }
}
