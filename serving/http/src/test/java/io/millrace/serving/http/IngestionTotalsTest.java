package io.millrace.serving.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.RejectionReason;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IngestionTotalsTest {

  @Test
  void eventsAreImpressionsClicksAndWhatOtherOutcomesHave() {
    IngestionTotals totals =
        new IngestionTotals(
            Map.of(
                "impressions", 10L,
                "clicks", 3L,
                "sale.events", 2L,
                "sale.positives", 1L,
                "positives", 3L,
                "late_click", 4L));
    assertThat(totals.events()).isEqualTo(15);
    assertThat(totals.rejected(RejectionReason.LATE_CLICK)).isEqualTo(4);
    assertThat(totals.rejected(RejectionReason.TOO_LARGE)).isZero();
  }

  @Test
  void anAnswerShowsThemSortedByName() {
    IngestionTotals totals = new IngestionTotals(Map.of("impressions", 10L, "clicks", 3L));
    assertThat(new String(JsonAnswers.bytes(totals), java.nio.charset.StandardCharsets.UTF_8))
        .isEqualTo("{\"clicks\":3,\"impressions\":10}");
    assertThat(IngestionTotals.NONE.isEmpty()).isTrue();
  }
}
