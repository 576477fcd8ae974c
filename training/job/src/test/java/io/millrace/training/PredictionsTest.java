package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.metrics.Evaluation;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PredictionsTest {
  private static final long T = 1_700_000_000_000L;
  private static final long WINDOW = 60_000;

  @Test
  void aCorrectedLabelIsComparedWithWhatWasSaidAtFirst() throws IOException {
    Predictions said = new Predictions();
    said.add("a", T, 0.25f, 0, T + WINDOW);
    said.add("b", T, 0.5f, 0, T + WINDOW);
    said.correct("a", 1);
    said.correct("a", 1);
    said.correct("nobody", 1);
    Predictions restored = Predictions.fromBytes(said.toBytes());
    restored.advance(T + WINDOW);
    assertThat(restored.cohorts().all().examples()).as("the span is not over").isZero();
    restored.advance(T + WINDOW + 10_000);
    assertThat(restored.cohorts().all().positives()).isEqualTo(1);
    assertThat(restored.cohorts().all().calibration()).isEqualTo(0.75);
    restored.correct("b", 1);
    assertThat(restored.cohorts().all().positives()).as("forgotten").isEqualTo(1);
  }

  /** A clone meets of earlier impressions those alone whose labels come late. */
  @Test
  void whoJoinsInTheMiddleCountsFromTheNextMarkOn() throws IOException {
    Predictions said = Predictions.fromNextMark();
    said.add("before the mark", T, 0.25f, 0, T + WINDOW);
    said = Predictions.fromBytes(said.toBytes());
    said.advance(T + 5);
    said.add("late", T + 4, 0.25f, 0, T + 4 + WINDOW);
    said = Predictions.fromBytes(said.toBytes());
    said.add("late too", T + 4, 0.25f, 0, T + 4 + WINDOW);
    said.add("in time", T + 5, 0.25f, 0, T + 5 + WINDOW);
    said.advance(T + 10 * WINDOW);
    assertThat(said.cohorts().all().examples()).isEqualTo(1);
  }

  /** Version 1 had no time from which impressions count. */
  @Test
  void theFormBeforeIsRead() throws IOException {
    Predictions said = new Predictions();
    said.add("a", T, 0.25f, 0, T + WINDOW);
    byte[] now = said.toBytes();
    byte[] before = new byte[now.length - 8];
    System.arraycopy(now, 0, before, 0, 5);
    System.arraycopy(now, 13, before, 5, now.length - 13);
    before[0] = 1;
    assertThat(Predictions.fromBytes(before).toBytes()).isEqualTo(now);
  }

  /** A sample of what was said has the figures of the whole, but for chance. */
  @Test
  void aSampleIsKeptOfMany() {
    Predictions said = new Predictions(1000);
    Evaluation whole = new Evaluation();
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 20_000; i++) {
      float p = (float) random.nextDouble();
      boolean clicked = random.nextDouble() < p;
      said.add("i" + i, T + i, p, 0, T + i + WINDOW);
      if (clicked) {
        said.correct("i" + i, 1);
      }
      whole.addProbability(p, clicked ? 1 : 0);
    }
    said.advance(T + 10 * WINDOW);
    long kept = said.cohorts().all().examples();
    assertThat(kept).isBetween(500L, 1000L);
    assertThat(said.share()).isEqualTo(1 / 32.0);
    // 1,000 examples: a standard deviation of .013 in the AUC
    assertThat(said.cohorts().all().auc()).isCloseTo(whole.auc(), within(0.05));
    assertThat(said.cohorts().all().calibration()).isCloseTo(1, within(0.1));
  }

  @Test
  void whatIsNoStoredFormIsRefused() {
    Predictions said = new Predictions();
    said.add("a", T, 0.25f, 0, T + WINDOW);
    byte[] bytes = said.toBytes();
    for (int n = 0; n < bytes.length; n++) {
      byte[] cut = Arrays.copyOf(bytes, n);
      assertThatThrownBy(() -> Predictions.fromBytes(cut)).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> Predictions.fromBytes(Arrays.copyOf(bytes, bytes.length + 1)))
        .hasMessage("predictions: 1 bytes left over");
  }
}
