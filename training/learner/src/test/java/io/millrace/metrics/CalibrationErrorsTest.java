package io.millrace.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.model.Sigmoid;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalibrationErrorsTest {
  private static final double[] P = {.05, .1, .2, .3, .35, .5, .6, .7, .8, .95};
  private static final int[] Y = {0, 0, 1, 0, 0, 1, 0, 1, 1, 1};

  /** The middle of a histogram bin is at most this far from a prediction in it. */
  private static final double HALF_A_BIN = 1.3e-4;

  /** The worked example of the project's brief. */
  @Test
  void aWorkedExample() {
    Evaluation evaluation = new Evaluation();
    for (int i = 0; i < P.length; i++) {
      evaluation.addProbability(P[i], Y[i]);
    }
    CalibrationErrors errors = evaluation.calibrationErrors(5);
    assertThat(errors.expected()).isCloseTo(.135, within(HALF_A_BIN));
    assertThat(errors.maximum()).isCloseTo(.25, within(HALF_A_BIN));
    assertThat(errors.kolmogorovSmirnov()).isCloseTo(.065, within(HALF_A_BIN));
    assertThat(evaluation.brier()).isCloseTo(.16075, within(1e-9));
    assertThat(evaluation.logloss()).isCloseTo(.47940993, within(1e-8));
    assertThat(exact(P, Y, 5)).containsExactly(new double[] {.135, .25, .065}, within(1e-12));
  }

  @Test
  void histogramsAnswerAsTheSortedExamplesDo() {
    SplittableRandom random = new SplittableRandom(51);
    // center, spread, and how much too sure: even, a click rate of .2 %, sharp, and calibrated
    double[][] shapes = {{0, 1.5, 1.5}, {-6.5, 1, 2}, {-1, 4, .5}, {-2, 1, 1}};
    for (double[] shape : shapes) {
      int n = 100_003;
      double[] p = new double[n];
      int[] y = new int[n];
      Evaluation evaluation = new Evaluation();
      for (int i = 0; i < n; i++) {
        double z = shape[0] + shape[1] * random.nextGaussian();
        p[i] = Sigmoid.of(z);
        y[i] = random.nextDouble() < Sigmoid.of(shape[0] + (z - shape[0]) / shape[2]) ? 1 : 0;
        evaluation.add(z, y[i]);
      }
      double[] exact = exact(p, y, 15);
      Metrics metrics = evaluation.metrics();
      String of = Arrays.toString(shape) + " " + Arrays.toString(exact);
      assertThat(metrics.ece()).as("ECE of %s", of).isCloseTo(exact[0], within(1e-4));
      assertThat(metrics.mce()).as("MCE of %s", of).isCloseTo(exact[1], within(3e-4));
      assertThat(metrics.ks()).as("KS of %s", of).isCloseTo(exact[2], within(1e-4));
    }
  }

  /** 400 examples are no multiple of 15 bins: a border within an example would be seen. */
  @ParameterizedTest
  @ValueSource(ints = {7, 16, 100, 400, 3_839})
  void ofFewExamplesBordersLieBetweenThem(int n) {
    SplittableRandom random = new SplittableRandom(n);
    double[] p = new double[n];
    int[] y = new int[n];
    Evaluation evaluation = new Evaluation();
    for (int i = 0; i < n; i++) {
      double z = random.nextGaussian() - .5;
      p[i] = Sigmoid.of(z);
      y[i] = random.nextDouble() < Sigmoid.of(1.5 * z) ? 1 : 0;
      evaluation.add(z, y[i]);
    }
    double[] exact = exact(p, y, 15);
    double inOneBin = n < 1_000 ? 0 : 15.0 / n; // of examples that are ties in the histogram
    assertThat(evaluation.metrics().ece()).isCloseTo(exact[0], within(2e-4 + inOneBin / 15));
    assertThat(evaluation.metrics().mce()).isCloseTo(exact[1], within(2e-4 + inOneBin));
  }

  /** Sorted by prediction; bin b is the examples [bn/B, (b+1)n/B), rounded. */
  private static double[] exact(double[] p, int[] y, int bins) {
    Integer[] order = new Integer[p.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Double.compare(p[a], p[b]));
    double ece = 0;
    double mce = 0;
    double ks = 0;
    double excess = 0;
    for (int bin = 0; bin < bins; bin++) {
      int from = (int) Math.rint((double) bin * p.length / bins);
      int to = (int) Math.rint((bin + 1.0) * p.length / bins);
      double open = 0;
      for (int i = from; i < to; i++) {
        open += p[order[i]] - y[order[i]];
        excess += p[order[i]] - y[order[i]];
        ks = Math.max(ks, Math.abs(excess) / p.length);
      }
      ece += Math.abs(open) / p.length;
      mce = to == from ? mce : Math.max(mce, Math.abs(open) / (to - from));
    }
    return new double[] {ece, mce, ks};
  }

  /** Why ECE alone does not say that probabilities are good. */
  @Test
  void theBaseRateForEveryoneHasNoError() {
    Evaluation evaluation = new Evaluation();
    for (int i = 0; i < 4_000; i++) {
      evaluation.addProbability(.25, i % 4 == 0 ? 1 : 0);
    }
    assertThat(evaluation.metrics().ece()).isLessThan(HALF_A_BIN);
    assertThat(evaluation.metrics().mce()).isLessThan(HALF_A_BIN);
    assertThat(evaluation.metrics().ks()).isLessThan(HALF_A_BIN);
    assertThat(evaluation.metrics().brier()).isCloseTo(.1875, within(1e-9));
  }

  @Test
  void fewerExamplesThanBinsAreSpreadOverThem() {
    Evaluation evaluation = new Evaluation();
    assertThat(evaluation.metrics().ece()).isNaN();
    assertThat(evaluation.metrics().brier()).isNaN();
    evaluation.addProbability(.2, 0);
    evaluation.addProbability(.9, 0);
    evaluation.addProbability(.6, 1);
    assertThat(evaluation.metrics().ece()).isCloseTo((.2 + .9 + .4) / 3, within(HALF_A_BIN));
    assertThat(evaluation.metrics().mce()).isCloseTo(.9, within(HALF_A_BIN));
  }
}
