package io.millrace.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CohortsTest {
  private static final long T = 1_700_000_000_000L; // a whole number of minutes and 20 s
  private static final long WINDOW = 600_000;

  @Test
  void spansAreATenthOfTheTimeThatLabelsTake() {
    assertThat(Cohorts.span(3_000)).isEqualTo(10_000);
    assertThat(Cohorts.span(60_000)).isEqualTo(10_000);
    assertThat(Cohorts.span(600_000)).isEqualTo(60_000);
    assertThat(Cohorts.span(3_600_000)).isEqualTo(300_000);
    assertThat(Cohorts.span(7 * 86_400_000L)).isEqualTo(6 * 3_600_000L);
  }

  @Test
  void aCohortCountsWhenTheLastLabelOfItsSpanIsFinal() {
    Cohorts cohorts = new Cohorts();
    long start = Math.floorDiv(T, 60_000) * 60_000;
    cohorts.add(start + 5, 0.25, 0, start + 5 + WINDOW);
    cohorts.add(start + 7, 0.5, 1, start + 7 + WINDOW);
    assertThat(cohorts.nextAt()).hasValue(start + 60_000 + WINDOW);

    cohorts.advance(start + 60_000 + WINDOW - 1);
    assertThat(cohorts.all().examples()).isZero();
    assertThat(cohorts.countedUntil()).isEmpty();

    cohorts.advance(start + 60_000 + WINDOW);
    assertThat(cohorts.all().examples()).isEqualTo(2);
    assertThat(cohorts.newest().auc()).isEqualTo(1);
    assertThat(cohorts.countedUntil()).hasValue(start + 60_000);
    assertThat(cohorts.nextAt()).isEmpty();

    cohorts.add(start + 9, 0.5, 1, start + 9 + WINDOW);
    cohorts.correct(start + 9, 0.5, 0, start + 9 + WINDOW);
    assertThat(cohorts.leftOut()).isEqualTo(1);
    assertThat(cohorts.all().examples()).isEqualTo(2);
  }

  /** Whatever the order of labels and corrections, the figures are those of the final labels. */
  @Test
  void correctedLabelsGiveTheFiguresOfTheFinalOnes() {
    Random random = new Random(3);
    Cohorts cohorts = new Cohorts();
    Evaluation expected = new Evaluation();
    List<Runnable> corrections = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      long time = T + i * 20;
      double p = random.nextFloat();
      boolean clicked = random.nextDouble() < p;
      boolean correctedLater = clicked && random.nextBoolean();
      cohorts.add(time, p, clicked && !correctedLater ? 1 : 0, time + WINDOW);
      if (correctedLater) {
        corrections.add(() -> cohorts.correct(time, p, 1, time + WINDOW));
      }
      expected.addProbability(p, clicked ? 1 : 0);
    }
    corrections.forEach(Runnable::run);
    Cohorts restored = Cohorts.fromBytes(cohorts.toBytes());
    restored.advance(Long.MAX_VALUE);
    assertThat(restored.all().examples()).isEqualTo(5000);
    assertThat(restored.all().positives()).isEqualTo(expected.positives());
    assertThat(restored.all().auc()).isEqualTo(expected.auc());
    assertThat(restored.all().logloss()).isCloseTo(expected.logloss(), within(1e-9));
    assertThat(restored.all().calibration()).isCloseTo(expected.calibration(), within(1e-9));
    assertThat(restored.all().brier()).isCloseTo(expected.brier(), within(1e-9));
    assertThat(Cohorts.fromBytes(restored.toBytes()).toBytes()).isEqualTo(restored.toBytes());
  }

  @Test
  void whatIsNoStoredFormIsRefused() {
    byte[] bytes = new Cohorts().toBytes();
    for (int n = 0; n < bytes.length; n++) {
      byte[] cut = Arrays.copyOf(bytes, n);
      assertThatThrownBy(() -> Cohorts.fromBytes(cut)).isInstanceOf(IllegalArgumentException.class);
    }
    bytes[0] = 9;
    assertThatThrownBy(() -> Cohorts.fromBytes(bytes)).hasMessage("cohorts: format 9, expected 1");
  }

  @Test
  void onlyWhatWasAddedCanBeTakenBack() {
    Evaluation evaluation = new Evaluation();
    evaluation.addProbability(0.5, 0);
    assertThat(evaluation.removeProbability(0.5, 1)).isFalse();
    assertThat(evaluation.examples()).isEqualTo(1);
    assertThat(evaluation.removeProbability(0.5, 0)).isTrue();
    assertThat(evaluation.examples()).isZero();

    Cohorts cohorts = new Cohorts();
    cohorts.correct(T, 0.5, 1, T + WINDOW);
    cohorts.advance(Long.MAX_VALUE);
    assertThat(cohorts.all().examples()).as("a correction of nothing").isZero();
  }

  @Test
  void anotherWindowBeginsAnew() {
    Cohorts cohorts = new Cohorts();
    cohorts.add(T, 0.5, 0, T + 60_000);
    cohorts.add(T + 1, 0.5, 1, T + 1 + WINDOW);
    cohorts.correct(T, 0.5, 1, T + 60_000);
    assertThat(cohorts.leftOut()).isEqualTo(1);
    cohorts.advance(Long.MAX_VALUE);
    assertThat(cohorts.all().examples()).isEqualTo(1);
    assertThat(cohorts.all().positives()).isEqualTo(1);
  }

  /** One impression may be a day ahead: the others of its kind must not fill the memory. */
  @Test
  void cohortsFarAheadAreGivenUpForThoseOfNow() {
    Cohorts cohorts = new Cohorts();
    for (int i = 0; i < 1000; i++) {
      long ahead = T + 10_000_000 + i * 60_000L;
      cohorts.add(ahead, 0.5, 0, ahead + WINDOW);
    }
    assertThat(cohorts.leftOut()).isEqualTo(1000 - 64);
    for (int i = 0; i < 10; i++) {
      cohorts.add(T + i * 60_000L, 0.5, 0, T + i * 60_000L + WINDOW);
    }
    assertThat(cohorts.leftOut()).isEqualTo(1000 - 54);
    cohorts.advance(T + 5_000_000);
    assertThat(cohorts.all().examples()).isEqualTo(10);
  }
}
