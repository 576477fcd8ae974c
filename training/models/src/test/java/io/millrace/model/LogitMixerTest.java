package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LogitMixerTest {
  private static final double KEPT = 1 - LogitMixer.FORGETTING;

  private final float[] weights = new float[3];
  private final float[] information = new float[6];
  private final LogitMixer mixer = new LogitMixer(2);

  /** Logits [E][1] of one example. */
  private static float[][] logits(double... of) {
    float[][] logits = new float[of.length][1];
    for (int e = 0; e < of.length; e++) {
      logits[e][0] = (float) of[e];
    }
    return logits;
  }

  private static double sigmoid(double z) {
    return 1 / (1 + Math.exp(-z));
  }

  @Test
  void itBeginsWithTheMeanLogit() {
    assertThat(mixer.logit(weights, logits(3, -1), 0)).isEqualTo(1);
  }

  @Test
  void itsLogitIsTheWeightedSumAndTheBias() {
    weights[0] = 0.25f;
    weights[1] = -1;
    weights[2] = 0.5f;
    float[][] logits = logits(2, 4);
    assertThat(mixer.logit(weights, logits, 0)).isEqualTo(0.75 * 2 - 0.5 * 4 + 0.5);
    assertThat(mixer.slope(weights, 0, 2)).isEqualTo(0.75);
    assertThat(mixer.slope(weights, 1, 4)).isEqualTo(-0.5);
  }

  /** Beyond the limit a logit counts as the limit, and no longer changes anything. */
  @Test
  void aLogitCountsUpToTheLimit() {
    assertThat(mixer.logit(weights, logits(1e30, 4), 0)).isEqualTo(12);
    assertThat(mixer.logit(weights, logits(-1e30, 4), 0)).isEqualTo(-8);
    assertThat(mixer.slope(weights, 0, 1e30)).isZero();
    assertThat(mixer.slope(weights, 0, -1e30)).isZero();
  }

  /**
   * One expert, logit ln 3, p = ¾, a one: the slope is −¼ and p (1 − p) 3/16. With l = ln 3, {@code
   * H = [4 + 3/16 l², 3/16 l; 3/16 l, 4 + 3/16]}, solved by Cramer's rule. The second example, a
   * zero at logit 0, has nothing to say of the weight but through the bias.
   */
  @Test
  void aStepIsNewtons() {
    LogitMixer single = new LogitMixer(1);
    float[] w = new float[2];
    float[] sums = new float[3];
    double rounding = 1 + 2 * Math.pow(2, -24) / LogitMixer.FORGETTING; // of the diagonal
    double l = Math.log(3);
    single.learn(w, sums, logits(l), 0, (byte) 1, 1);
    double[] sum = {3 / 16.0 * l * l, 3 / 16.0 * l, 3 / 16.0};
    double[] h = {4 + rounding * sum[0], sum[1], 4 + rounding * sum[2]};
    double weight = (l / 4 * h[2] - h[1] / 4) / (h[0] * h[2] - h[1] * h[1]);
    double bias = (h[0] / 4 - l / 4 * h[1]) / (h[0] * h[2] - h[1] * h[1]);
    assertThat(w).containsExactly(new float[] {(float) weight, (float) bias}, within(1e-7f));
    float[] expected = {(float) sum[0], (float) sum[1], (float) sum[2]};
    assertThat(sums).containsExactly(expected, within(1e-7f));

    single.learn(w, sums, logits(0), 0, (byte) 0, 1);
    double p = sigmoid(bias);
    sum[2] = KEPT * sum[2] + p * (1 - p);
    h = new double[] {4 + rounding * KEPT * sum[0], KEPT * sum[1], 4 + rounding * sum[2]};
    double ofWeight = -4 * LogitMixer.FORGETTING * weight;
    double ofBias = -p - 4 * LogitMixer.FORGETTING * bias;
    weight += (ofWeight * h[2] - ofBias * h[1]) / (h[0] * h[2] - h[1] * h[1]);
    bias += (ofBias * h[0] - ofWeight * h[1]) / (h[0] * h[2] - h[1] * h[1]);
    assertThat(w).containsExactly(new float[] {(float) weight, (float) bias}, within(1e-7f));
  }

  /** Certain and wrong: Newton's step alone would put its logit from 20 beyond −200. */
  @Test
  void noStepGoesFar() {
    float[][] logits = logits(20, 20);
    mixer.learn(weights, information, logits, 0, (byte) 0, 1);
    assertThat(mixer.logit(weights, logits, 0)).isCloseTo(20 - LogitMixer.FARTHEST, within(1e-5));
  }

  /** Of three weights half, nothing and −1: too sure, without use, and to be subtracted. */
  @Test
  void itFindsTheWeights() {
    LogitMixer three = new LogitMixer(3);
    float[] w = new float[4];
    float[] sums = new float[10];
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      double first = 2 * random.nextGaussian();
      double second = random.nextGaussian();
      double third = random.nextGaussian();
      double truth = 0.5 * first - third - 1;
      byte label = (byte) (random.nextDouble() < sigmoid(truth) ? 1 : 0);
      three.learn(w, sums, logits(first, second, third), 0, label, 1);
    }
    assertThat(three.weight(w, 0)).isCloseTo(0.5, within(0.1));
    assertThat(three.weight(w, 1)).isCloseTo(0, within(0.1));
    assertThat(three.weight(w, 2)).isCloseTo(-1, within(0.1));
    assertThat(w[3]).isCloseTo(-1, within(0.1f));
  }

  /** What the experts know together is found again when it changes. */
  @Test
  void itFollowsAChange() {
    Random random = new Random(4);
    for (int i = 0; i < 60_000; i++) {
      double first = random.nextGaussian();
      double second = random.nextGaussian();
      double truth = i < 20_000 ? 2 * first : 2 * second;
      byte label = (byte) (random.nextDouble() < sigmoid(truth) ? 1 : 0);
      mixer.learn(weights, information, logits(first, second), 0, label, 1);
    }
    assertThat(mixer.weight(weights, 0)).isCloseTo(0, within(0.15));
    assertThat(mixer.weight(weights, 1)).isCloseTo(2, within(0.15));
  }

  /** Without news of a weight, 10,000 examples leave 1/e of its departure. */
  @Test
  void aWeightThatNothingHoldsReturnsToItsStart() {
    weights[0] = 1;
    for (int i = 0; i < 10_000; i++) {
      mixer.learn(weights, information, logits(0, 0), 0, (byte) (i % 2), 1);
    }
    assertThat(weights[0]).isCloseTo((float) Math.exp(-1), within(1e-3f));
  }

  /** Experts that always agree: their sum is learned, and equally by both. */
  @Test
  void equalExpertsKeepEqualWeights() {
    Random random = new Random(5);
    for (int i = 0; i < 30_000; i++) {
      double z = 5 * random.nextGaussian();
      byte label = (byte) (random.nextDouble() < sigmoid(z / 2) ? 1 : 0);
      mixer.learn(weights, information, logits(z, z), 0, label, 1);
    }
    assertThat(mixer.weight(weights, 0)).isCloseTo(0.25, within(0.03));
    assertThat(mixer.weight(weights, 1)).isCloseTo(mixer.weight(weights, 0), within(1e-3));
  }

  /** Logits that are far off and nearly proportional: in fp32, their H would not stay positive. */
  @Test
  void theRoundingOfLongSumsDoesNotLeadAstray() {
    LogitMixer eight = new LogitMixer(8);
    float[] w = new float[9];
    float[] sums = new float[45];
    Random random = new Random(1);
    float[][] logits = new float[8][1];
    for (int i = 0; i < 60_000; i++) {
      double z = random.nextBoolean() ? 20 : -20;
      for (int e = 0; e < 8; e++) {
        logits[e][0] = (float) (z * Math.pow(0.9, e));
      }
      eight.learn(w, sums, logits, 0, (byte) random.nextInt(2), 1);
      for (float weight : w) {
        assertThat(weight).isBetween(-1f, 1f);
      }
    }
  }
}
