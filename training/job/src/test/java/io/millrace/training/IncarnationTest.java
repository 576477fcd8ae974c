package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class IncarnationTest {
  private static final Incarnation A1 = new Incarnation(1, "a", 0);

  @Test
  void theFirstLearnerBeginsTheFirst() {
    assertThat(Incarnation.begin(null, 0, null, "a", false)).isEqualTo(A1);
  }

  @Test
  void aLearnerThatResumesByTheSameArithmeticGoesOn() {
    assertThat(Incarnation.begin(A1, 40, A1, "a", false)).isEqualTo(A1);
    assertThat(Incarnation.begin(A1, 40, null, "a", false)).isEqualTo(A1);
  }

  @Test
  void aLearnerThatResumesByAnotherArithmeticBeginsTheNext() {
    Incarnation moved = new Incarnation(2, "b", 40);
    assertThat(Incarnation.begin(A1, 40, A1, "b", false)).isEqualTo(moved);
    // it died before its first checkpoint, and starts again from the old one
    assertThat(Incarnation.begin(A1, 40, moved, "b", false)).isEqualTo(new Incarnation(3, "b", 40));
    assertThat(Incarnation.begin(moved, 60, moved, "b", false)).isEqualTo(moved);
  }

  @Test
  void aLearnerThatWasMovedBackDoesNotTakeOverWhatWasPublishedInBetween() {
    Incarnation between = new Incarnation(2, "b", 40);
    assertThat(Incarnation.begin(A1, 40, between, "a", false))
        .isEqualTo(new Incarnation(3, "a", 0));
    assertThat(Incarnation.begin(between, 60, between, "a", false))
        .isEqualTo(new Incarnation(3, "a", 60));
  }

  @Test
  void aLearnerWithoutACheckpointGoesOnWithWhatItWouldLearnAgain() {
    assertThat(Incarnation.begin(null, 0, A1, "a", false)).isEqualTo(A1);
    assertThat(Incarnation.begin(null, 0, A1, "b", false)).isEqualTo(new Incarnation(2, "b", 0));
    // by "a" since 40 only: learned by it from the beginning, other values come out
    assertThat(Incarnation.begin(null, 0, new Incarnation(3, "a", 40), "a", false))
        .isEqualTo(new Incarnation(4, "a", 0));
  }

  @Test
  void whatHasNoIncarnationYetIsOfAnUnknownArithmetic() {
    assertThat(Incarnation.begin(Incarnation.UNKNOWN, 40, Incarnation.UNKNOWN, "a", false))
        .isEqualTo(new Incarnation(1, "a", 40));
    assertThat(Incarnation.begin(null, 0, Incarnation.UNKNOWN, "a", false)).isEqualTo(A1);
  }

  @Test
  void whatWasPublishedWithExamplesThatAreLostIsNotTakenOver() {
    assertThat(Incarnation.begin(A1, 40, A1, "a", true)).isEqualTo(new Incarnation(2, "a", 40));
    assertThat(Incarnation.begin(null, 70, A1, "a", true)).isEqualTo(new Incarnation(2, "a", 70));
  }

  @Test
  void numbersBelowZeroAreRefused() {
    assertThatThrownBy(() -> new Incarnation(-1, "a", 0))
        .hasMessage("number: -1, expected at least 0");
    assertThatThrownBy(() -> new Incarnation(1, "a", -1))
        .hasMessage("since: -1, expected at least 0");
  }
}
