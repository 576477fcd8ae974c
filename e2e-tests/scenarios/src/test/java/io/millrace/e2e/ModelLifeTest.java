package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.topic.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models come and go while rankings are asked for: no request fails, and nothing restarts. */
class ModelLifeTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String RANKING =
      """
      {"context":{"user_id":"user-1","user_segment":"student","device":"phone","hour":12},
       "candidates":[{"features":{"ad_id":"ad-1","advertiser":"a","category":"games","price":9.5}},
                     {"features":{"ad_id":"ad-2","advertiser":"b","category":"games","price":1}}]}
      """;

  private static final String PROMOTE = "{\"model\":\"fast\",\"dryRun\":false}";

  @TempDir private Path folder;

  @Test
  void aCloneIsPromotedRolledBackAndRetiredWhileRankingsAreAnswered() throws Exception {
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try (Scenario scenario = Scenario.start(folder)) {
      Api api = scenario.api();
      var unused = scenario.await("ready", status -> status.path("ready").asBoolean());
      var demo = scenario.demo(200, Duration.ofSeconds(3));
      assertThat(demo.impressions()).isPositive();
      AtomicBoolean ended = new AtomicBoolean();
      Future<List<Integer>> failures = threads.submit(rankings(api, ended));

      changed(
          api,
          "/v1/models",
          "{\"name\":\"fast\",\"cloneOf\":\"live\",\"set\":{\"rowOptimizer\":{\"learningRate\":0.3}}}",
          "model fast goes on from all that ads has learned, as a shadow");
      await("fast can answer")
          .atMost(LIMIT)
          .until(() -> api.post("/v1/aliases", PROMOTE.replace("false", "true")).status() == 200);
      assertThat(answeredBy(api)).isEqualTo("ads");
      assertThat(version(api, "fast")).isPositive();
      await("fast scores what ads ranks")
          .atMost(LIMIT)
          .until(() -> api.get("/v1/status").body().at("/models/1/shadow/scored").asLong() > 100);
      assertThat(api.get("/v1/status").body().at("/models/1/shadow/failed").asLong()).isZero();

      changed(api, "/v1/aliases", PROMOTE, "live means fast");
      await("fast answers").atMost(LIMIT).until(() -> answeredBy(api).equals("fast"));
      changed(api, "/v1/aliases", "{\"rollback\":true}", "live means ads again");
      await("ads answers").atMost(LIMIT).until(() -> answeredBy(api).equals("ads"));

      changed(
          api,
          "/v1/models/state",
          "{\"model\":\"fast\",\"state\":\"retired\",\"reason\":\"no better\"}",
          "model fast is gone: its job, topics, files and memory are freed");
      await("nothing of fast is left")
          .atMost(LIMIT)
          .until(
              () ->
                  named(api, "fast").status() == 404
                      && !topics(scenario).contains(Topics.DEFAULT.parameters("fast"))
                      && !Files.exists(folder.resolve("views").resolve("fast")));
      assertThat(scenario.platform().failure()).isEmpty();
      ended.set(true);
      assertThat(failures.get()).isEmpty();
    } finally {
      threads.shutdownNow();
    }
    // what the deployments say holds for the next process too
    try (Scenario again = Scenario.start(folder)) {
      JsonNode deployments = again.api().get("/v1/deployments").body();
      assertThat(deployments.at("/aliases/live").asText()).isEqualTo("ads");
      assertThat(deployments.at("/models/1/state").asText()).isEqualTo("retired");
      assertThat(deployments.at("/models/1/reason").asText()).isEqualTo("no better");
      assertThat(named(again.api(), "fast").status()).isEqualTo(404);
    }
  }

  /** Also one that was asked for so late that nothing of it had begun. */
  @Test
  void aYoungCloneLearnsOnAfterARestart() throws Exception {
    try (Scenario scenario = Scenario.start(folder)) {
      var unused = scenario.await("ready", status -> status.path("ready").asBoolean());
      var demo = scenario.demo(200, Duration.ofSeconds(2));
      assertThat(demo.impressions()).isPositive();
      Api api = scenario.api();
      changed(
          api,
          "/v1/models",
          "{\"name\":\"fast\",\"cloneOf\":\"live\"}",
          "model fast goes on from all that ads has learned, as a shadow");
      await("fast is served").atMost(LIMIT).until(() -> version(api, "fast") > 0);
      await("it has a checkpoint of its own")
          .atMost(LIMIT)
          .until(() -> checkpoints(scenario.platform()) == 4); // with ingestion and experiments
      changed(
          api,
          "/v1/models",
          "{\"name\":\"late\",\"cloneOf\":\"fast\"}",
          "model late goes on from all that fast has learned, as a shadow");
    }
    try (Scenario again = Scenario.start(folder)) {
      Api api = again.api();
      for (String clone : List.of("fast", "late")) {
        await(clone + " is served").atMost(LIMIT).until(() -> version(api, clone) > 0);
      }
      long before = Math.max(version(api, "fast"), version(api, "late"));
      var demo = again.demo(200, Duration.ofSeconds(2));
      assertThat(demo.impressions()).isPositive();
      for (String clone : List.of("fast", "late")) {
        await(clone + " learns on").atMost(LIMIT).until(() -> version(api, clone) > before);
      }
      assertThat(again.platform().failure()).isEmpty();
    }
  }

  /** Jobs that have a whole checkpoint. */
  private long checkpoints(io.millrace.standalone.Platform platform) throws IOException {
    assertThat(platform.failure()).isEmpty();
    Path checkpoints = folder.resolve("checkpoints");
    try (var files = Files.walk(checkpoints, 3)) { // JOB/chk-N/_metadata
      return files
          .filter(file -> file.getFileName().toString().equals("_metadata"))
          .map(file -> checkpoints.relativize(file).getName(0))
          .distinct()
          .count();
    } catch (java.io.UncheckedIOException e) {
      return 0; // a folder has gone while it was looked at
    }
  }

  @Test
  void aFrozenModelAnswersAsItIsAndLearnsOn() throws Exception {
    try (Scenario scenario = Scenario.start(folder)) {
      Api api = scenario.api();
      var unused = scenario.await("ready", status -> status.path("ready").asBoolean());
      long shown = scenario.demo(200, Duration.ofSeconds(2)).impressions();
      unused = scenario.await("all learned", s -> Scenario.metric(s, "learned") >= shown);
      changed(
          api,
          "/v1/models/state",
          "{\"model\":\"ads\",\"state\":\"frozen\"}",
          "model ads answers as it is, and learns nothing more");
      await("its job has ended")
          .atMost(LIMIT)
          .until(
              () ->
                  !api.get("/v1/status").body().path("parts").toString().contains("training-ads"));
      long frozen = version(api, "ads");
      rank(api);
      assertThat(version(api, "ads")).isEqualTo(frozen);
      changed(
          api,
          "/v1/models/state",
          "{\"model\":\"ads\",\"state\":\"learning\"}",
          "model ads learns");
      await("it learns on").atMost(LIMIT).until(() -> version(api, "ads") > frozen);
    }
  }

  private static Callable<List<Integer>> rankings(Api api, AtomicBoolean ended) {
    return () -> {
      List<Integer> failures = new ArrayList<>();
      while (!ended.get()) {
        int status = rank(api).status();
        if (status != 200) {
          failures.add(status);
        }
      }
      return failures;
    };
  }

  private static void changed(Api api, String path, String body, String says)
      throws IOException, InterruptedException {
    Api.Answer answer = api.post(path, body);
    assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
    assertThat(answer.body().path("says").asText()).isEqualTo(says);
  }

  private static Api.Answer rank(Api api) throws IOException, InterruptedException {
    return api.post("/v1/rank", RANKING);
  }

  private static Api.Answer named(Api api, String model) throws IOException, InterruptedException {
    return api.post("/v1/rank", RANKING.replaceFirst("\\{", "{\"model\":\"" + model + "\","));
  }

  private static String answeredBy(Api api) throws IOException, InterruptedException {
    return rank(api).body().path("model").asText();
  }

  /** The version of a model that is served; -1 before the first. */
  private static long version(Api api, String model) throws IOException, InterruptedException {
    for (JsonNode one : api.get("/v1/status").body().path("models")) {
      if (one.path("name").asText().equals(model)) {
        return one.path("version").asLong(-1);
      }
    }
    return -1;
  }

  private static Set<String> topics(Scenario scenario) throws Exception {
    try (Admin admin = Admin.create(scenario.platform().client())) {
      return admin.listTopics().names().get();
    }
  }
}
