package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class LabelsLineTest {
  private static final long T = 1_800_000_000_000L; // 2027-01-15T08:00:00Z

  private static JsonNode status(String metrics) throws JsonProcessingException {
    return new ObjectMapper()
        .readTree(
            "{\"models\":[{\"name\":\"m\",\"metrics\":{\"learner.sample\":1," + metrics + "}}]}");
  }

  @Test
  void nothingIsShownBeforeACohortIsComplete() throws JsonProcessingException {
    LabelsLine line = new LabelsLine(60_000);
    assertThat(line.next(status("\"learned\":3"), T)).isEmpty();
    JsonNode begun = status("\"cohort.next_at\":" + (T + 70_000));
    assertThat(line.next(begun, T))
        .contains(
            "labels: the first impressions whose windows have ended count at 2027-01-15T08:01:10Z");
    assertThat(line.next(begun, T + 5_000)).isEmpty();
  }

  @Test
  void eachNewCohortIsShownOnceAndNotTooOften() throws JsonProcessingException {
    LabelsLine line = new LabelsLine(60_000);
    String rest =
        ",\"cohort.examples\":2000,\"cohort.calibration\":1.01,\"cohort.auc\":0.81,"
            + "\"served.examples\":12000,\"served.calibration\":1.2,\"served.auc\":0.79";
    JsonNode first = status("\"cohort.counted_until\":" + T + rest);
    assertThat(line.next(first, T))
        .contains(
            "labels until 2027-01-15T08:00:00Z: AUC 0.8100, predicted/actual 1.010 of 2,000"
                + " impressions; since the start: AUC 0.7900, predicted/actual 1.200 of 12,000"
                + " impressions");
    assertThat(line.next(first, T + 90_000)).isEmpty();
    JsonNode second = status("\"cohort.counted_until\":" + (T + 10_000) + rest);
    assertThat(line.next(second, T + 59_999)).isEmpty();
    assertThat(line.next(second, T + 60_000)).isPresent();
  }

  @Test
  void whereNothingWasServedTheLearnersOwnFiguresAreShown() throws JsonProcessingException {
    JsonNode status =
        status(
            ("\"learner_cohort.counted_until\":" + T)
                + ",\"learner_cohort.examples\":7,\"learner.examples\":9");
    assertThat(new LabelsLine(1).next(status, T))
        .get()
        .asString()
        .contains("(of the learner, nothing was served)", " of 7 ", " of 9 ");
  }

  @Test
  void aCohortWithoutClicksHasNoAuc() throws JsonProcessingException {
    JsonNode status =
        status("\"cohort.counted_until\":" + T + ",\"cohort.examples\":7,\"served.examples\":7");
    assertThat(new LabelsLine(1).next(status, T)).get().asString().contains("AUC -");
  }
}
