package io.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.event.IngestionCounts;
import io.millrace.wire.IngestionTotals.Joined;
import io.millrace.wire.IngestionTotals.Rejected;
import io.millrace.wire.IngestionTotals.Unknown;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IngestionTotalsTest {

  private static IngestionTotals of(Map<String, Long> counts) {
    return IngestionTotals.of(new IngestionCounts(Instant.EPOCH, counts, null, 0L, null));
  }

  @Test
  void eventsAreImpressionsClicksAndWhatOtherOutcomesHave() {
    IngestionTotals totals =
        of(
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
  void aNameIsOfOneThing() {
    assertThat(IngestionTotals.counted("sale.events"))
        .isEqualTo(new Joined(Counter.CLICKS, "sale"));
    assertThat(IngestionTotals.counted("sale.late")).isEqualTo(new Joined(Counter.LATE, "sale"));
    assertThat(IngestionTotals.counted("late_click"))
        .isEqualTo(new Rejected(RejectionReason.LATE_CLICK));
    assertThat(IngestionTotals.counted("of_tomorrow")).isEqualTo(new Unknown("of_tomorrow"));
    for (Counter counter : Counter.values()) {
      Joined joined = new Joined(counter, "click");
      assertThat(IngestionTotals.counted(joined.name())).isEqualTo(joined);
    }
  }

  @Test
  void namesAreThoseOfTheEvent() {
    Map<String, Long> counts = Map.of("clicks", 3L, "sale.late", 1L, "too_large", 2L, "new", 5L);
    assertThat(of(counts).byName()).isEqualTo(counts);
    assertThat(of(counts).byName().firstKey()).isEqualTo("clicks");
    assertThat(IngestionTotals.NONE.isEmpty()).isTrue();
    assertThat(of(counts).isEmpty()).isFalse();
  }
}
