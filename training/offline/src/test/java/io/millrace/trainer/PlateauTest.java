package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.metrics.Metrics;
import io.millrace.trainer.Epoch.Targets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlateauTest {
  /** Patience 2, rates cut to a fifth, an end after 5. */
  private static final TrainerConfig CONFIG = TrainerConfig.defaults();

  private static Metrics metrics(double auc, double logloss) {
    return new Metrics(100, 30, auc, logloss, 1, 1, 0.1, 0.1, 0.1, 0.1);
  }

  private static List<Epoch> epochs(double... losses) {
    List<Epoch> epochs = new ArrayList<>();
    for (double loss : losses) {
      double rate = Plateau.of(epochs, CONFIG).nextRate();
      int number = epochs.size() + 1;
      epochs.add(new Epoch(number, Targets.LABELS, 0, rate, metrics(0.5, loss), false, 1));
    }
    return epochs;
  }

  @Test
  void ratesAreCutAfterEachPatienceAndGainsStartTheCountAnew() {
    List<Epoch> epochs = epochs(0.6, 0.5, 0.51, 0.52, 0.49, 0.5, 0.5, 0.5, 0.5);

    assertThat(epochs)
        .extracting(Epoch::rate)
        .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-12 ? 0 : Double.compare(a, b))
        .containsExactly(1.0, 1.0, 1.0, 1.0, 0.2, 0.2, 0.2, 0.04, 0.04);
    assertThat(Plateau.of(epochs.subList(0, 4), CONFIG).cuts()).isTrue();
    assertThat(Plateau.of(epochs.subList(0, 5), CONFIG).without()).isZero();
    assertThat(Plateau.of(epochs, CONFIG).ended()).isFalse();
  }

  @Test
  void itEndsWhenNothingWasGainedForSoLong() {
    assertThat(Plateau.of(epochs(0.5, 0.6, 0.6, 0.6, 0.6), CONFIG).ended()).isFalse();
    assertThat(Plateau.of(epochs(0.5, 0.6, 0.6, 0.6, 0.6, 0.6), CONFIG).ended()).isTrue();
  }

  @Test
  void smallGainsCountOnceTheyAddUp() {
    double least = CONFIG.leastGain();
    double step = 0.4 * least;
    double[] falling = new double[12];
    for (int i = 0; i < falling.length; i++) {
      falling[i] = 0.5 * (1 - i * step);
    }
    assertThat(Plateau.of(epochs(falling), CONFIG).ended()).isFalse();
    assertThat(Plateau.of(epochs(0.5, 0.5 * (1 - step)), CONFIG).without()).isOne();
  }

  @Test
  void ofEqualAucsTheLowerLogLossIsBetter() {
    var auc = TrainerConfig.Criterion.AUC;

    assertThat(auc.isBetter(metrics(1, 0.1), metrics(1, 0.69), 0)).isTrue();
    assertThat(auc.isBetter(metrics(1, 0.69), metrics(1, 0.69), 0)).isFalse();
    assertThat(auc.isBetter(metrics(0.9, 0.1), metrics(1, 0.69), 0)).isFalse();
  }
}
