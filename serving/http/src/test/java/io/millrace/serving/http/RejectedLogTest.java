package io.millrace.serving.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.wire.RejectedReason;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is kept of rejected events, and what is found again. */
class RejectedLogTest {
  private final RejectedLog log = new RejectedLog();

  private void add(String reason, String detail) {
    log.add(new RejectedLog.Event(1_000, reason, detail, "clicks", 0, 7, "{}"));
  }

  private List<String> details(Optional<String> reason, Optional<String> text, int limit) {
    return log.answer(reason, text, limit).events().stream()
        .map(RejectedLog.Event::detail)
        .toList();
  }

  @Test
  void allAreCountedAndTheNewestOfEachReasonAreKept() {
    add("late_click", "first");
    for (int i = 0; i < 3 * RejectedLog.KEPT; i++) {
      add("invalid_feature", "feature " + i);
    }
    RejectedLog.Answer answer = log.answer(Optional.empty(), Optional.empty(), 1_000);
    assertThat(answer.total()).isEqualTo(3 * RejectedLog.KEPT + 1);
    assertThat(answer.reasons())
        .containsExactly(
            new RejectedReason(
                "invalid_feature",
                3 * RejectedLog.KEPT,
                List.of("feature 0", "feature 1", "feature 2")),
            new RejectedReason("late_click", 1, List.of("first")));
    // A flood of one reason drives no other one out.
    assertThat(answer.events()).hasSize(RejectedLog.KEPT + 1);
    assertThat(answer.events().get(0).detail()).isEqualTo("feature 299");
    assertThat(answer.events().get(RejectedLog.KEPT).detail()).isEqualTo("first");
  }

  @Test
  void theyAreChosenByReasonAndTextNewestFirst() {
    add("late_click", "u1 came late");
    add("invalid_id", "u2 is no id");
    add("late_click", "u3 came late");
    assertThat(details(Optional.of("late_click"), Optional.empty(), 9))
        .containsExactly("u3 came late", "u1 came late");
    assertThat(details(Optional.empty(), Optional.of("u2"), 9)).containsExactly("u2 is no id");
    assertThat(details(Optional.empty(), Optional.empty(), 2))
        .containsExactly("u3 came late", "u2 is no id");
  }

  @Test
  void reasonsWithoutEndAreOne() {
    for (int i = 0; i < 100; i++) {
      add("reason " + i, "d");
    }
    List<RejectedReason> reasons = log.answer(Optional.empty(), Optional.empty(), 1).reasons();
    assertThat(reasons).hasSize(33);
    assertThat(reasons.get(0)).extracting("reason", "count").containsExactly("other", 68L);
  }

  @Test
  void whatIsReadAnewIsCountedAnew() {
    add("late_click", "d");
    log.complete(true);
    log.clear();
    add("late_click", "d");
    assertThat(log.answer(Optional.empty(), Optional.empty(), 9))
        .extracting("total", "complete")
        .containsExactly(1L, false);
  }
}
