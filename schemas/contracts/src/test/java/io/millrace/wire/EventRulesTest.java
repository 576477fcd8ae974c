package io.millrace.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class EventRulesTest {
  private static final long WRITTEN = Instant.parse("2026-06-01T00:00:00Z").toEpochMilli();
  private static final long YEAR_2000 = 946_684_800_000L;
  private static final long DAY = 86_400_000;

  @Test
  void anIdHasOneTo1024Characters() {
    assertThat(EventRules.isId("")).isFalse();
    assertThat(EventRules.isId("x")).isTrue();
    assertThat(EventRules.isId("x".repeat(1024))).isTrue();
    assertThat(EventRules.isId("x".repeat(1025))).isFalse();
  }

  @Test
  void aTimeIsFrom2000ToADayAfterTheWrite() {
    assertThat(EventRules.isTime(YEAR_2000 - 1, WRITTEN)).isFalse();
    assertThat(EventRules.isTime(YEAR_2000, WRITTEN)).isTrue();
    assertThat(EventRules.isTime(WRITTEN + DAY, WRITTEN)).isTrue();
    assertThat(EventRules.isTime(WRITTEN + DAY + 1, WRITTEN)).isFalse();
  }

  @Test
  void aTimeInIso8601HasAZone() {
    assertThat(EventRules.time("2000-01-01T00:00:00Z")).hasValue(YEAR_2000);
    assertThat(EventRules.time("2000-01-01T02:00:00.250+02:00")).hasValue(YEAR_2000 + 250);
    assertThat(EventRules.time("2000-01-01T00:00:00")).isEmpty();
    assertThat(EventRules.time("+999999999-12-31T23:59:59Z")).isEmpty();
  }

  @Test
  void anEventTakesAMebibyte() {
    assertThat(EventRules.MAX_EVENT_BYTES).isEqualTo(1_048_576);
  }
}
