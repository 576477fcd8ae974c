package io.millrace.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.Sigmoid;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TruthEvaluationTest {
  @Test
  void byHand() {
    TruthEvaluation evaluation = new TruthEvaluation();
    assertThat(evaluation.metrics().meanSquaredError()).isNaN();
    evaluation.add(.5, .25);
    evaluation.add(.2, 0);
    TruthMetrics metrics = evaluation.metrics();
    assertThat(metrics.examples()).isEqualTo(2);
    assertThat(metrics.meanSquaredError()).isCloseTo((.0625 + .04) / 2, within(1e-12));
    double first = .25 * Math.log(.5) + .75 * Math.log(1.5);
    assertThat(metrics.divergence()).isCloseTo((first - Math.log(.8)) / 2, within(1e-12));
    assertThatThrownBy(() -> evaluation.add(.5, 1.1)).hasMessage("truth: 1.1, expected 0 to 1");
    assertThatThrownBy(() -> evaluation.add(-.1, 1))
        .hasMessage("probability: -0.1, expected 0 to 1");
  }

  /** Of p = 1/4 and 0 predicted as 1/2 and 1/5: a positive is of the first, which ranks higher. */
  @Test
  void expectedFiguresByHand() {
    TruthEvaluation evaluation = new TruthEvaluation();
    evaluation.add(.5, .25);
    evaluation.add(.2, 0);
    TruthMetrics metrics = evaluation.metrics();
    // negatives: .75 tie with the positive, 1 lies below
    assertThat(metrics.auc()).isCloseTo((1 + .75 / 2) / 1.75, within(1e-12));
    assertThat(metrics.ceiling()).isEqualTo(metrics.auc());
    assertThat(metrics.calibration()).isCloseTo(.7 / .25, within(1e-12));
    double entropy = -(.25 * Math.log(.25) + .75 * Math.log(.75));
    assertThat(metrics.floor()).isCloseTo(entropy / 2, within(1e-12));
    assertThat(metrics.logloss()).isCloseTo((Math.log(2) - Math.log(.8)) / 2, within(1e-12));

    evaluation.add(.1, .9);
    assertThat(evaluation.metrics().auc()).isLessThan(evaluation.metrics().ceiling());
  }

  /** Brier = MSE + E p(1−p), and log loss = KL + entropy, when labels are drawn from p. */
  @Test
  void brierAndLogLossRankAsTheTruthDoes() {
    SplittableRandom random = new SplittableRandom(52);
    for (double bias : new double[] {0, .3, -1}) {
      for (double noise : new double[] {0, .5}) {
        Evaluation model = new Evaluation();
        Evaluation ceiling = new Evaluation();
        TruthEvaluation truth = new TruthEvaluation();
        double variance = 0;
        int n = 200_000;
        for (int i = 0; i < n; i++) {
          double z = -1 + random.nextGaussian();
          double p = Sigmoid.of(z);
          double q = Sigmoid.of(z + bias + noise * random.nextGaussian());
          int label = random.nextDouble() < p ? 1 : 0;
          model.addProbability(q, label);
          ceiling.addProbability(p, label);
          truth.add(q, p);
          variance += p * (1 - p) / n;
        }
        TruthMetrics direct = truth.metrics();
        // three standard deviations of the mean over n labels
        assertThat(model.brier()).isCloseTo(direct.meanSquaredError() + variance, within(2e-3));
        assertThat(model.brier() - ceiling.brier())
            .isCloseTo(direct.meanSquaredError(), within(6e-4));
        assertThat(model.logloss() - ceiling.logloss())
            .isCloseTo(direct.divergence(), within(3e-3));
        assertThat(model.logloss()).isCloseTo(direct.logloss(), within(5e-3));
        assertThat(model.auc()).isCloseTo(direct.auc(), within(4e-3));
        assertThat(ceiling.auc()).isCloseTo(direct.ceiling(), within(4e-3));
        assertThat(model.calibration()).isCloseTo(direct.calibration(), within(1.5e-2));
      }
    }
  }
}
