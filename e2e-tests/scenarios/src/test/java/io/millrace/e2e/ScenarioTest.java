package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.demo.DemoReport;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loop as its user sees it: rankings are asked for, clicks come back, the model changes. */
class ScenarioTest {
  private static final String FEATURES =
      """
      {"user_id":"user-1","user_segment":"student","device":"phone","hour":12,
       "ad_id":"ad-1","advertiser":"advertiser-1","category":"games","price":9.5}
      """;

  @Test
  void everyImpressionIsLearnedOnceAndEveryFaultyEventIsCounted(@TempDir Path folder)
      throws Exception {
    try (Scenario scenario = Scenario.start(folder)) {
      DemoReport report = scenario.demo(100, Duration.ofSeconds(12));

      assertThat(report.failedRequests()).isZero();
      assertThat(report.impressions()).isGreaterThan(1_000);
      assertThat(report.oneClick()).as("what one click changed").isPresent();
      long shown = report.impressions() + 1; // and the one that the one click was for
      long sent = report.clicks() + 1 + report.lateClicks() + report.duplicates();
      JsonNode status =
          scenario.await(
              "%d examples learned; %s counted".formatted(shown, report),
              s ->
                  Scenario.metric(s, "learned") == shown
                      && faulty(s) == report.invalidEvents()
                      && clicksAndRepeats(s) == sent);
      assertThat(Scenario.metric(status, "duplicates")).isZero();
      assertThat(Scenario.metric(status, "rejected")).isZero();
      assertThat(Scenario.metric(status, "encoding_mismatches")).isZero();
      assertThat(Scenario.metric(status, "positives"))
          .isEqualTo(Scenario.ingested(status, "positives"))
          .isBetween(report.clicks() * 0.9, report.clicks() + 1.0);
      assertThat(status.at("/models/0/freshness/count").asLong()).isGreaterThan(0);
      assertThat(scenario.platform().failure()).isEmpty();
    }
  }

  private static long faulty(JsonNode status) {
    return Scenario.ingested(status, "malformed_bytes")
        + Scenario.ingested(status, "unknown_schema_id")
        + Scenario.ingested(status, "invalid_feature")
        + Scenario.ingested(status, "click_for_unknown_impression")
        + Scenario.ingested(status, "absurd_event_time");
  }

  /** Clicks, in time, late or repeated, and repeated impressions. */
  private static long clicksAndRepeats(JsonNode status) {
    return Scenario.ingested(status, "positives")
        + Scenario.ingested(status, "duplicate_impressions")
        + Scenario.ingested(status, "duplicate_clicks")
        + Scenario.ingested(status, "late_click");
  }

  @Test
  void aRequestThatCannotBeAnsweredSaysWhy(@TempDir Path folder) throws Exception {
    try (Scenario scenario = Scenario.start(folder)) {
      scenario.await("ready", s -> s.path("ready").asBoolean());
      Api.Answer wrongType = predict(scenario, FEATURES.replace("12", "\"noon\""));
      assertThat(wrongType.status()).isEqualTo(400);
      assertThat(wrongType.body().at("/error/message").asText())
          .contains("features.hour")
          .contains("noon");
      Api.Answer unknown = predict(scenario, FEATURES.replace("user_id", "user_idd"));
      assertThat(unknown.status()).isEqualTo(400);
      assertThat(unknown.body().at("/error/message").asText())
          .contains("user_idd")
          .contains("user_id");
      assertThat(predict(scenario, FEATURES).status()).isEqualTo(200);
    }
  }

  private static Api.Answer predict(Scenario scenario, String features) throws Exception {
    return scenario.api().post("/v1/predict", "{\"features\":" + features + "}");
  }
}
